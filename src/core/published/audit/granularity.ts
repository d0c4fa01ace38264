import type { Interval } from "./interval.ts";
import { RUNS_TRIED } from "./p-values.ts";
import type { ParsedTables } from "./parsed-tables.ts";
import type { PrintedNumber } from "./printed-number.ts";

export interface Granularity {
  /** Response cells whose digits rule out at least one number of runs. */
  readonly informative: number;
  /** Those of which it is known in what steps the tool prints a run's mean. */
  readonly cells: number;
  /** Numbers of runs that every cell allows; all that were tried where nothing is ruled out. */
  readonly runs: readonly number[];
}

/**
 * Numbers of runs that the printed mean response times can be means of, where each run's is known to be a whole number of
 * steps: the GRIM test (Brown & Heathers 2017, Social Psychological and Personality Science 8:363),
 * and for the standard errors its extension to spreads (Anaya 2016, PeerJ Preprints 4:e2400; Allard 2018).
 */
export function granularity(tables: ParsedTables): Granularity {
  const allowed = tables.rows.flatMap(({ row: { responseStepMs }, response: { mean, standardError } }) =>
    mean === undefined || responseStepMs === undefined
      ? []
      : [RUNS_TRIED.filter((runs) => canBeMean(mean, standardError, { runs, stepMs: responseStepMs }))],
  );
  return {
    informative: allowed.filter((runs) => runs.length < RUNS_TRIED.length).length,
    cells: allowed.length,
    runs: RUNS_TRIED.filter((runs) => allowed.every((one) => one.includes(runs))),
  };
}

interface Runs {
  readonly runs: number;
  /** Of which each run's mean response time is a whole number. */
  readonly stepMs: number;
}

/** Whether some whole numbers of steps have this mean and this standard error. */
function canBeMean(mean: PrintedNumber, standardError: PrintedNumber | undefined, made: Runs): boolean {
  const { runs, stepMs } = made;
  const sums = wholeNumbersIn(mean.interval, runs / stepMs);
  // As many sums as runs in a row are every remainder there is: nothing is ruled out.
  if (sums.count >= runs) return true;
  return Array.from({ length: sums.count }, (_, i) => sums.first + i).some(
    (sum) => standardError === undefined || canBeSpread(standardError.interval, sum % runs, made),
  );
}

/**
 * Whether whole numbers whose sum leaves this remainder can have this standard error. Shifting all by one number
 * changes no spread, so let them sum to the remainder s itself. Their squares sum to q with the parity of s, as
 * x² and x are odd or even together, and n²(n−1) SE² = n q − s².
 */
function canBeSpread(standardError: Interval, remainder: number, { runs, stepMs }: Runs): boolean {
  const scale = (runs * Math.sqrt(runs - 1)) / stepMs;
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
