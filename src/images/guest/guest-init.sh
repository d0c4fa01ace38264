#!/bin/busybox sh
# Process 1 of a guest after the initrd: mounts, the KVM modules, and one SSH server on the control port.
# Nothing else runs, so that what is measured is the workload.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t sysfs sys /sys
mount -t debugfs debug /sys/kernel/debug
# What is measured runs in a control group, the same at every level.
mount -t cgroup2 cgroup /sys/fs/cgroup
echo '+cpuset +memory' >/sys/fs/cgroup/cgroup.subtree_control
# The image is read in large pieces: to a guest's guest a request costs far more than its bytes.
for disk in vda sda dasda; do
  queue=/sys/block/$disk/queue/read_ahead_kb
  if [ -e "$queue" ]; then echo 1024 >"$queue"; fi
done
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620 pts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=1777 vartmp /var/tmp
mkdir -p /run/dvirt /run/sshd /run/lock
ln -sf /proc/self/fd /dev/fd

word() { # the value of NAME=value on the kernel command line
  for item in $(cat /proc/cmdline); do
    case "$item" in "$1="*) echo "${item#*=}"; return ;; esac
  done
}
hostname "dvirt-$(word dvirt.level)"

# A disk in this machine's own memory, which takes its time by this machine's clock: NAME,MEBIBYTES,NANOSECONDS.
memory_disk() {
  modprobe null_blk nr_devices=0 && mount -t configfs config /sys/kernel/config || return 1
  disk=/sys/kernel/config/nullb/memory rest=${1#*,}
  mkdir "$disk" || return 1
  echo 1 >"$disk/memory_backed"
  echo "${rest%,*}" >"$disk/size"
  echo "${rest#*,}" >"$disk/completion_nsec"
  echo 2 >"$disk/irqmode" # by a timer
  echo 1 >"$disk/power"
  # The kernel may have given the name that it gets to another disk, which has its own name by now.
  mv /dev/memory "/dev/${1%%,*}"
}
spec=$(word dvirt.memory-disk)
[ -z "$spec" ] || memory_disk "$spec" || { echo "dvirt: no disk in memory" >/dev/console; poweroff -f; }
word dvirt.level >/run/dvirt/level

# Host one level more only where the processor offers it; the driver checks the outcome and says what to do.
if grep -qw svm /proc/cpuinfo; then modprobe kvm_amd nested=1 2>/run/dvirt/modprobe.log
elif grep -qw vmx /proc/cpuinfo; then modprobe kvm_intel nested=1 2>/run/dvirt/modprobe.log
elif grep -qw sie /proc/cpuinfo; then modprobe kvm 2>/run/dvirt/modprobe.log
fi

# The session's public key, as base64 of the authorized_keys line.
word dvirt.key | base64 -d >/run/dvirt/authorized_keys
chmod 600 /run/dvirt/authorized_keys
# An image that was made on another architecture has no key yet.
key=/usr/lib/dvirt/host_key
[ -e "$key" ] || { key=/run/dvirt/host_key && ssh-keygen -q -t ed25519 -N '' -C '' -f "$key"; }
cat >/run/dvirt/sshd_config <<CONFIG
HostKey $key
AuthorizedKeysFile /run/dvirt/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
LoginGraceTime 0
MaxSessions 64
PrintMotd no
PrintLastLog no
AllowStreamLocalForwarding yes
Subsystem sftp internal-sftp
StrictModes no
CONFIG

# Xen has programs of its own beside the image's: a domain 0's daemons, and the other end of a guest's control channel.
case $(word dvirt.xen) in
  host) /usr/lib/dvirt/xen-domain0 >/run/dvirt/xen.log 2>&1 ;;
  guest) exec /usr/lib/dvirt/xen-serve ;;
esac

# A mainframe has no virtio port: its control channel is a network whose only other member is the host.
serve_network() { # DEVICE,OWN,OTHER
  addresses=${1#*,}
  read=0.0.${1%%,*}
  write=0.0.$(printf %04x $((0x${1%%,*} + 1)))
  modprobe ctcm
  echo "$read,$write" >/sys/bus/ccwgroup/drivers/ctcm/group
  echo 1 >"/sys/bus/ccwgroup/devices/$read/online"
  busybox ifconfig ctc0 "${addresses%,*}" pointopoint "${addresses#*,}" up
  /usr/sbin/sshd -D -e -f /run/dvirt/sshd_config -o PidFile=/run/dvirt/sshd.pid 2>/run/dvirt/sshd.log &
  until [ -s /run/dvirt/sshd.pid ]; do usleep 10000; done # written when it listens
  echo "dvirt: answers" >/dev/console
  wait $!
  poweroff -f
}
channel=$(word dvirt.ctc)
[ -z "$channel" ] || serve_network "$channel"

# A computer without virtio says which serial line carries the session.
port=$(word dvirt.serial)
tries=0
while [ ! -e "$port" ]; do
  for name in /sys/class/virtio-ports/*/name; do
    [ -e "$name" ] || continue
    if [ "$(cat "$name")" = dvirt.ssh ]; then port=/dev/$(basename "$(dirname "$name")"); fi
  done
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] || { echo "dvirt: no control port after 5 s" >/dev/console; poweroff -f; }
  usleep 10000
done
if [ -n "$(word dvirt.serial)" ]; then stty -F "$port" raw -echo 115200; fi
# The port allows one opener: open it once, both ways.
exec 3<>"$port"
/usr/sbin/sshd -i -e -f /run/dvirt/sshd_config <&3 >&3 2>/run/dvirt/sshd.log
# The session ended: nobody can reach this guest any more.
{ echo "dvirt: the control session ended"; tail -n 4 /run/dvirt/sshd.log; } >/dev/console
poweroff -f
