#!/bin/sh
# Runs inside the new tree while the image is built: puts the uncompressed kernel, the initrd and the
# guest's first processes where every level finds them, and drops what no guest reads.
set -eu
recipe=$1
cd /usr/lib/dvirt
chmod 755 guest-init initrd-init
release=$(ls /lib/modules)
echo "$release" >kernel-release

# The kernel sits in the bzImage as one LZ4 legacy stream (magic 02 21 4c 18); PVH boots the ELF inside faster.
offset=$(LC_ALL=C grep -abo -m1 -P '\x02\x21\x4c\x18' "/boot/vmlinuz-$release" | head -n1 | cut -d: -f1)
tail -c "+$((offset + 1))" "/boot/vmlinuz-$release" >/tmp/kernel.lz4
lz4 -dc /tmp/kernel.lz4 >vmlinux 2>/dev/null || true # trailing bytes after the stream are not LZ4
rm /tmp/kernel.lz4
[ "$(head -c 4 vmlinux | tail -c 3)" = ELF ] || { echo "dvirt: no ELF kernel in vmlinuz-$release" >&2; exit 1; }

# The initrd: busybox and the modules that find a disk and port, in the order they need each other: those of
# virtio for every guest, those of IDE only where a guest has such disks, because loading them takes time.
work=/tmp/initrd
mkdir -p $work/bin $work/modules $work/proc $work/sys $work/dev
cp /usr/bin/busybox $work/bin/busybox
cp initrd-init $work/init
gather() { # ORDER MODULE…
  order=$work/modules/$1
  shift
  for module in "$@"; do
    modprobe --show-depends --set-version "$release" "$module"
  done | while read -r word path rest; do
    [ "$word" = insmod ] || continue
    name=$(basename "$path" .ko)
    [ -e "$work/modules/$name.ko" ] && continue
    cp "$path" "$work/modules/$name.ko"
    echo "$name" >>"$order"
  done
}
gather order virtio_blk virtio_console virtio_pci virtio_mmio
gather ide-order ata_piix sd_mod
(cd $work && find . | LC_ALL=C sort | busybox cpio -o -H newc) >initrd 2>/dev/null
rm -rf $work initrd-init

dpkg-query -W -f '${Package} ${Version}\n' >packages
# What is in the image names it: the recipe and every package's version.
{ echo "$recipe"; cat packages; } | sha256sum | cut -c1-16 >image-id
rm prepare
rm -rf /boot/* /var/cache/apt/* /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* \
  /usr/share/locale/* /var/lib/mysql /etc/ssh/ssh_host_*
mkdir -p /var/lib/mysql /mnt/scratch /mnt/extra
