import type { Measure, PublishedPValue, Transition } from "../../core/published/published.ts";

/** The two-sample t-tests of footnotes 4 and 5, all on S390x. */
export const P_VALUES: readonly PublishedPValue[] = [
  between("footnote 4", "0.207", "5", "throughput", [0, 1]),
  between("footnote 4", "82.9%", "5", "throughput", [1, 2]),
  between("footnote 4", "16.7%", "5", "response", [0, 1]),
  between("footnote 4", "79.4%", "5", "response", [1, 2]),
  between("footnote 5", "70.5%", "10", "throughput", [0, 1]),
];

function between(
  where: string,
  printed: string,
  table: string,
  measure: Measure,
  [from, to]: Transition,
): PublishedPValue {
  const cell = { table, platform: "S390x", measure };
  return { where, printed, a: { ...cell, level: from }, b: { ...cell, level: to } };
}
