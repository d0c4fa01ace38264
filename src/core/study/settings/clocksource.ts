import type { Setting } from "./setting.ts";

const FILE = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

export const clocksource: Setting = {
  name: "clocksource",
  about: "what a guest's kernel tells the time by",
  values: ["kvm-clock", "tsc"],
  usual: "kvm-clock",
  fromLevel: 1,
  design: (value) => ({
    onMachine: [{ set: `echo ${value} >${FILE}`, holds: `grep -qx ${value} ${FILE}` }],
  }),
};
