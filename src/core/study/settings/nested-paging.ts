import type { Setting } from "./setting.ts";

const PARAMETERS = "/sys/module/kvm_amd/parameters/npt /sys/module/kvm_intel/parameters/ept";

/** KVM's modules loaded anew, nesting on; one of the two does not fit the processor and stays out. */
const WITHOUT = `modprobe -r kvm_amd kvm_intel 2>/dev/null
if grep -qw svm /proc/cpuinfo; then modprobe kvm_amd nested=1 npt=0; else modprobe kvm_intel nested=1 ept=0; fi`;

/** Off: KVM keeps shadow page tables for its guests, as it did before processors could walk two tables. */
export const nestedPaging: Setting = {
  name: "nestedPaging",
  about: "whether KVM on a machine that hosts another lets the processor translate guest addresses",
  values: ["on", "off"],
  usual: "on",
  fromLevel: 0,
  design: (value, { hosts }) => {
    if (!hosts) return {};
    const found = `grep -qs '[1Y]' ${PARAMETERS}`;
    return {
      onMachine: [value === "off" ? { set: WITHOUT, holds: `! ${found}` } : { holds: found }],
    };
  },
};
