import { tQuantile } from "./t-distribution.ts";
import { welchDf } from "./t-test.ts";

/**
 * Fieller's confidence set for a ratio of two means (Fieller 1954, Journal of the Royal Statistical Society B
 * 16:175): every ratio ρ that a t-test of `numerator − ρ denominator = 0` does not reject.
 *
 * - `bounded`: the interval that one expects. It is so exactly when the denominator differs from 0 at this confidence.
 * - `exclusive`: the denominator may be 0, and the set is everything at or below `below` and at or above `above`:
 *   only the ratios between them are ruled out. An end may be infinite.
 * - `unbounded`: no ratio at all is ruled out, because numerator and denominator may both be 0. Also where there are
 *   fewer than two values.
 */
export type FiellerSet =
  | { readonly kind: "bounded"; readonly low: number; readonly high: number }
  | { readonly kind: "exclusive"; readonly below: number; readonly above: number }
  | { readonly kind: "unbounded" };

/** A mean with the variance of that mean: its squared standard error. */
export interface MeanWithVariance {
  readonly mean: number;
  readonly variance: number;
}

/** `covariance` is that of the two means; 0 for independent samples. */
export function fieller(
  numerator: MeanWithVariance,
  denominator: MeanWithVariance,
  covariance: number,
  df: number,
  confidence: number,
): FiellerSet {
  const tt = tQuantile((1 + confidence) / 2, df) ** 2;
  // The set is where A ρ² − 2 B ρ + C ≤ 0.
  const A = denominator.mean ** 2 - tt * denominator.variance;
  const B = numerator.mean * denominator.mean - tt * covariance;
  const C = numerator.mean ** 2 - tt * numerator.variance;
  // B² − AC with the large terms taken out by hand, as they would cancel.
  const quarter =
    tt *
    (numerator.mean ** 2 * denominator.variance +
      denominator.mean ** 2 * numerator.variance -
      2 * numerator.mean * denominator.mean * covariance +
      tt * (covariance ** 2 - numerator.variance * denominator.variance));
  if (A <= 0 && (quarter <= 0 || (A === 0 && B === 0))) return { kind: "unbounded" };
  const root = Math.sqrt(Math.max(0, quarter));
  const q = B < 0 ? B - root : B + root;
  const one = q / A; // infinite where A is 0: the set is a half-line
  const other = q === 0 ? 0 : C / q;
  return A > 0
    ? { kind: "bounded", low: Math.min(one, other), high: Math.max(one, other) }
    : { kind: "exclusive", below: Math.min(one, other), above: Math.max(one, other) };
}

/** Of `of` to `to`, whose i-th entries come from the same boot. Throws where the lengths differ. */
export function fiellerPaired(of: readonly number[], to: readonly number[], confidence: number): FiellerSet {
  if (of.length !== to.length) throw new RangeError(`${of.length} values cannot be paired with ${to.length}`);
  const n = of.length;
  if (n < 2) return { kind: "unbounded" };
  const a = moments(of, of);
  const b = moments(to, to);
  return fieller(
    { mean: a.mean, variance: a.covariance / n },
    { mean: b.mean, variance: b.covariance / n },
    moments(of, to).covariance / n,
    n - 1,
    confidence,
  );
}

/**
 * Of `of` to `to` from independent samples. The degrees of freedom are Satterthwaite's for `of − ρ to` at the
 * estimated ρ, for variances that may differ (Tamhane & Logan 2004, as in R's mratios::ttestratio).
 */
export function fiellerIndependent(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
): FiellerSet {
  if (of.length < 2 || to.length < 2) return { kind: "unbounded" };
  const a = moments(of, of);
  const b = moments(to, to);
  const numerator = { mean: a.mean, variance: a.covariance / of.length };
  const denominator = { mean: b.mean, variance: b.covariance / to.length };
  const df = welchDf(
    numerator.variance * denominator.mean ** 2,
    of.length,
    denominator.variance * numerator.mean ** 2,
    to.length,
  );
  return fieller(numerator, denominator, 0, df, confidence);
}

/** Mean of `a`, and the sample covariance of `a` and `b`, in one pass. */
function moments(a: readonly number[], b: readonly number[]): { mean: number; covariance: number } {
  let mean = 0;
  let other = 0;
  let products = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const step = x - mean;
    mean += step / (i + 1);
    const y = b[i] ?? 0;
    other += (y - other) / (i + 1);
    products += step * (y - other);
  }
  return { mean, covariance: products / (a.length - 1) };
}
