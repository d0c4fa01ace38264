import { significant } from "../base/units.ts";
import { autocorrelation } from "../stats/autocorrelation.ts";
import { benjaminiHochberg } from "../stats/benjamini-hochberg.ts";
import { tCdf } from "../stats/t-distribution.ts";

/** With fewer boots their lag-1 autocorrelation says next to nothing. */
const ENOUGH_BOOTS = 10;

/** Lag-1 autocorrelation of a ratio's logarithms in the order of boots; undefined with too few, or without any spread. */
export function bootLag1(logs: readonly number[]): number | undefined {
  return logs.length < ENOUGH_BOOTS ? undefined : autocorrelation(logs)?.lag1;
}

/** A ratio, and how much its boots resemble those before them. */
export interface Lagged {
  readonly name: string;
  readonly boots: number;
  readonly lag1: number;
}

/**
 * Says of which ratios boots resemble those before them more than chance explains: every interval takes boots for
 * independent. Undefined where there is none. One-sided, as unlike neighbours make intervals too wide; of independent
 * values r has mean −1/n and variance (n − 2)² / n² / (n − 1) (Moran 1948, Biometrika 35:255). Benjamini and Hochberg's over
 * all ratios.
 */
export function dependenceWarning(ratios: readonly Lagged[]): string | undefined {
  const ps = ratios.map(({ boots: n, lag1 }) => {
    const z = ((lag1 + 1 / n) * n * Math.sqrt(n - 1)) / (n - 2);
    return tCdf(-z, NORMAL);
  });
  const adjusted = benjaminiHochberg(ps);
  const found = ratios.filter((_, at) => (adjusted[at] ?? 1) <= 0.05);
  if (found.length === 0) return undefined;
  const named = found.map(({ name, boots, lag1 }) => {
    const effective = Math.max(1, (boots * (1 - lag1)) / (1 + lag1));
    return `${name} (lag-1 ${significant(lag1, 2)} over ${boots} boots, which count as about ${Math.round(effective)})`;
  });
  return `boots resemble those before them more than chance explains, so these intervals are too narrow: ${named.join(", ")}`;
}

/** Degrees of freedom with which Student's t is the normal distribution to six digits. */
const NORMAL = 1e6;
