import { tQuantile } from "./t-distribution.ts";

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

export interface TwoMeans {
  readonly numerator: MeanWithVariance;
  readonly denominator: MeanWithVariance;
  /** Covariance of the two means: 0 for independent samples. */
  readonly covariance: number;
}

export function fieller(
  { numerator, denominator, covariance }: TwoMeans,
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
  // Where A is 0 the set is a half-line, the limit of those below 0: its other end has gone to infinity on A's far side.
  const one = q / (A > 0 ? A : -Math.abs(A));
  const other = q === 0 ? 0 : C / q;
  return A > 0
    ? { kind: "bounded", low: Math.min(one, other), high: Math.max(one, other) }
    : { kind: "exclusive", below: Math.min(one, other), above: Math.max(one, other) };
}

/**
 * The set for the mean of `of` to the mean of `to`, whose i-th values come from one boot. Throws if the lengths
 * differ. `rounding`: relative variances that the resolution of the readings adds to either mean, where it is known.
 */
export function fiellerPaired(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
  rounding: readonly [number | undefined, number | undefined] = [undefined, undefined],
): FiellerSet {
  if (of.length !== to.length) throw new RangeError(`${of.length} values cannot be paired with ${to.length}`);
  const n = of.length;
  if (n < 2) return { kind: "unbounded" };
  const a = moments(of, of);
  const b = moments(to, to);
  const means = {
    numerator: { mean: a.mean, variance: a.covariance / n + (rounding[0] ?? 0) * a.mean ** 2 },
    denominator: { mean: b.mean, variance: b.covariance / n + (rounding[1] ?? 0) * b.mean ** 2 },
    covariance: moments(of, to).covariance / n,
  };
  return fieller(means, n - 1, confidence);
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
