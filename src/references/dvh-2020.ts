import type { PublishedStudy } from "../core/published/published.ts";

const HYPERCALL = {
  what: "one hypercall",
  workload: "hypercall",
  unit: "cycles",
  source: "table 3, as later texts quote it",
  standing: "secondary",
  event: "exit",
  hardware: "Intel Skylake",
} as const;

/** Virtual hardware that the host provides to guests of any depth directly. */
export const dvh2020: PublishedStudy = {
  name: "dvh-2020",
  title: "Optimizing Nested Virtualization Performance Using Direct Virtual Hardware",
  authors: ["Jin Tack Lim", "Jason Nieh"],
  year: 2020,
  citation:
    "Jin Tack Lim and Jason Nieh, Optimizing Nested Virtualization Performance Using Direct Virtual Hardware, ASPLOS 2020, pages 557–574",
  tables: [],
  figures: [],
  quoted: [
    {
      what: "faster than nested KVM without it",
      workload: "real application workloads",
      level: 2,
      value: "more than an order of magnitude",
      unit: "",
      source: "abstract",
      standing: "verified",
    },
    { ...HYPERCALL, level: 1, value: "1,575" },
    { ...HYPERCALL, level: 2, value: "37,733" },
    { ...HYPERCALL, level: 3, value: "857,578" },
  ],
  notes: ["A gain over another way of nesting says what a remedy wins back, not what nesting costs."],
};
