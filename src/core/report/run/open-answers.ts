import type { Comparison } from "../../analysis/analysis.ts";
import { HEADLINE } from "../../base/metrics.ts";
import type { StudyData } from "../../study/study.ts";

/** Which answers are open, and how many boots would settle them; undefined where none is or nothing helps. */
export function openAnswers(
  { id, study: { repetitions } }: { readonly id: string; readonly study: Pick<StudyData, "repetitions"> },
  comparisons: readonly Comparison[],
): string | undefined {
  const headline = comparisons.filter(({ metric }) => metric === HEADLINE);
  const open = headline.filter(({ verdict }) => verdict.settledBy !== undefined);
  if (open.length === 0) return undefined;
  const said = `${open.length} of ${headline.length} answers ${open.length === 1 ? "is" : "are"} open.`;
  // An adaptive run says in a table of its own what more boots would do.
  const more = repetitions.kind === "fixed" ? remedies(id, open) : [];
  return [said, ...more].join(" ");
}

function remedies(id: string, open: readonly Comparison[]): readonly string[] {
  const needed = open.flatMap(({ verdict: { settledBy } }) =>
    settledBy?.kind === "boots" ? [settledBy.boots] : [],
  );
  const beyond = open.filter(({ verdict }) => verdict.settledBy?.kind === "beyond");
  const most = beyond[0]?.verdict.settledBy?.boots ?? 0;
  return [
    ...(needed.length === 0
      ? []
      : [
          `dvirt resume ${id} --boots ${Math.max(...needed)} would probably settle ${countText(needed, open)}.`,
        ]),
    ...(beyond.length === 0
      ? []
      : [
          `${beyond.map(({ workload, level, to }) => `${workload} L${level} to L${to}`).join(", ")}: so noisy, or so close to no change, that ${most} boots would not be enough.`,
        ]),
  ];
}

function countText(some: readonly unknown[], all: readonly unknown[]): string {
  if (some.length < all.length) return `${some.length} of them`;
  return all.length === 1 ? "it" : "them";
}
