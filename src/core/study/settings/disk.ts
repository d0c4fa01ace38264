import type { MachineDesign, Setting } from "./setting.ts";

const DESIGNS: Readonly<Record<string, Partial<MachineDesign>>> = {
  virtio: { disk: "virtio", onMachine: [{ holds: "[ -e /sys/block/vda ]" }] },
  ide: { disk: "ide", onMachine: [{ holds: "[ -e /sys/block/sda ] && [ ! -e /sys/block/vda ]" }] },
};

/** An IDE controller is driven by port accesses, each of which leaves the guest. */
export const disk: Setting = {
  name: "disk",
  about: "the bus of all of a guest's disks; ide makes the guest a PCI machine",
  values: Object.keys(DESIGNS),
  usual: "virtio",
  fromLevel: 1,
  design: (value) => DESIGNS[value] ?? {},
};
