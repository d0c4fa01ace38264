import type { MachineDesign, Setting } from "./setting.ts";

// By vendor and device: 8086:100e is Intel's 82540EM, which QEMU calls e1000; 1af4 is virtio's vendor.
const E1000 = "grep -qs 0x100e /sys/bus/pci/devices/*/device";
const VIRTIO = "[ -n \"$(ls /sys/bus/virtio/drivers/virtio_net/ 2>/dev/null | grep '^virtio')\" ]";

const DESIGNS: Readonly<Record<string, Partial<MachineDesign>>> = {
  none: { nic: "none", onMachine: [{ holds: `! ${E1000} && ! ${VIRTIO}` }] },
  virtio: { nic: "virtio", onMachine: [{ set: "modprobe virtio_net", holds: VIRTIO }] },
  e1000: { nic: "e1000", onMachine: [{ holds: E1000 }] },
};

/** The network is QEMU's own user-mode one, cut off from everything; no workload uses it. */
export const nic: Setting = {
  name: "nic",
  about: "a guest's network card, idle; e1000 makes the guest a PCI machine",
  values: Object.keys(DESIGNS),
  usual: "none",
  fromLevel: 1,
  design: (value) => DESIGNS[value] ?? {},
};
