#!/bin/sh
# Called by Xen's tools when a guest gets a disk: tells the backend which device that is. It is all that Debian's own
# script does for a whole device beside locking and looking for other users of it, in a tenth of the time.
[ "$1" = add ] || exit 0
device=$(xenstore-read "$XENBUS_PATH/params")
xenstore-write "$XENBUS_PATH/physical-device" "$(stat -L -c %t:%T "$device")" \
  "$XENBUS_PATH/hotplug-status" connected
