#!/bin/busybox sh
# First process of every guest: load what finds the disks, mount the image read-only, hand over.
/bin/busybox mkdir -p /proc /sys /dev /image
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
load() {
  for module in $(/bin/busybox cat "/modules/$1"); do
    /bin/busybox insmod "/modules/$module.ko"
  done
}
wait_for_disks() { # COUNT [COMMAND that names them]
  tries=0
  until [ "$(/bin/busybox ls /dev | /bin/busybox grep -c '^vd[abc]$')" -eq "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 500 ] || { echo "dvirt: not $1 disks after 5 s" >/dev/console; /bin/busybox poweroff -f; }
    /bin/busybox usleep 10000
    $2
  done
}
load order
# The probe asks one thing only: does a stock kernel get this far?
if /bin/busybox grep -q dvirt.probe /proc/cmdline; then
  echo dvirt-probe-ok >/dev/hvc0
  /bin/busybox poweroff -f
fi
# The kernel finds IDE disks side by side, so their letters say nothing: each gets the name that its virtio twin
# has, by its place on the bus, and everything after this is the same for both.
name_ide_disks() {
  for disk in /sys/block/sd*; do
    case "$(/bin/busybox readlink "$disk/device")" in
      */0:0:0:0) name=vda ;;
      */0:0:1:0) name=vdb ;;
      */1:0:0:0) name=vdc ;;
      *) continue ;;
    esac
    [ -b "/dev/${disk##*/}" ] && /bin/busybox ln -sf "${disk##*/}" "/dev/$name"
  done
}
ide=$(/bin/busybox sed -n 's/.*dvirt\.ide=\([0-9]\).*/\1/p' /proc/cmdline)
if [ -n "$ide" ]; then
  /bin/busybox mount -t sysfs sys /sys
  load ide-order
  wait_for_disks "$ide" name_ide_disks
  /bin/busybox umount /sys
fi
# Where virtio disks come up side by side, the kernel's letters say as little: each gets the name that is its serial number.
virtio=$(/bin/busybox sed -n 's/.*dvirt\.virtio=\([0-9]\).*/\1/p' /proc/cmdline)
if [ -n "$virtio" ]; then
  /bin/busybox mount -t sysfs sys /sys
  wait_for_disks "$virtio"
  for disk in /sys/block/vd*; do
    /bin/busybox mv "/dev/${disk##*/}" "/dev/named-$(/bin/busybox cat "$disk/serial")"
  done
  for disk in /dev/named-*; do /bin/busybox mv "$disk" "/dev/${disk#/dev/named-}"; done
  /bin/busybox umount /sys
fi
# A guest of Xen has disks of Xen's.
xvd=$(/bin/busybox sed -n 's/.*dvirt\.xvd=\([0-9]\).*/\1/p' /proc/cmdline)
name_xen_disks() {
  for disk in /dev/xvd?; do [ ! -b "$disk" ] || /bin/busybox mv "$disk" "/dev/vd${disk#/dev/xvd}"; done
}
[ -z "$xvd" ] || wait_for_disks "$xvd" name_xen_disks
# A mainframe's disks are brought online one by one; each gets the name that its virtio twin has.
dasd=$(/bin/busybox sed -n 's/.*dvirt\.dasd=\([^ ]*\).*/\1/p' /proc/cmdline)
if [ -n "$dasd" ]; then
  /bin/busybox mount -t sysfs sys /sys
  for pair in $(echo "$dasd" | /bin/busybox tr , ' '); do # NUMBER=NAME, or NUMBER=NAME:ro
    device=/sys/bus/ccw/devices/0.0.${pair%%=*} name=${pair#*=}
    case $name in *:ro) echo 1 >"$device/readonly" ;; esac
    echo 1 >"$device/online"
    /bin/busybox ln -s "$(/bin/busybox ls "$device/block")" "/dev/${name%:ro}"
  done
  /bin/busybox umount /sys
fi
tries=0
until [ -b /dev/vda ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] || { echo "dvirt: no root disk /dev/vda after 5 s" >/dev/console; /bin/busybox poweroff -f; }
  /bin/busybox usleep 10000
done
/bin/busybox mount -t ext4 -o ro,noload /dev/vda /image ||
  { echo "dvirt: the root disk cannot be mounted" >/dev/console; /bin/busybox poweroff -f; }
/bin/busybox mount --move /dev /image/dev
/bin/busybox mount --move /proc /image/proc
exec /bin/busybox switch_root /image /usr/lib/dvirt/guest-init
