import type { MachineDesign, Setting } from "./setting.ts";

const DESIGNS: Readonly<Record<string, Partial<MachineDesign>>> = {
  off: { memory: "ordinary" },
  "2M": { memory: "huge-pages" },
};

/** Unlike transparent ones these are certain: the guest does not start without them. */
export const hugepages: Setting = {
  name: "hugepages",
  about: "a guest's memory in huge pages that the machine below reserves while the guest is up",
  values: Object.keys(DESIGNS),
  usual: "off",
  fromLevel: 1,
  design: (value) => DESIGNS[value] ?? {},
};
