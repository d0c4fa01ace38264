import type { PublishedStudy } from "../core/published.ts";

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
  ],
  notes: ["A gain over another way of nesting says what a remedy wins back, not what nesting costs."],
};
