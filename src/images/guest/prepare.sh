#!/bin/sh
# Makes the tree of a new image bootable: puts the kernel, the initrd and the guest's first processes where every
# level finds them, and drops what no guest reads. Runs inside the tree where its packages were installed. Where they
# were only unpacked nothing in the tree need be able to run here: then $6 is the tree and the tools are this machine's.
set -eu
recipe=$1 architecture=$2 kernel_form=$3 modules=$4 ide_modules=$5 root=${6:-}
PATH=$PATH:/usr/sbin:/sbin
cd "$root/usr/lib/dvirt"
chmod 755 guest-init initrd-init $(ls | grep "^xen-" || true)
release=$(ls "$root/lib/modules")
echo "$release" >kernel-release

if [ -n "$root" ]; then
  # What the packages' own scripts would have done, as far as a guest needs it.
  for name in passwd group; do cp "$root/usr/share/base-passwd/$name.master" "$root/etc/$name"; done
  echo 'sshd:*:100:65534::/run/sshd:/usr/sbin/nologin' >>"$root/etc/passwd"
  ln -sf mawk "$root/usr/bin/awk"
  depmod -b "$root" "$release"
  for package in "$root"/var/cache/apt/archives/*.deb; do
    dpkg-deb --show --showformat '${Package} ${Version}\n' "$package"
  done | LC_ALL=C sort >packages
else
  dpkg-query -W -f '${Package} ${Version}\n' >packages
  # What each guest would take seconds to work out at every boot. The key keeps nothing secret: nobody checks it.
  "qemu-system-$architecture" --version | head -n 1 >qemu-version
  ssh-keygen -q -t ed25519 -N '' -C '' -f host_key
fi
# What is in the image names it: the recipe, every package's version and the probes as they were compiled.
{ echo "$recipe"; cat packages probe; } | sha256sum | cut -c1-16 >image-id

mv "$root/boot/vmlinuz-$release" vmlinuz # for computers that boot from a disk; taken out of the tree in the end
kernel=vmlinuz
case $kernel_form in
  'elf in lz4')
    # The kernel sits in the bzImage as one LZ4 legacy stream (magic 02 21 4c 18); PVH boots the ELF inside faster.
    offset=$(LC_ALL=C grep -abo -m1 -P '\x02\x21\x4c\x18' "$kernel" | head -n1 | cut -d: -f1)
    tail -c "+$((offset + 1))" "$kernel" >kernel.lz4
    lz4 -dc kernel.lz4 >vmlinux 2>/dev/null || true # trailing bytes after the stream are not LZ4
    rm kernel.lz4
    ;;
  'elf in xz')
    offset=$(LC_ALL=C grep -abo -m1 -P '\xfd7zXZ\x00' "$kernel" | head -n1 | cut -d: -f1)
    tail -c "+$((offset + 1))" "$kernel" | xz -dc --single-stream >vmlinux 2>/dev/null || true # nor are they XZ
    ;;
  *) cp "$kernel" vmlinux ;;
esac
case $kernel_form in
  elf*) [ "$(head -c 4 vmlinux | tail -c 3)" = ELF ] || { echo "dvirt: no ELF kernel in $kernel" >&2; exit 1; } ;;
esac
for file in "$root"/boot/xen-*.gz; do # QEMU loads it unpacked
  [ ! -e "$file" ] || gzip -dc "$file" >xen
done

# The initrd: busybox and the modules that find a disk and port, in the order they need each other: those for every
# guest, and those of IDE only where a guest has such disks, because loading them takes time.
work=$(mktemp -d)
mkdir -p "$work/bin" "$work/modules" "$work/proc" "$work/sys" "$work/dev"
cp "$root/usr/bin/busybox" "$work/bin/busybox"
cp initrd-init "$work/init"
gather() { # ORDER MODULE…
  order=$work/modules/$1
  shift
  for module in "$@"; do
    modprobe --config /dev/null --dirname "${root:-/}" --show-depends --set-version "$release" "$module"
  done | while read -r word path rest; do
    [ "$word" = insmod ] || continue
    name=$(basename "$path" .ko)
    [ -e "$work/modules/$name.ko" ] && continue
    cp "$path" "$work/modules/$name.ko"
    echo "$name" >>"$order"
  done
}
# shellcheck disable=SC2086 # lists of words
gather order $modules
# shellcheck disable=SC2086
gather ide-order $ide_modules
(cd "$work" && find . | LC_ALL=C sort | busybox cpio -o -H newc) >initrd 2>/dev/null
rm -rf "$work" initrd-init prepare

# The hypervisor's package may bring programs for many architectures.
find "$root/usr/bin" -name 'qemu-system-*' ! -name "qemu-system-$architecture" -delete
rm -rf "$root"/boot/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/usr/share/doc/* \
  "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/var/lib/mysql "$root"/etc/ssh/ssh_host_*
mkdir -p "$root/var/lib/mysql" "$root/mnt/scratch" "$root/mnt/extra"
