#!/bin/sh
# NAME CONFIGURATION: runs a guest of Xen as QEMU would. This process's input and output are the guest's control stream,
# and the two end together, however either ends.
set -eu
name=$1
PATH=$PATH:/usr/sbin:/sbin:$(echo /usr/lib/xen-[0-9]*/bin)

# A process that an emulator kills says nothing of the domain, so a missing one is looked for twice.
there() { xl domid "$name" >/dev/null 2>&1 || { sleep 1 && xl domid "$name" >/dev/null 2>&1; }; }
while there; do sleep 1; done # one that is just going

folder=$(mktemp -d "/run/dvirt/$name.XXXXXX")
printf '%s\n' "$2" >"$folder/configuration"
# Xen's tools say what happened in their own time, and the channel is theirs alone.
xl create -q "$folder/configuration" </dev/null >&2
domain=$(xl domid "$name")
key=/local/domain/$domain/data/dvirt-ssh/event-channel
ln -sf "/var/log/xen/console/guest-$name.log" "/run/dvirt/${name#dvirt-}.console"

# Killed, this process can do nothing any more; what waits for its end of this pipe can.
mkfifo "$folder/alive" "$folder/changes"
setsid sh -c 'cat "$1/alive" >/dev/null; xl destroy "$2" 2>/dev/null; rm -r "$1"' - "$folder" "$name" \
  </dev/null >/dev/null 2>&1 &
exec 3>"$folder/alive"

# Watching costs nothing while nothing happens: each line is a change, and the first comes at once.
xenstore-watch "$key" >"$folder/changes" &
watcher=$!
while read -r _; do
  if xenstore-exists "$key" || ! there; then break; fi
done <"$folder/changes"
kill "$watcher"
if ! xenstore-exists "$key"; then
  { echo "dvirt: $name ended before it answered" && xl list && xl dmesg | tail -n 8; } >&2
  exit 1
fi

exec 4<&0
vchan-socket-proxy -m client "$domain" "/local/domain/$domain/data/dvirt-ssh" - <&4 &
client=$!
xenstore-watch @releaseDomain >"$folder/changes" &
watcher=$!
{ while there && read -r _; do :; done <"$folder/changes"; kill "$client" 2>/dev/null; } &
wait "$client" || true
kill "$watcher"
xl destroy "$name" 2>/dev/null || true
