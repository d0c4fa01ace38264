import { exactly, type Interval, over, plus, times } from "./interval.ts";
import type { ParsedRow, ParsedTables } from "./parsed-tables.ts";

/**
 * `busy`: all threads may have worked all the time. `partly idle`: they cannot have. `more than threads`: this is more
 * work than the threads can do; variation between enough runs would explain it, but the number of runs is not known.
 * `impossible`: the number of runs is known and does not explain it. `not stated`: the number of threads is unknown.
 */
export type LoopStatus = "busy" | "partly idle" | "more than threads" | "impossible" | "not stated";

export interface ClosedLoopCheck {
  readonly row: ParsedRow;
  readonly threads: number | undefined;
  /** Throughput × mean response time: the threads that are at work on average. */
  readonly busy: Interval;
  /** How far the product of means may lie from the mean of products; absent where the runs are not known. */
  readonly variation: number | undefined;
  readonly status: LoopStatus;
  /** The least number of runs whose variation explains more busy threads than there are; absent where not needed. */
  readonly leastRuns: number | undefined;
}

/**
 * The closed loop of every row with both means: a thread asks, waits for the answer and asks again, so in one run throughput X
 * times mean response time R is the number of threads that were busy, and at most all N of them (Little 1961,
 * Operations Research 9:383). Over n runs the mean of XR is therefore at most N too, while tables give the mean
 * of X and the mean of R, whose product differs from it by the runs' covariance. That is at most
 * (n−1) SE(X) SE(R) in size, by Cauchy and Schwarz, whatever the distribution. Every run's R is itself
 * rounded, which moves the mean by at most half a step of what the tool prints.
 */
export function checkClosedLoop(
  tables: ParsedTables,
  certainRuns: number | undefined,
): readonly ClosedLoopCheck[] {
  return tables.rows.flatMap((row) => {
    const threads = row.row.threads;
    const runs = row.row.runs ?? certainRuns;
    const busy = busyThreads(row, 0);
    const able = busyThreads(row, stepMs(row) / 2);
    if (busy === undefined || able === undefined) return [];
    const perRun = covariancePerRun(row);
    const variation = runs === undefined || perRun === undefined ? undefined : (runs - 1) * perRun.high;
    const excess = threads === undefined ? 0 : able.low - threads;
    const leastRuns = excess <= 0 || perRun === undefined ? undefined : Math.ceil(1 + excess / perRun.high);
    return { row, threads, busy, variation, status: statusOf(able, threads, variation), leastRuns };
  });
}

/** In which the tool prints a run's mean response time; where nobody says, it prints two digits at least. */
function stepMs({ row, response }: ParsedRow): number {
  return row.responseStepMs ?? 10 ** (Math.floor(Math.log10(response.mean?.value ?? 1)) - 1);
}

function statusOf(able: Interval, threads: number | undefined, variation: number | undefined): LoopStatus {
  if (threads === undefined) return "not stated";
  if (able.high + (variation ?? 0) < threads) return "partly idle";
  if (able.low - (variation ?? 0) <= threads) return "busy";
  return variation === undefined ? "more than threads" : "impossible";
}

/** Throughput per second times mean response in seconds, each run's response off by at most `moved` ms. */
function busyThreads({ throughput, response }: ParsedRow, moved: number): Interval | undefined {
  if (throughput.mean === undefined || response.mean === undefined) return undefined;
  const responseMs = plus(response.mean.interval, { low: -moved, high: moved });
  return over(times(throughput.mean.interval, responseMs), exactly(1000));
}

/** What each run beyond the first adds to the largest possible covariance, in threads. */
function covariancePerRun({ throughput, response }: ParsedRow): Interval | undefined {
  if (throughput.standardError === undefined || response.standardError === undefined) return undefined;
  return over(times(throughput.standardError.interval, response.standardError.interval), exactly(1000));
}
