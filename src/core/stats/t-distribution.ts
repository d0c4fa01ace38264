import { gammaRatio } from "./gamma-ratio.ts";

/** Probability that Student's t with `df` > 0 degrees of freedom is at most `t`. Throws on other df. */
export function tCdf(t: number, df: number): number {
  const half = tTwoSidedP(t, df) / 2;
  return t > 0 ? 1 - half : half;
}

/**
 * Probability that |T| is at least |t|, with small relative error in the tails too.
 *
 * With a = df/2 and u = |t|/√df it is the regularized incomplete beta function I(1/(1+u²); a, 1/2). In the
 * tail: u⁻¹ (1+u²)^(1/2−a) F / (a B(a, 1/2)) with F = ₂F₁(1/2, 1; a+1; −u⁻²) by Gauss's continued fraction. In
 * the centre: one minus a power series. Both sum positive terms only, so nothing cancels at any df
 * (NIST DLMF 8.17.7–8, 15.7.1, 15.8.1).
 */
export function tTwoSidedP(t: number, df: number): number {
  mustBePositive(df);
  if (Number.isNaN(t)) return Number.NaN;
  const u = Math.abs(t) / Math.sqrt(df);
  if (u === Number.POSITIVE_INFINITY) return 0;
  const a = df / 2;
  return isCentral(u, df)
    ? 1 - Math.exp(logCentre(u, a, gammaRatio(a))) * u * centreSeries(u, a)
    : Math.exp(logTail(u, a, gammaRatio(a)) + Math.log(tailFraction(u, a)));
}

/** The least p that is ever given: no data can show that chance alone would never do it. */
export const SMALLEST_P = 2 ** -1022;

/**
 * The t that Student's t with `df` > 0 degrees of freedom stays at or below with probability `p`:
 * -Infinity at 0, Infinity at 1. Throws on p outside [0, 1].
 *
 * Newton's method on the logarithm of the probability against the logarithm of t, nearly a straight line, held
 * in a bracket; it starts at the approximation of Wallace (1959) and takes two to four steps.
 */
export function tQuantile(p: number, df: number): number {
  mustBePositive(df);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability is from 0 to 1, not ${p}`);
  if (p === 0.5) return 0;
  const outside = 2 * Math.min(p, 1 - p);
  const t = outside === 0 ? Number.POSITIVE_INFINITY : positiveQuantile(outside, 2 * Math.abs(p - 0.5), df);
  return p < 0.5 ? -t : t;
}

/** t > 0 with P(|T| ≥ t) = outside and P(|T| < t) = inside; both are given, as 1 − p would lose digits. */
function positiveQuantile(outside: number, inside: number, df: number): number {
  const a = df / 2;
  const ratio = gammaRatio(a);
  const logOutside = Math.log(outside);
  const logInside = Math.log(inside);
  let low = -LARGEST_LOG;
  let high = LARGEST_LOG;
  let s = Math.min(high, Math.log(startingU(outside, inside, df, ratio)));
  for (let i = 0; i < 100; i++) {
    const u = Math.exp(s);
    // The step in log t by which the tangent meets the target.
    let step: number;
    if (isCentral(u, df)) {
      const series = centreSeries(u, a);
      step = (logInside - logCentre(u, a, ratio) - s - Math.log(series)) * series;
    } else {
      const fraction = tailFraction(u, a);
      const slope = (df * fraction ** -1) / (1 + u ** -2);
      step = (logTail(u, a, ratio) + Math.log(fraction) - logOutside) / slope;
    }
    // Newton's error is squared by each step, so the next one would be lost in rounding.
    if (Math.abs(step) < 1e-9) return Math.exp(s + step) * Math.sqrt(df);
    if (step > 0) low = s;
    else high = s;
    const next = s + step;
    s = next > low && next < high ? next : (low + high) / 2;
  }
  return Number.POSITIVE_INFINITY; // past LARGEST_LOG, which only df below 1 can reach
}

/** Limit of log u: beyond it t counts as infinite. */
const LARGEST_LOG = 700;

function startingU(outside: number, inside: number, df: number, ratio: number): number {
  // Next to the centre the density is flat.
  if (inside < 0.1) return (inside * Math.sqrt(Math.PI)) / (2 * ratio);
  // The normal quantile: Hastings's approximation, Abramowitz & Stegun 26.2.23, error below 4.5e-4.
  const r = Math.sqrt(-2 * Math.log(outside / 2));
  const z =
    r - (2.515517 + r * (0.802853 + r * 0.010328)) / (1 + r * (1.432788 + r * (0.189269 + r * 0.001308)));
  // Wallace (1959), Annals of Mathematical Statistics 30:1124: a normal deviate for a t, turned round.
  const scaled = (z * (8 * df + 3)) / (8 * df + 1);
  return Math.sqrt(Math.expm1((scaled * scaled) / df));
}

/** Where the series is short and one minus its sum loses no digits. */
function isCentral(u: number, df: number): boolean {
  return u < 1 && u * u * df < 2;
}

/** Logarithm of the probability of |T| < t, less that of u and of the series. */
function logCentre(u: number, a: number, ratio: number): number {
  return Math.log((2 * ratio) / Math.sqrt(Math.PI)) - (a + 0.5) * Math.log1p(u * u);
}

/** Σ (a+1/2)ₙ/(3/2)ₙ yⁿ with y = u²/(1+u²): DLMF 8.17.8. It is also the reciprocal of the slope in logarithms. */
function centreSeries(u: number, a: number): number {
  const y = (u * u) / (1 + u * u);
  let term = 1;
  let sum = 1;
  for (let n = 0; term > sum * 1e-17; n++) {
    term *= (y * (a + 0.5 + n)) / (1.5 + n);
    sum += term;
  }
  return sum;
}

/** Logarithm of the probability of |T| ≥ t, less that of the continued fraction. */
function logTail(u: number, a: number, ratio: number): number {
  const logU = Math.log(u);
  const logSum = u > 1e8 ? 2 * logU : Math.log1p(u * u);
  return Math.log(ratio / (a * Math.sqrt(Math.PI))) + (0.5 - a) * logSum - logU;
}

/** ₂F₁(1/2, 1; a+1; −u⁻²) by Gauss's continued fraction, evaluated with Lentz's method. */
function tailFraction(u: number, a: number): number {
  const z = u ** -2;
  let value = 1;
  let c = 1;
  let d = 0;
  for (let m = 0; m < 10_000; m++) {
    const odd = (z * (0.5 + m) * (a + m)) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= c * d;
    const even = (z * (m + 1) * (a + 0.5 + m)) / ((a + 2 * m + 1) * (a + 2 * m + 2));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return 1 / value;
}

function mustBePositive(df: number): void {
  if (!(df > 0 && df < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`degrees of freedom must be positive and finite, not ${df}`);
  }
}
