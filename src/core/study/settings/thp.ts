import type { Setting } from "./setting.ts";

const FILE = "/sys/kernel/mm/transparent_hugepage/enabled";

/** Without them the memory of a guest's guest is mapped in 4 KiB steps at every level. */
export const thp: Setting = {
  name: "thp",
  about: "transparent huge pages on the machine, for its processes and the guests it hosts",
  values: ["always", "madvise", "never"],
  usual: "always",
  fromLevel: 0,
  design: (value) => ({
    onMachine: [{ set: `echo ${value} >${FILE}`, holds: `grep -q '\\[${value}\\]' ${FILE}` }],
  }),
};
