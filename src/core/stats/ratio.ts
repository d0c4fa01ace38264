import type { BlockResidual } from "./block-residual.ts";
import type { MeanEstimate } from "./mean.ts";
import { SMALLEST_P, tQuantile, tTwoSidedP } from "./t-distribution.ts";
import { welchDf } from "./t-test.ts";

/** A ratio of two positive quantities, as the ratio of their geometric means, with its confidence interval. */
export interface RatioEstimate {
  readonly ratio: number;
  /** From 0 to Infinity where no interval can be given: then df is 0. */
  readonly low: number;
  readonly high: number;
  /** Such as 0.95. */
  readonly confidence: number;
  /** Standard error of the ratio's logarithm; undefined where df is 0. */
  readonly standardError: number | undefined;
  readonly df: number;
  /** Boots that it rests on, of two runs those of the shorter; undefined where it rests on a published table. */
  readonly boots: number | undefined;
  /** Two-sided p-value for a true ratio of 1; undefined where df is 0. Not the probability that the ratio is 1. */
  readonly p: number | undefined;
  readonly method: "blocked-log-ratio" | "welch-log-ratio" | "ratio-of-means";
  readonly warnings: readonly string[];
}

/** What a ratio within boots is estimated from. */
export interface WithinBoots {
  /** Its logarithm in each boot: a contrast, such as the level's mean logarithm less the other level's. */
  readonly logs: readonly number[];
  /** Of the layout that the contrast is of. */
  readonly residual: BlockResidual;
  /** The sum of the contrast's squared weights: 2 for one level less another. */
  readonly weight: number;
  /** Variance that the rounding of what is read adds to the mean; undefined where the resolution is not known. */
  readonly rounding?: number | undefined;
}

/**
 * A ratio within boots: the mean of its logarithms, with a variance from two sources (docs/adr/0009). The contrast's
 * own variance between boots is right whatever the levels' noise, but rests on n − 1 degrees of freedom; the residual
 * of the whole layout rests on more, but takes all levels for equally noisy. They are averaged as n − 1 against
 * BLOCK_WEIGHT. With two levels both are the same, and this is Student's paired t on logarithms.
 *
 * Undefined without any value, or where one has no logarithm.
 */
export function blockedLogRatio(
  { logs, residual, weight, rounding }: WithinBoots,
  confidence: number,
): RatioEstimate | undefined {
  const found = moments(logs);
  if (found === undefined) return undefined;
  const boots = logs.length;
  const common = { mean: found.mean, confidence, method: "blocked-log-ratio", boots } as const;
  if (boots === 1) return withoutInterval({ ...common, warnings: ONE_BOOT });
  const own = boots - 1;
  const block = blockShare(own);
  const pooled = spreadOf((weight * residual.squares) / residual.df);
  const spread = ((1 - block) * found.variance + block * pooled) / boots;
  const df = blockedDf(own, residual.df);
  const warnings = spread > 0 ? NONE : rounding === undefined ? SAME_RATIO : SAME_READING;
  return estimate({ ...common, variance: spread + (rounding ?? 0), df, warnings });
}

function blockShare(own: number): number {
  return BLOCK_WEIGHT / (own + BLOCK_WEIGHT);
}

/**
 * Degrees of freedom of a ratio within boots after Satterthwaite, for levels that are equally noisy: its own, and all of
 * the layout's residual. The contrast's own sum of squares is part of the residual's, and independent of the rest of it.
 */
export function blockedDf(own: number, all: number): number {
  const block = blockShare(own);
  const ownShare = 1 - block + (block * own) / all;
  const restShare = (block * (all - own)) / all;
  return 1 / (ownShare ** 2 / own + (all === own ? 0 : restShare ** 2 / (all - own)));
}

/** How many boots the layout's residual counts for; chosen by simulation (docs/adr/0009). */
const BLOCK_WEIGHT = 2;

/**
 * The ratio of `of` to `to` from independent samples, such as two runs: Welch's t on the logarithms.
 * Undefined without a value on either side, or where a value is not positive. `rounding` as within boots.
 */
export function welchLogRatio(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
  rounding?: number,
): RatioEstimate | undefined {
  const a = moments(of.map(Math.log));
  const b = moments(to.map(Math.log));
  if (a === undefined || b === undefined) return undefined;
  const boots = Math.min(of.length, to.length);
  const common = { mean: a.mean - b.mean, confidence, method: "welch-log-ratio", boots } as const;
  if (of.length === 1 || to.length === 1) return withoutInterval({ ...common, warnings: ONE_BOOT });
  const varianceA = a.variance / of.length;
  const varianceB = b.variance / to.length;
  const df = welchDf(varianceA, of.length, varianceB, to.length);
  const noSpread = rounding === undefined ? NO_SPREAD : SAME_READING;
  const warnings =
    varianceA === 0 || varianceB === 0 ? (varianceA === varianceB ? noSpread : HALF_SPREAD) : NONE;
  return estimate({ ...common, variance: varianceA + varianceB + (rounding ?? 0), df, warnings });
}

/**
 * One ratio to another of independent samples, such as what a level keeps in two runs: Welch's t on the logarithms, each
 * with the variance and degrees of freedom that it has by itself.
 */
export function ratioOfRatios(of: RatioEstimate, to: RatioEstimate): RatioEstimate {
  const boots = of.boots === undefined || to.boots === undefined ? undefined : Math.min(of.boots, to.boots);
  const { confidence } = of;
  const common = {
    mean: Math.log(of.ratio / to.ratio),
    confidence,
    method: "welch-log-ratio",
    boots,
  } as const;
  const warnings = [...new Set([...of.warnings, ...to.warnings])];
  if (of.standardError === undefined || to.standardError === undefined) {
    return withoutInterval({ ...common, warnings });
  }
  const [varianceOf, varianceTo] = [of.standardError ** 2, to.standardError ** 2];
  const df = welchDf(varianceOf, of.df + 1, varianceTo, to.df + 1);
  return estimate({ ...common, variance: varianceOf + varianceTo, df, warnings });
}

/**
 * The ratio of two positive means of independent samples, where only means and standard errors are known, as in a
 * published table: Welch's t on the logarithms, whose variances are those of the means over their squares (delta
 * method). Undefined where a mean is not positive; without an interval where a standard error is missing.
 */
export function ratioOfMeans(
  of: MeanEstimate,
  to: MeanEstimate,
  confidence: number,
): RatioEstimate | undefined {
  if (!(of.mean > 0 && to.mean > 0)) return undefined;
  const mean = Math.log(of.mean / to.mean);
  const common = { mean, confidence, method: "ratio-of-means", boots: undefined } as const;
  if (of.standardError === undefined || to.standardError === undefined) {
    return withoutInterval({ ...common, warnings: NO_STANDARD_ERROR });
  }
  const varianceOf = (of.standardError / of.mean) ** 2;
  const varianceTo = (to.standardError / to.mean) ** 2;
  const variance = varianceOf + varianceTo;
  const df = welchDf(varianceOf, of.n, varianceTo, to.n);
  return estimate({ ...common, variance, df, warnings: variance === 0 ? NO_ERROR : NONE });
}

/** The standard error and degrees of freedom that so many boots in all would give, if the spread stays what it is. */
export function withBoots(
  { standardError, df, boots }: Pick<RatioEstimate, "standardError" | "df" | "boots">,
  all: number,
): { readonly standardError: number; readonly df: number } | undefined {
  if (standardError === undefined || boots === undefined || boots < 2) return undefined;
  return { standardError: standardError * Math.sqrt(boots / all), df: (df * (all - 1)) / (boots - 1) };
}

/** The estimate with a standard error so many times larger; its interval and p change accordingly. */
export function widened(given: RatioEstimate, factor: number, warning: string): RatioEstimate {
  if (given.standardError === undefined) return given;
  const { ratio, standardError, warnings } = given;
  const variance = (standardError * factor) ** 2;
  return estimate({ ...given, mean: Math.log(ratio), variance, warnings: [...warnings, warning] });
}

const NONE: readonly string[] = [];
const ONE_BOOT = ["one boot: no interval can be given for the ratio"];
const SAME_RATIO = [
  "every boot gave the same ratio to the last digit, and the resolution of the readings is not known: the interval has no width, and p is only the smallest that can be written",
];
const NO_SPREAD = [
  "no two boots differ on either side, and the resolution of the readings is not known: the interval has no width, and p is only the smallest that can be written",
];
const SAME_READING = [
  "no two boots differ in the last digit that was read: the interval is as wide as the rounding of the readings",
];
const NO_STANDARD_ERROR = ["no standard error or number of runs is known, so no interval can be given"];
const NO_ERROR = [
  "both standard errors are 0, so the interval has no width; real measurements do not do that",
];
const HALF_SPREAD = ["one side of the ratio has no spread at all; real measurements do not do that"];

/** The mean logarithm of a ratio, with the variance of that mean. */
interface LogRatio extends Pick<RatioEstimate, "df" | "confidence" | "method" | "boots" | "warnings"> {
  readonly mean: number;
  readonly variance: number;
}

function estimate({ mean, variance, df, confidence, method, boots, warnings }: LogRatio): RatioEstimate {
  const standardError = Math.sqrt(variance);
  const half = standardError === 0 ? 0 : tQuantile((1 + confidence) / 2, df) * standardError;
  return {
    ratio: Math.exp(mean),
    low: Math.exp(mean - half),
    high: Math.exp(mean + half),
    confidence,
    standardError,
    df,
    boots,
    p: Math.max(SMALLEST_P, pOf(mean, standardError, df)),
    method,
    warnings,
  };
}

function pOf(mean: number, standardError: number, df: number): number {
  if (standardError === 0) return Math.abs(mean) < ROUNDING ? 1 : 0;
  return tTwoSidedP(mean / standardError, df);
}

function withoutInterval({ mean, ...rest }: Omit<LogRatio, "variance" | "df">): RatioEstimate {
  const none = { low: 0, high: Number.POSITIVE_INFINITY, standardError: undefined, df: 0, p: undefined };
  return { ratio: Math.exp(mean), ...none, ...rest };
}

/** A relative spread below this is the rounding of doubles, and counts as none. */
const ROUNDING = 1e-12;

/** Mean and sample variance (0 for one value), in one pass (Welford 1962); undefined unless all values are finite. */
function moments(logs: readonly number[]): { mean: number; variance: number } | undefined {
  let mean = 0;
  let squares = 0;
  logs.forEach((log, at) => {
    const step = log - mean;
    mean += step / (at + 1);
    squares += step * (log - mean);
  });
  if (logs.length === 0 || !Number.isFinite(mean)) return undefined;
  return { mean, variance: logs.length === 1 ? 0 : spreadOf(squares / (logs.length - 1)) };
}

function spreadOf(variance: number): number {
  return variance < ROUNDING ** 2 ? 0 : variance;
}
