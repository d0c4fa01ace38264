import { gammaRatio } from "./gamma-ratio.ts";
import { estimateMean } from "./mean.ts";

/** A difference of means in standard deviations. */
export interface HedgesG {
  readonly g: number;
  /** An approximate 95% interval. */
  readonly low: number;
  readonly high: number;
  readonly warnings: readonly string[];
}

/**
 * Hedges' g of a − b: the difference of the means over the pooled standard deviation, times the exact correction for
 * small samples (Hedges 1981, Journal of Educational Statistics 6:107). The interval is g ± 1.96 standard errors with
 * the variance of Borenstein et al. (2009, Introduction to Meta-Analysis, chapter 4). Undefined where a sample has
 * fewer than two values, or neither has any spread.
 */
export function hedgesG(a: readonly number[], b: readonly number[]): HedgesG | undefined {
  const first = estimateMean(a);
  const second = estimateMean(b);
  if (first?.standardError === undefined || second?.standardError === undefined) return undefined;
  const { n, mean } = first;
  const m = second.n;
  const df = n + m - 2;
  const squares = (n - 1) * n * first.standardError ** 2 + (m - 1) * m * second.standardError ** 2;
  if (squares === 0) return undefined;
  const d = (mean - second.mean) / Math.sqrt(squares / df);
  const correction = hedgesCorrection(df);
  const g = correction * d;
  const standardError = correction * Math.sqrt((n + m) / (n * m) + d ** 2 / (2 * (n + m)));
  const half = 1.959963984540054 * standardError; // the normal distribution's 97.5% point
  return { g, low: g - half, high: g + half, warnings: df < 18 ? SMALL : [] };
}

const SMALL = ["the interval of Hedges' g is a large-sample approximation, and these samples are small"];

/** J(df) = Γ(df/2) / (√(df/2) Γ((df−1)/2)): what makes the standardized difference unbiased. df > 1. */
export function hedgesCorrection(df: number): number {
  return gammaRatio((df - 1) / 2) / Math.sqrt(df / 2);
}
