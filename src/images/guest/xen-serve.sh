#!/bin/sh
# The control channel of a guest of Xen: shared memory with its domain 0, that an SSH server reads and writes by two pipes.
set -eu
for module in xen-evtchn xen-gntdev xen-gntalloc xenfs; do modprobe "$module"; done
mount -t xenfs xenfs /proc/xen
mkfifo /run/dvirt/in /run/dvirt/out
/usr/sbin/sshd -i -e -f /run/dvirt/sshd_config </run/dvirt/in >/run/dvirt/out 2>/run/dvirt/sshd.log &
# Each opening of a pipe waits for its other end, so both sides open them in the same order.
$(echo /usr/lib/xen-[0-9]*/bin)/vchan-socket-proxy -m server 0 data/dvirt-ssh - >/run/dvirt/in </run/dvirt/out || true
{ echo "dvirt: the control session ended"; tail -n 4 /run/dvirt/sshd.log; } >/dev/console
busybox poweroff -f
