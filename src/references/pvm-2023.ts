import type { PublishedStudy } from "../core/published/published.ts";

const WORLD_SWITCH = {
  workload: "world switch",
  level: 2,
  unit: "µs",
  source: "page 8 of the paper, as later texts quote it",
  standing: "secondary",
  event: "exit",
} as const;

/** Guests of guests without hardware nesting, by shadow paging in a paravirtual hypervisor. */
export const pvm2023: PublishedStudy = {
  name: "pvm-2023",
  title: "PVM: Efficient Shadow Paging for Deploying Secure Containers in Cloud-native Environment",
  authors: [
    ...["H. Huang", "J. Lai", "J. Rao", "H. Lu", "W. Hou", "H. Su", "Q. Xu", "J. Zhong", "J. Zeng"],
    ...["X. Wang", "Z. He", "W. Han", "J. Liu", "T. Ma", "S. Wu"],
  ],
  year: 2023,
  citation:
    "H. Huang et al., PVM: Efficient Shadow Paging for Deploying Secure Containers in Cloud-native Environment, SOSP 2023, pages 515–530, doi:10.1145/3600006.3613158",
  tables: [],
  figures: [],
  quoted: [
    { ...WORLD_SWITCH, what: "one world switch with nesting by hardware (EPT on EPT)", value: "1.3" },
    { ...WORLD_SWITCH, what: "one world switch with PVM", value: "0.179" },
  ],
  notes: [],
};
