import type { RatioEstimate } from "./ratio.ts";
import { SMALLEST_P, tCdf } from "./t-distribution.ts";

export interface Equivalence {
  /** The larger of the two one-sided p-values; undefined where the ratio has no standard error. */
  readonly p: number | undefined;
  /** Whether p is at or below 0.05, that is: the 90% interval lies inside the margin. */
  readonly equivalent: boolean;
  /** The margin, as ratios: 1/1.02 and 1.02 for a margin of 0.02. */
  readonly low: number;
  readonly high: number;
}

/**
 * Two one-sided t-tests (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15:657) on the logarithm
 * of a ratio. A margin of 0.02 means a ratio from 1/1.02 to 1.02: symmetric on the scale of logarithms, so that
 * A against B and B against A always get the same answer. (From 0.98 to 1.02 would not be.)
 */
export function equivalence(
  estimate: Pick<RatioEstimate, "ratio" | "standardError" | "df">,
  margin: number,
): Equivalence {
  if (!(margin > 0)) throw new RangeError(`an equivalence margin is positive, not ${margin}`);
  const bounds = { low: 1 / (1 + margin), high: 1 + margin };
  const { standardError, df } = estimate;
  if (standardError === undefined) return { p: undefined, equivalent: false, ...bounds };
  // By symmetry the larger p belongs to the bound that is nearer.
  const room = Math.log1p(margin) - Math.abs(Math.log(estimate.ratio));
  const own = standardError === 0 ? Number(room <= 0) : tCdf(-room / standardError, df);
  const p = Math.max(SMALLEST_P, own);
  return { p, equivalent: p <= 0.05, ...bounds };
}
