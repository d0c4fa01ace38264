import type { PublishedStudy } from "../core/published/published.ts";

const APPLICATIONS = {
  workload: "real application workloads",
  level: 2,
  unit: "",
  source: "abstract",
  standing: "verified",
} as const;

const HYPERCALL = {
  workload: "hypercall",
  level: 2,
  unit: "times the cycles in L1",
  source: "section 5, table 1, as later texts quote it",
  standing: "secondary",
} as const;

const CYCLES = {
  workload: "hypercall",
  unit: "cycles",
  source: "section 5, table 1, as later texts quote it",
  standing: "secondary",
  event: "exit",
  hardware: "ARMv8.0, made to trap as ARMv8.3 does",
} as const;

/** Nested virtualization on ARM, in the first architecture that had it and with a change that avoids most traps. */
export const neve2017: PublishedStudy = {
  name: "neve-2017",
  title: "NEVE: Nested Virtualization Extensions for ARM",
  authors: ["Jin Tack Lim", "Christoffer Dall", "Shih-Wei Li", "Jason Nieh", "Marc Zyngier"],
  year: 2017,
  citation:
    "Jin Tack Lim et al., NEVE: Nested Virtualization Extensions for ARM, SOSP 2017, pages 201–217, doi:10.1145/3132747.3132754",
  tables: [],
  figures: [],
  quoted: [
    { ...APPLICATIONS, what: "faster than nesting by ARMv8.3 alone", value: "an order of magnitude" },
    { ...APPLICATIONS, what: "less overhead than nesting on x86", value: "up to three times" },
    {
      ...HYPERCALL,
      what: "hypercall, to one from a guest (ARMv8.3, hypervisor without VHE)",
      value: "155",
    },
    { ...HYPERCALL, what: "hypercall, to one from a guest (ARMv8.3, hypervisor with VHE)", value: "113" },
    { ...CYCLES, level: 1, what: "one hypercall", value: "2,729" },
    { ...CYCLES, level: 2, what: "one hypercall (hypervisor without VHE)", value: "422,720" },
    { ...CYCLES, level: 2, what: "one hypercall (hypervisor with VHE)", value: "307,363" },
    {
      ...CYCLES,
      level: 2,
      what: "one hypercall with NEVE",
      value: "92,385 to 100,895",
      source: "table 6, as later texts quote it",
    },
  ],
  notes: ["A gain over another way of nesting says what a remedy wins back, not what nesting costs."],
};
