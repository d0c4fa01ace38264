import type { PublishedStudy } from "../core/published/published.ts";

const CPUID = {
  what: "one CPUID",
  workload: "cpuid loop",
  unit: "cycles",
  source: "section 4.3, figure 10, as later texts quote it",
  standing: "secondary",
  probe: "exit-cost",
  event: "exit",
  hardware: "Intel, 2010 or before",
} as const;

const TABLE_2 = { level: 2, source: "table 2, as later texts quote it", standing: "secondary" } as const;

/** The nested virtualization of KVM that the 2014 study measured; Intel, 2010. */
export const turtles2010: PublishedStudy = {
  name: "turtles-2010",
  title: "The Turtles Project: Design and Implementation of Nested Virtualization",
  authors: [
    ...["Muli Ben-Yehuda", "Michael D. Day", "Zvi Dubitzky", "Michael Factor", "Nadav Har'El"],
    ...["Abel Gordon", "Anthony Liguori", "Orit Wasserman", "Ben-Ami Yassour"],
  ],
  year: 2010,
  citation:
    "Muli Ben-Yehuda et al., The Turtles Project: Design and Implementation of Nested Virtualization, OSDI 2010, pages 423–436, https://www.usenix.org/legacy/event/osdi10/tech/full_papers/Ben-Yehuda.pdf",
  tables: [],
  figures: [],
  quoted: [
    {
      what: "a nested guest's performance lost against a guest's",
      workload: "common workloads",
      level: 2,
      value: "6-8%",
      unit: "of the single-level performance",
      source: "abstract",
      standing: "verified",
    },
    { ...CPUID, level: 1, value: "2,600" },
    { ...CPUID, level: 2, value: "58,000" },
    {
      what: "exits of L1 that one exit of L2 caused",
      workload: "port I/O",
      level: 2,
      value: "31",
      unit: "exits",
      source: "section 4.1, as later texts quote it",
      standing: "secondary",
    },
    {
      ...TABLE_2,
      what: "run time added to a guest's",
      workload: "kernbench",
      value: "14.5%",
      unit: "of the run time in L1",
    },
    {
      ...TABLE_2,
      what: "score lost against a guest's",
      workload: "SPECjbb",
      value: "7.82%",
      unit: "of the score in L1",
    },
  ],
  notes: ["Processors of 2010, without hardware help for nesting such as shadowing of control structures."],
};
