import type { MachineDesign, Setting } from "./setting.ts";

const OFF = "grep -qw mitigations=off /proc/cmdline";

const DESIGNS: Readonly<Record<string, Partial<MachineDesign>>> = {
  on: { onMachine: [{ holds: `! ${OFF}` }] },
  off: { kernelArguments: ["mitigations=off"], onMachine: [{ holds: OFF }] },
};

/** The kernel's work against speculative execution, much of it at each entry into it. */
export const mitigations: Setting = {
  name: "mitigations",
  about: "what the machine's kernel does against weaknesses of the processor",
  values: Object.keys(DESIGNS),
  usual: "on",
  fromLevel: 0,
  design: (value) => DESIGNS[value] ?? {},
};
