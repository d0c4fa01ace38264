import type { Setting } from "./setting.ts";

/** As the processor of a guest calls itself. */
const NAMES: Readonly<Record<string, string>> = {
  qemu64: "QEMU Virtual CPU",
  kvm64: "Common KVM processor",
};

/** What a guest needs to host another; QEMU leaves out what the machine below does not have. */
const HOSTING = "+svm,+npt,+nrip-save,+vmx";

/** A made-up processor hides features from the guest; where it must host another, virtualization stays. */
export const cpuModel: Setting = {
  name: "cpuModel",
  about: "the processor that a guest sees",
  values: ["host", ...Object.keys(NAMES)],
  usual: "host",
  fromLevel: 1,
  design: (value, { hosts }) => {
    const called = NAMES[value];
    // With `host` the guest calls itself what the machine below does, made up or not.
    if (called === undefined) return { cpuModel: value };
    return {
      cpuModel: hosts ? `${value},${HOSTING}` : value,
      onMachine: [{ holds: `grep -q 'model name.*${called}' /proc/cpuinfo` }],
    };
  },
};
