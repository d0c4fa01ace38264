import type { Cell } from "../../analysis/analysis.ts";
import { significant } from "../../base/units.ts";
import { figures, words } from "../../document/document.ts";
import { intervalText, pText } from "../../document/figure-text.ts";
import type { Of } from "../../document/of.ts";
import type { Judged } from "../../stats/families.ts";
import type { RatioEstimate } from "../../stats/ratio.ts";
import { reasonText } from "../../stats/verdict.ts";

/** Columns that several tables have. */

export const WORKLOAD = words<{ readonly workload: string }>("workload", ({ workload }) => workload);

export const LEVEL = words<{ readonly level: number }>("D_virt", ({ level }) => `L${level}`);

/** Of a table in which some entries have a condition. */
export const CONDITION = words<{ readonly condition?: string | undefined }>(
  "condition",
  ({ condition }) => condition,
);

/** A ratio and everything that decides its verdict. */
export const JUDGED = [
  figures<Estimated>("ratio", ({ estimate }) => significant(estimate.ratio, 4)),
  figures<Estimated>("95% interval", ({ estimate }) => intervalText(estimate)),
  figures<Judged>("p (adjusted)", ({ bhP }) => pText(bhP)),
  words<Judged>("verdict", ({ verdict }) => verdict.kind),
  words<Judged>("because", ({ verdict }) => reasonText(verdict)),
] as const;

/** What the adjusted p of a table promises. */
export function adjustedNote(judged: readonly Judged[], what: string): string {
  const { length } = judged.filter(({ bhP }) => bhP !== undefined);
  return `p is adjusted over the ${length} ${what} of this table (Benjamini and Hochberg): of what is called slower or faster, at most 5% is wrong on average. It is not the probability that two things are equal.`;
}

interface Estimated {
  readonly estimate: RatioEstimate;
}

/** Which trials are behind the figures of a report; undefined for those that rest on none of ours. */
export type Behind = (one: Pick<Cell, "platform" | "workload" | "level">) => Of | undefined;

export function workloadAtLevel({ workload, level }: Pick<Cell, "workload" | "level">): Of {
  return { workload, level };
}
