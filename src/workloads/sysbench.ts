import { failed, ok, type Result } from "../core/base/problem.ts";
import { autocorrelation } from "../core/stats/autocorrelation.ts";
import { changePoint } from "../core/stats/change-point.ts";
import { isRelease, type Reading, type SimulatedTruth, type Tool } from "../core/study/workload.ts";

/** Releases whose options and output are known; 0.4 and 0.5 have other ones. */
export const SYSBENCH = { name: "sysbench", releases: ["1.0", "1.1"] } as const satisfies Tool;

/** The argv of sysbench 1.0 and 1.1; `--time=0` because 1.0 would stop after 10 s where 0.5 counted events only. */
export function sysbench(
  test: string,
  options: Readonly<Record<string, string | number>>,
): readonly string[] {
  const flags = Object.entries({ time: 0, percentile: 95, ...options }).map(
    ([name, value]) => `--${name}=${value}`,
  );
  return ["sysbench", test, ...flags, "run"];
}

/**
 * Figures of the output of sysbench 1.0 and 1.1, which call the time otherwise. The mean response time is the printed sum over the printed number of
 * events, because the printed mean has two decimals of a millisecond only.
 */
export function parseSysbench(stdout: string): Result<Reading> {
  const problems: string[] = [];
  const textOf = (name: string, pattern: RegExp): string => {
    const text = pattern.exec(stdout)?.[1] ?? "";
    if (text === "" || !Number.isFinite(Number(text))) problems.push(name);
    return text;
  };
  const number = (name: string, pattern: RegExp) => Number(textOf(name, pattern));
  const secondsText = textOf("total time", /^[ \t]*(?:total time|time elapsed):[ \t]+([\d.]{1,30})s$/m);
  const seconds = Number(secondsText);
  const events = number("total number of events", /^[ \t]*total number of events:[ \t]+(\d{1,15})$/m);
  const sumText = textOf("latency sum", /^[ \t]*sum:[ \t]+([\d.]{1,30})\n/m);
  const sumMilliseconds = Number(sumText);
  const p95Milliseconds = number("95th percentile", /^[ \t]*95th percentile:[ \t]+([\d.]{1,30})$/m);
  const maxMilliseconds = number("longest latency", /^[ \t]*max:[ \t]+([\d.]{1,30})$/m);
  const threads = number("number of threads", /^Number of threads:[ \t]+(\d{1,9})$/m);
  const version = /^sysbench (\d[^\s:]{0,60})/m.exec(stdout)?.[1];
  if (version !== undefined && !isRelease(version, SYSBENCH.releases)) {
    return failed({
      code: "unexpected-output",
      what: `this is the output of sysbench ${version}, and that of ${SYSBENCH.releases.join(" and ")} is read`,
    });
  }
  if (problems.length > 0) {
    return failed({
      code: "unexpected-output",
      what: `sysbench's output has no ${problems.join(", no ")}`,
    });
  }
  if (events < 1 || seconds <= 0) {
    return failed({ code: "no-events", what: `sysbench counted ${events} events in ${seconds} s` });
  }
  const throughput = events / seconds;
  return ok({
    metrics: { throughput, response: sumMilliseconds / 1000 / events },
    // Events are counted exactly; what is rounded is the time.
    resolution: {
      throughput: throughput * (lastDigit(secondsText) / seconds),
      response: lastDigit(sumText) / 1000 / events,
    },
    more: {
      events,
      elapsedSeconds: seconds,
      responseP95Seconds: p95Milliseconds / 1000,
      responseMaxSeconds: maxMilliseconds / 1000,
      threads,
      ...errorCounts(stdout),
      ...steadiness(stdout),
    },
  });
}

/** Transactions that failed and connections that were made again, which the throughput does not tell of; none of some tests. */
function errorCounts(stdout: string): Readonly<Record<string, number>> {
  const count = (pattern: RegExp) => {
    const text = pattern.exec(stdout)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const errors = count(/^ *ignored errors: +(\d{1,15}) /m);
  const reconnects = count(/^ *reconnects: +(\d{1,15}) /m);
  return { ...(errors === undefined ? {} : { errors }), ...(reconnects === undefined ? {} : { reconnects }) };
}

/** What one more in the last digit is: 0.01 for 12.34. */
function lastDigit(text: string): number {
  return 10 ** -(text.split(".")[1]?.length ?? 0);
}

/** The search for a shift goes through all of them a thousand times. */
const MOST_INTERVALS = 10_000;

/** What the lines of `--report-interval` say of the run's course; nothing where there are none. */
function steadiness(stdout: string): Readonly<Record<string, number>> {
  const rates = [...stdout.matchAll(/^\[ \d{1,12}s \] thds: \d{1,9} tps: ([\d.]{1,30}) /gm)].map(([, rate]) =>
    Number(rate),
  );
  if (rates.length === 0 || !rates.every(Number.isFinite)) return {};
  if (rates.length > MOST_INTERVALS) return { intervals: rates.length };
  const course = autocorrelation(rates);
  const shift = changePoint(rates);
  return {
    intervals: rates.length,
    ...(course === undefined ? {} : { lag1: course.lag1, effectiveIntervals: course.effectiveN }),
    ...(shift === undefined ? {} : { steadyFromInterval: shift.steadyFrom }),
  };
}

/** Output in sysbench's form for the simulated machine, which knows the true figures. */
export function renderSysbench(truth: SimulatedTruth, events: number): string {
  const seconds = events / truth.throughputPerSecond;
  const sumMilliseconds = seconds * truth.threads * 1000;
  return `sysbench 1.0.20 (simulated by dvirt)

Running the test with following options:
Number of threads: ${truth.threads}

General statistics:
    total time:                          ${seconds.toFixed(6)}s
    total number of events:              ${events}

Latency (ms):
         min:                                    0.00
         avg:                                    ${(sumMilliseconds / events).toFixed(2)}
         max:                                    0.00
         95th percentile:                        0.00
         sum:                                    ${sumMilliseconds.toFixed(6)}
`;
}
