import { meanOf } from "./mean.ts";

/** How much values that follow one another resemble each other. */
export interface Autocorrelation {
  readonly n: number;
  /** Lag-1 autocorrelation, from -1 to 1. */
  readonly lag1: number;
  /** How many independent values would pin down the mean as well, from 1 to n. */
  readonly effectiveN: number;
  readonly warnings: readonly string[];
}

/**
 * Lag-1 autocorrelation of values in the order of time, and n (1 − r) / (1 + r), which holds for a first-order
 * autoregressive process (Bayley & Hammersley 1946, Supplement to the JRSS 8:184). Undefined with fewer than three values
 * or no spread.
 */
export function autocorrelation(values: readonly number[]): Autocorrelation | undefined {
  const n = values.length;
  if (n < 3) return undefined;
  const lag1 = lag1Autocorrelation(values);
  if (lag1 === undefined) return undefined;
  const effectiveN = Math.min(n, Math.max(1, (n * (1 - lag1)) / (1 + lag1)));
  return { n, lag1, effectiveN, warnings: n < 20 ? SHORT : [] };
}

const SHORT = ["fewer than 20 intervals: their autocorrelation is itself very uncertain, and reads too low"];

/** From -1 to 1; undefined without any spread. */
export function lag1Autocorrelation(values: readonly number[]): number | undefined {
  const mean = meanOf(values);
  let squares = 0;
  let products = 0;
  let previous = 0;
  for (const value of values) {
    const deviation = value - mean;
    squares += deviation * deviation;
    products += deviation * previous;
    previous = deviation;
  }
  return squares === 0 ? undefined : products / squares;
}
