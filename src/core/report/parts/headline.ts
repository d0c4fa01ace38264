import { MANY_TIMES, roundPercent, timesText } from "../../document/figure-text.ts";
import { type Tone, toneOf, type VerdictKind } from "../../stats/verdict.ts";

/** What one workload keeps of L0's throughput at a level. */
export interface LevelCost {
  readonly level: number;
  readonly workload: string;
  /** Of throughput, to L0: 0.8 costs a fifth. */
  readonly ratio: number;
  readonly verdict: VerdictKind;
}

/** One thing in a sentence: what the deepest level costs. */
export function headlineOf(costs: readonly LevelCost[]): string {
  const level = Math.max(...costs.map((one) => one.level));
  const own = costs.filter((one) => one.level === level);
  const of = (tone: Tone) => own.filter(({ verdict }) => toneOf(verdict) === tone);
  const [slower, faster, open] = [of("slower"), of("faster"), of("inconclusive")];
  if (own.length === 0) return "There is nothing to compare yet.";
  const many = slower.filter(({ ratio }) => ratio < MANY_TIMES);
  const shares = slower.filter(({ ratio }) => ratio >= MANY_TIMES);
  const parts = [
    ...(shares.length === 0 ? [] : [shareText(level, shares, own.length - many.length)]),
    ...(many.length === 0 ? [] : [manyText(level, many)]),
  ];
  if (parts.length > 0) return `${parts.join("; ")}.`;
  if (faster.length > 0) {
    const { ratio, workload } = most(faster, (one) => one.ratio);
    return `L${level} costs nothing; ${workload} gains ${roundPercent(ratio - 1)} over L0.`;
  }
  return open.length === 0
    ? `L${level} costs nothing that matters: every workload stays within the margin.`
    : `What L${level} costs is not known yet: ${open.length} of ${own.length} answers ${open.length === 1 ? "is" : "are"} open.`;
}

/** `all`: how many workloads there are whose cost is a share, or none. */
function shareText(level: number, slower: readonly LevelCost[], all: number): string {
  const worst = most(slower, ({ ratio }) => -ratio);
  const [least, highest] = [most(slower, ({ ratio }) => ratio), worst].map(({ ratio }) =>
    roundPercent(1 - ratio),
  );
  const named = all > 1 ? `, ${worst.workload} the most` : "";
  if (slower.length < all) return `L${level} costs up to ${highest} of L0's throughput${named}`;
  return least === highest
    ? `L${level} costs ${highest} of L0's throughput`
    : `L${level} costs ${least} to ${highest} of L0's throughput${named}`;
}

function manyText(level: number, many: readonly LevelCost[]): string {
  const worst = most(many, ({ ratio }) => -ratio);
  return many.length === 1
    ? `${worst.workload} is ${timesText(worst.ratio)} at L${level} than at L0`
    : `${many.length} workloads are far slower at L${level} than at L0, ${worst.workload} the most: it is ${timesText(worst.ratio)}`;
}

function most<One>(all: readonly One[], of: (one: One) => number): One {
  return all.reduce((best, one) => (of(one) > of(best) ? one : best));
}
