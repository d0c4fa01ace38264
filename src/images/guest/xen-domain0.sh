#!/bin/sh
# Makes a Linux that Xen has booted able to run guests: the devices of its domain 0, and Xen's daemons.
set -eu
for module in xen-evtchn xen-gntdev xen-gntalloc xenfs xen-privcmd xen-blkback; do modprobe "$module"; done
mount -t xenfs xenfs /proc/xen
for folder in /var/lib/xen /var/log; do mount -t tmpfs -o mode=755 xen "$folder"; done
mkdir -p /run/xen /run/xenstored /var/log/xen/console
xen=$(echo /usr/lib/xen-[0-9]*/bin)
"$xen/xenstored"
"$xen/xen-init-dom0"
"$xen/xenconsoled" --log=guest --log-dir=/var/log/xen/console
echo dvirt: domain 0 is ready
