import type { PublishedStudy } from "../core/published.ts";

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
    {
      what: "faster than nesting by ARMv8.3 alone",
      workload: "real application workloads",
      level: 2,
      value: "an order of magnitude",
      unit: "",
      source: "abstract",
      standing: "verified",
    },
    {
      what: "less overhead than nesting on x86",
      workload: "real application workloads",
      level: 2,
      value: "up to three times",
      unit: "",
      source: "abstract",
      standing: "verified",
    },
    {
      what: "hypercall, to one from a guest (ARMv8.3, hypervisor without VHE)",
      workload: "hypercall",
      level: 2,
      value: "155",
      unit: "times the cycles in L1",
      source: "section 5, table 1, as later texts quote it",
      standing: "secondary",
    },
    {
      what: "hypercall, to one from a guest (ARMv8.3, hypervisor with VHE)",
      workload: "hypercall",
      level: 2,
      value: "113",
      unit: "times the cycles in L1",
      source: "section 5, table 1, as later texts quote it",
      standing: "secondary",
    },
  ],
  notes: ["A gain over another way of nesting says what a remedy wins back, not what nesting costs."],
};
