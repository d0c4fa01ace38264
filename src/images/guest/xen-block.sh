#!/bin/sh
# Called by Xen's tools when a guest gets a disk: tells the backend which device that is. Debian's own script did not end
# within the tools' limit on an emulated computer.
[ "$1" = add ] || exit 0
device=$(xenstore-read "$XENBUS_PATH/params")
xenstore-write "$XENBUS_PATH/physical-device" "$(stat -L -c %t:%T "$device")" \
  "$XENBUS_PATH/hotplug-status" connected
