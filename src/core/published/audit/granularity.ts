import type { Interval } from "./interval.ts";
import { RUNS_TRIED } from "./p-values.ts";
import type { ParsedTables } from "./parsed-tables.ts";
import type { PrintedNumber } from "./printed-number.ts";

/** sysbench 0.4 to 1.0 prints the mean response time of a run in ms with two decimals: `avg: 3.73`. */
export const RESPONSE_RESOLUTION_MS = 0.01;

export interface Granularity {
  /** Response cells whose digits rule out at least one number of runs. */
  readonly informative: number;
  readonly cells: number;
  /** Numbers of runs that every cell allows; all that were tried where nothing is ruled out. */
  readonly runs: readonly number[];
}

/**
 * Numbers of runs that the printed mean response times can be means of, if each run's is a whole number of
 * hundredths of a ms: the GRIM test (Brown & Heathers 2017, Social Psychological and Personality Science 8:363),
 * and for the standard errors its extension to spreads (Anaya 2016, PeerJ Preprints 4:e2400; Allard 2018).
 */
export function granularity(tables: ParsedTables): Granularity {
  const allowed = tables.rows.flatMap(({ response: { mean, standardError } }) =>
    mean === undefined ? [] : [RUNS_TRIED.filter((runs) => canBeMean(mean, standardError, runs))],
  );
  return {
    informative: allowed.filter((runs) => runs.length < RUNS_TRIED.length).length,
    cells: allowed.length,
    runs: RUNS_TRIED.filter((runs) => allowed.every((one) => one.includes(runs))),
  };
}

/** Whether some whole numbers of hundredths have this mean and this standard error. */
function canBeMean(mean: PrintedNumber, standardError: PrintedNumber | undefined, runs: number): boolean {
  const sums = wholeNumbersIn(mean.interval, runs / RESPONSE_RESOLUTION_MS);
  // As many sums as runs in a row are every remainder there is: nothing is ruled out.
  if (sums.count >= runs) return true;
  return Array.from({ length: sums.count }, (_, i) => sums.first + i).some(
    (sum) => standardError === undefined || canBeSpread(standardError.interval, sum % runs, runs),
  );
}

/**
 * Whether whole numbers whose sum leaves this remainder can have this standard error. Shifting all by one number
 * changes no spread, so let them sum to the remainder s itself. Their squares sum to q with the parity of s, as
 * x² and x are odd or even together, and n²(n−1) SE² = n q − s².
 */
function canBeSpread(standardError: Interval, remainder: number, runs: number): boolean {
  const scale = (runs * Math.sqrt(runs - 1)) / RESPONSE_RESOLUTION_MS;
  const squares = { low: (standardError.low * scale) ** 2, high: (standardError.high * scale) ** 2 };
  const added = remainder ** 2;
  const sums = wholeNumbersIn({ low: squares.low + added, high: squares.high + added }, 1 / runs);
  return sums.count >= 2 || (sums.count === 1 && (sums.first - remainder) % 2 === 0);
}

/** The whole numbers in a scaled interval, which is widened by what doubles may have lost of it. */
function wholeNumbersIn(
  interval: Interval,
  factor: number,
): { readonly first: number; readonly count: number } {
  const lost = interval.high * factor * 8 * Number.EPSILON;
  const first = Math.ceil(interval.low * factor - lost);
  return { first, count: Math.max(0, Math.floor(interval.high * factor + lost) - first + 1) };
}
