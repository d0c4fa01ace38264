#!/bin/busybox sh
# First process of every guest: load what finds the disks, mount the image read-only, hand over.
/bin/busybox mkdir -p /proc /dev /image
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules/order); do
  /bin/busybox insmod "/modules/$module.ko"
done
# The probe asks one thing only: does a stock kernel get this far?
if /bin/busybox grep -q dvirt.probe /proc/cmdline; then
  echo dvirt-probe-ok >/dev/hvc0
  /bin/busybox poweroff -f
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
