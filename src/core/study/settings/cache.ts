import type { MachineDesign, Setting } from "./setting.ts";

const DESIGNS: Readonly<Record<string, Partial<MachineDesign>>> = {
  none: { scratchCache: "none" },
  writeback: { scratchCache: "writeback" },
};

export const cache: Setting = {
  name: "cache",
  about: "QEMU's cache mode for a guest's scratch disk, instead of the study's scratch.cache",
  values: Object.keys(DESIGNS),
  usual: "scratch.cache",
  fromLevel: 1,
  design: (value) => DESIGNS[value] ?? {},
};
