import type { PublishedStudy } from "../../core/published/published.ts";
import { CLAIMS } from "./claims.ts";
import { CAPTIONS, FIGURES } from "./figures.ts";
import { P_VALUES } from "./p-values.ts";
import { TABLES_1_TO_4 } from "./tables-1-to-4.ts";
import { TABLES_5_TO_14 } from "./tables-5-to-14.ts";

/** The study that dvirt goes back to: z/VM on a mainframe against KVM on x86_64, L0 to L2. */
export const fitzgerald2014: PublishedStudy = {
  name: "fitzgerald-2014",
  title: "A Comparative Analysis of Nested Virtualization in x86_64 and S390x Hypervisors",
  authors: ["Daniel FitzGerald"],
  year: 2014,
  citation:
    "Daniel FitzGerald, A Comparative Analysis of Nested Virtualization in x86_64 and S390x Hypervisors, version 1.0, Masters Termination Project (advisor Dennis Foreman), State University of New York, 14 December 2014",
  results: {
    csv: TABLES_5_TO_14,
    captions: CAPTIONS,
    // Sections 2.3.1 to 2.3.4 and 2.4.
    provisioning: [
      { resources: "over-committed", level: 0, cpus: 4, memory: "16 GB", threads: 4 },
      { resources: "over-committed", level: 1, cpus: 4, memory: "16 GB", threads: 4 },
      { resources: "over-committed", level: 2, cpus: 4, memory: "16 GB", threads: 4 },
      { resources: "not over-committed", level: 0, cpus: 4, memory: "16 GB", threads: 4 },
      { resources: "not over-committed", level: 1, cpus: 3, memory: "14 GB", threads: 3 },
      { resources: "not over-committed", level: 2, cpus: 2, memory: "12 GB", threads: 2 },
    ],
    // sysbench 0.4 to 1.0 prints it with two decimals: `avg: 3.73`.
    responseStepMs: 0.01,
    threadsByWorkload: { threads: 64 },
    repeatedLevels: [{ level: 0, where: "section 2.4: the data of L0 were used again" }],
    pValues: P_VALUES,
    claims: CLAIMS,
  },
  tables: TABLES_1_TO_4,
  figures: FIGURES,
  quoted: [],
  notes: [
    "Footnotes 4 and 5 call p the probability that two means are identical. It is how often chance alone would give a difference at least this large if they were.",
    "The series without over-commitment gave L0, L1 and L2 four, three and two CPUs, so its falls in throughput mix lost CPUs with lost speed; the figures per CPU separate them.",
    "The number of runs behind each mean is not stated.",
    "Table 3 gives the memory tests 10,000 transactions. Listing 7 moves 16 GB in blocks of 4000 MiB, which are five; five that take equally long keep 2.5 of 4 threads busy, as the tables imply.",
  ],
};
