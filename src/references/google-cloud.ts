import type { PublishedStudy } from "../core/published.ts";

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
    {
      what: "decrease in performance",
      workload: "bound by CPU",
      level: 2,
      value: "10% or greater",
      unit: "",
      source: "Performance considerations",
      standing: "verified",
    },
    {
      what: "decrease in performance",
      workload: "bound by input and output",
      level: 2,
      value: "possibly greater than 10%",
      unit: "",
      source: "Performance considerations",
      standing: "verified",
    },
  ],
  notes: ["The text does not say what the decrease is measured against."],
};
