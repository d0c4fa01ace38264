import { randomStreamFor, shuffled } from "../base/random.ts";
import { lag1Autocorrelation } from "./autocorrelation.ts";
import { meanOf } from "./mean.ts";

/** Where a run of interval output settles. Every value is kept: this says where to look, and drops nothing. */
export interface ChangePoint {
  /** Index of the first value after the shift; 0 where no shift is shown. */
  readonly steadyFrom: number;
  /** How often values in random order show a shift at least this clear; up to 0.05 the shift counts as real. */
  readonly p: number;
  /** Means before and from the clearest split, shown or not. */
  readonly meanBefore: number;
  readonly meanAfter: number;
  readonly warnings: readonly string[];
}

/**
 * Warm-up as one shift of the mean. The split with the least squared error (Hinkley 1970, Biometrika 57:1) is tested
 * against the same statistic in 999 random orders of the values, from a fixed seed, so that nothing is taken for
 * granted about the noise but that its order does not matter. As values that follow one another have an order, the lag-1
 * autocorrelation that the split leaves is taken out first (Cochrane & Orcutt 1949, Journal of the American
 * Statistical Association 44:32). Undefined with fewer than 20 values, or without any spread.
 */
export function changePoint(values: readonly number[]): ChangePoint | undefined {
  const n = values.length;
  if (n < 20) return undefined;
  const { at, gain } = clearestSplit(values);
  if (!(gain > 0)) return undefined;
  const meanBefore = meanOf(values.slice(0, at));
  const meanAfter = meanOf(values.slice(at));
  const r = residualAutocorrelation(values.map((value, i) => value - (i < at ? meanBefore : meanAfter)));
  const independent = values.slice(1).map((value, i) => value - r * (values[i] ?? 0));
  const p = shiftP(independent);
  const shown = p <= 0.05;
  return {
    steadyFrom: shown ? at : 0,
    p,
    meanBefore,
    meanAfter,
    warnings: shown && at > n / 2 ? [LATE] : [],
  };
}

const LATE =
  "the level shifts in the second half: that is no warm-up but an unsteady run, and its mean describes neither part";

const ORDERS = 999;

function shiftP(values: readonly number[]): number {
  const observed = clearestSplit(values).gain * (1 - 1e-10); // ties count as ties
  const random = randomStreamFor(0, "change point");
  let count = 1; // the observed order is one of the possible ones
  for (let i = 0; i < ORDERS; i++) if (clearestSplit(shuffled(values, random)).gain >= observed) count += 1;
  return count / (ORDERS + 1);
}

/** The index that splits the values best, and by how much it lowers the sum of squared errors. */
function clearestSplit(values: readonly number[]): { at: number; gain: number } {
  const n = values.length;
  const mean = meanOf(values);
  let at = 1;
  let gain = 0;
  let sum = 0;
  for (let k = 1; k < n; k++) {
    sum += (values[k - 1] ?? 0) - mean;
    const here = (sum * sum * n) / (k * (n - k));
    if (here > gain) {
      gain = here;
      at = k;
    }
  }
  return { at, gain };
}

/**
 * From 0 to 0.95. An estimate falls short by (1 + 4r) / n for a mean that was fitted (Marriott & Pope 1954,
 * Biometrika 41:390); here two were. Negative autocorrelation is left in, where it makes the test cautious.
 */
function residualAutocorrelation(residuals: readonly number[]): number {
  const n = residuals.length;
  const r = lag1Autocorrelation(residuals);
  return r === undefined ? 0 : Math.min(0.95, Math.max(0, (r * n + 2) / (n - 8)));
}
