import type { PublishedStudy } from "../core/published/published.ts";

const DECREASE = {
  what: "decrease in performance",
  level: 2,
  unit: "",
  source: "Performance considerations",
  standing: "verified",
} as const;

/** What a vendor tells its customers; no other large one was found to give a figure. */
export const googleCloud: PublishedStudy = {
  name: "google-cloud",
  title: "About nested virtualization (Google Compute Engine)",
  authors: ["Google Cloud"],
  year: 2026,
  citation:
    "Google Cloud, Compute Engine documentation, About nested virtualization, section Performance considerations, https://cloud.google.com/compute/docs/instances/nested-virtualization/overview, read in 2026",
  tables: [],
  figures: [],
  quoted: [
    { ...DECREASE, workload: "bound by CPU", value: "10% or greater" },
    { ...DECREASE, workload: "bound by input and output", value: "possibly greater than 10%" },
  ],
  notes: ["The text does not say what the decrease is measured against."],
};
