import { tQuantile, tTwoSidedP } from "./t-distribution.ts";
import { welchDf } from "./t-test.ts";

/** A ratio of two positive quantities, as the ratio of their geometric means, with its confidence interval. */
export interface RatioEstimate {
  readonly ratio: number;
  /** From 0 to Infinity where no interval can be given: then df is 0. */
  readonly low: number;
  readonly high: number;
  /** Such as 0.95. */
  readonly confidence: number;
  /** Of the logarithm of the ratio; undefined where df is 0. */
  readonly standardError: number | undefined;
  readonly df: number;
  /** Two-sided, of a ratio of 1; undefined where df is 0. Not the probability that the ratio is 1. */
  readonly p: number | undefined;
  readonly method: "paired-log-ratio" | "welch-log-ratio" | "ratio-of-means";
  readonly warnings: readonly string[];
}

/**
 * The ratio of `of` to `to`, whose i-th entries come from the same boot: Student's t on the logarithms of the
 * ratios within each boot, so that what a boot does to both cancels. Undefined without any value, or where a value
 * is not positive and has no logarithm. Throws where the lengths differ.
 */
export function pairedLogRatio(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
): RatioEstimate | undefined {
  if (of.length !== to.length) throw new RangeError(`${of.length} values cannot be paired with ${to.length}`);
  const logs = logMoments(of, to);
  if (logs === undefined) return undefined;
  const df = of.length - 1;
  if (df === 0) return withoutInterval(logs.mean, confidence, "paired-log-ratio");
  const variance = logs.variance / of.length;
  return estimate(
    logs.mean,
    variance,
    df,
    confidence,
    "paired-log-ratio",
    variance === 0 ? SAME_RATIO : NONE,
  );
}

/**
 * The ratio of `of` to `to` from independent samples, such as two runs: Welch's t on the logarithms.
 * Undefined without a value on either side, or where a value is not positive.
 */
export function welchLogRatio(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
): RatioEstimate | undefined {
  const a = logMoments(of, undefined);
  const b = logMoments(to, undefined);
  if (a === undefined || b === undefined) return undefined;
  const mean = a.mean - b.mean;
  if (of.length === 1 || to.length === 1) return withoutInterval(mean, confidence, "welch-log-ratio");
  const varianceA = a.variance / of.length;
  const varianceB = b.variance / to.length;
  const df = welchDf(varianceA, of.length, varianceB, to.length);
  const warnings =
    varianceA === 0 || varianceB === 0 ? (varianceA === varianceB ? NO_SPREAD : HALF_SPREAD) : NONE;
  return estimate(mean, varianceA + varianceB, df, confidence, "welch-log-ratio", warnings);
}

/** The same estimate as if its standard error were so many times larger: interval and p follow. */
export function widened(given: RatioEstimate, factor: number, warning: string): RatioEstimate {
  if (given.standardError === undefined) return given;
  const { ratio, standardError, df, confidence, method, warnings } = given;
  const variance = (standardError * factor) ** 2;
  return estimate(Math.log(ratio), variance, df, confidence, method, [...warnings, warning]);
}

const NONE: readonly string[] = [];
const ONE_BOOT = ["one boot: no interval can be given for the ratio"];
const SAME_RATIO = [
  "every boot gave the same ratio to the last digit, so the interval has no width; real measurements do not do that",
];
const NO_SPREAD = [
  "no two boots differ on either side, so the interval has no width; real measurements do not do that",
];
const HALF_SPREAD = ["one side of the ratio has no spread at all; real measurements do not do that"];

function estimate(
  logRatio: number,
  variance: number,
  df: number,
  confidence: number,
  method: RatioEstimate["method"],
  warnings: readonly string[],
): RatioEstimate {
  const standardError = Math.sqrt(variance);
  const half = standardError === 0 ? 0 : tQuantile((1 + confidence) / 2, df) * standardError;
  return {
    ratio: Math.exp(logRatio),
    low: Math.exp(logRatio - half),
    high: Math.exp(logRatio + half),
    confidence,
    standardError,
    df,
    p: standardError === 0 ? Number(Math.abs(logRatio) < ROUNDING) : tTwoSidedP(logRatio / standardError, df),
    method,
    warnings,
  };
}

function withoutInterval(
  logRatio: number,
  confidence: number,
  method: RatioEstimate["method"],
): RatioEstimate {
  return {
    ratio: Math.exp(logRatio),
    low: 0,
    high: Number.POSITIVE_INFINITY,
    confidence,
    standardError: undefined,
    df: 0,
    p: undefined,
    method,
    warnings: ONE_BOOT,
  };
}

/** A relative spread below this is the rounding of doubles, and counts as none. */
const ROUNDING = 1e-12;

/** Mean and sample variance (0 for one value) of log(of/to), or of log(of), in one pass (Welford 1962). */
function logMoments(
  of: readonly number[],
  to: readonly number[] | undefined,
): { mean: number; variance: number } | undefined {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < of.length; i++) {
    const above = of[i] ?? 0;
    const below = to === undefined ? 1 : (to[i] ?? 0);
    if (!(above > 0 && below > 0)) return undefined;
    const log = Math.log(above / below);
    const step = log - mean;
    mean += step / (i + 1);
    squares += step * (log - mean);
  }
  if (of.length === 0 || !Number.isFinite(mean)) return undefined;
  const variance = of.length === 1 ? 0 : squares / (of.length - 1);
  return { mean, variance: variance < ROUNDING ** 2 ? 0 : variance };
}
