import { gammaRatio } from "./gamma-ratio.ts";
import { meanOf } from "./mean.ts";

/** A difference of means in standard deviations. */
export interface HedgesG {
  readonly g: number;
  /** An approximate 95% interval. */
  readonly low: number;
  readonly high: number;
  readonly warnings: readonly string[];
}

/**
 * Hedges' g of a − b where the i-th values are of one boot: the mean difference over the standard deviation of a side, times
 * the exact correction for small samples (Hedges 1981, Journal of Educational Statistics 6:107). The interval is g ± 1.96
 * standard errors with the variance for matched groups of Borenstein et al. (2009, Introduction to Meta-Analysis,
 * chapter 4), where 2 (1 − r) is the variance of the differences over that of a side. Undefined with fewer than three
 * pairs, or without any spread. Throws if the lengths differ.
 */
export function hedgesG(a: readonly number[], b: readonly number[]): HedgesG | undefined {
  if (a.length !== b.length) throw new RangeError(`${a.length} values cannot be paired with ${b.length}`);
  const n = a.length;
  if (n < 3) return undefined;
  const side = (variance(a) + variance(b)) / 2;
  if (side === 0) return undefined;
  const differences = a.map((value, at) => value - (b[at] ?? Number.NaN));
  const correction = hedgesCorrection(n - 1);
  const d = meanOf(differences) / Math.sqrt(side);
  const standardError = correction * Math.sqrt(((1 + d ** 2 / 2) * (variance(differences) / side)) / n);
  const g = correction * d;
  const half = 1.959963984540054 * standardError; // the normal distribution's 97.5% point
  return { g, low: g - half, high: g + half, warnings: n < 10 ? SMALL : [] };
}

const SMALL = [
  "the interval of Hedges' g is a large-sample approximation, and there are fewer than ten boots",
];

function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** J(df) = Γ(df/2) / (√(df/2) Γ((df−1)/2)): what makes the standardized difference unbiased. df > 1. */
export function hedgesCorrection(df: number): number {
  return gammaRatio((df - 1) / 2) / Math.sqrt(df / 2);
}
