import type { RatioEstimate } from "./ratio.ts";
import { tQuantile, tTwoSidedP } from "./t-distribution.ts";
import { type Summary, welchDf } from "./t-test.ts";

/**
 * The ratio of two positive means of independent samples, where only means and standard errors are known, as in a
 * published table: Welch's t on the logarithms, whose variances are those of the means over their squares (delta
 * method). Undefined where a mean is not positive; without an interval where a standard error is missing.
 */
export function ratioOfMeans(of: Summary, to: Summary, confidence: number): RatioEstimate | undefined {
  if (!(of.mean > 0 && to.mean > 0)) return undefined;
  const logRatio = Math.log(of.mean / to.mean);
  const ratio = of.mean / to.mean;
  if (of.standardError === undefined || to.standardError === undefined) {
    const none = { low: 0, high: Number.POSITIVE_INFINITY, standardError: undefined, df: 0, p: undefined };
    return { ratio, ...none, confidence, method: "ratio-of-means", warnings: WITHOUT };
  }
  const varianceOf = (of.standardError / of.mean) ** 2;
  const varianceTo = (to.standardError / to.mean) ** 2;
  const standardError = Math.sqrt(varianceOf + varianceTo);
  const df = welchDf(varianceOf, of.n, varianceTo, to.n);
  const half = standardError === 0 ? 0 : tQuantile((1 + confidence) / 2, df) * standardError;
  return {
    ratio,
    low: Math.exp(logRatio - half),
    high: Math.exp(logRatio + half),
    confidence,
    standardError,
    df,
    p: standardError === 0 ? Number(logRatio === 0) : tTwoSidedP(logRatio / standardError, df),
    method: "ratio-of-means",
    warnings: standardError === 0 ? NO_SPREAD : [],
  };
}

const WITHOUT = ["no standard error or number of runs is known, so no interval can be given"];
const NO_SPREAD = [
  "both standard errors are 0, so the interval has no width; real measurements do not do that",
];
