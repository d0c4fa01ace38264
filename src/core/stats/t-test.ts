import type { MeanEstimate } from "./mean.ts";
import { SMALLEST_P, tTwoSidedP } from "./t-distribution.ts";

export interface TTest {
  /** Infinite where neither sample has any spread and the means differ. */
  readonly t: number;
  readonly df: number;
  /** Two-sided: how often chance alone would give a |t| at least this large if the means were equal. */
  readonly p: number;
  readonly warnings: readonly string[];
}

/**
 * Welch's t-test of the difference a − b, for variances that may differ (Welch 1947, Biometrika 34:28).
 * Undefined where a sample has no standard error.
 */
export function welch(a: MeanEstimate, b: MeanEstimate): TTest | undefined {
  if (a.standardError === undefined || b.standardError === undefined) return undefined;
  const varianceA = a.standardError ** 2;
  const varianceB = b.standardError ** 2;
  return tTest(a.mean - b.mean, varianceA + varianceB, welchDf(varianceA, a.n, varianceB, b.n));
}

/** Student's t-test of the difference a − b, for equal variances. Undefined where a sample has no standard error. */
export function student(a: MeanEstimate, b: MeanEstimate): TTest | undefined {
  if (a.standardError === undefined || b.standardError === undefined) return undefined;
  const df = a.n + b.n - 2;
  const squares = (a.n - 1) * a.n * a.standardError ** 2 + (b.n - 1) * b.n * b.standardError ** 2;
  return tTest(a.mean - b.mean, (squares / df) * (1 / a.n + 1 / b.n), df);
}

/**
 * Degrees of freedom of a sum of two variances of means, after Satterthwaite (1946, Biometrics Bulletin 2:110).
 * Without any variance the formula is 0/0; the smaller of the two is its lower bound, and safe.
 */
export function welchDf(varianceA: number, nA: number, varianceB: number, nB: number): number {
  const sum = varianceA + varianceB;
  if (sum === 0) return Math.min(nA, nB) - 1;
  // Shares first: squares of small variances would underflow.
  return 1 / ((varianceA / sum) ** 2 / (nA - 1) + (varianceB / sum) ** 2 / (nB - 1));
}

function tTest(difference: number, variance: number, df: number): TTest {
  if (variance > 0) {
    const t = difference / Math.sqrt(variance);
    return { t, df, p: Math.max(SMALLEST_P, tTwoSidedP(t, df)), warnings: [] };
  }
  const warnings = ["neither sample has any spread, so the t-test has no scale to judge a difference by"];
  if (difference === 0) return { t: 0, df, p: 1, warnings };
  return { t: difference * Number.POSITIVE_INFINITY, df, p: SMALLEST_P, warnings };
}
