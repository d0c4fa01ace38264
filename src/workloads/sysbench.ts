import { failed, ok, type Result } from "../core/problem.ts";
import { autocorrelation } from "../core/stats/autocorrelation.ts";
import { changePoint } from "../core/stats/change-point.ts";
import type { Reading, SimulatedTruth } from "../core/workload.ts";

/** The argv of sysbench 1.0; `--time=0` because 1.0 would stop after 10 s where 0.5 counted events only. */
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
 * Figures of sysbench 1.0 output. The mean response time is the printed sum over the printed number of
 * events, because the printed mean has two decimals of a millisecond only.
 */
export function parseSysbench(stdout: string): Result<Reading> {
  const problems: string[] = [];
  const number = (name: string, pattern: RegExp): number => {
    const value = Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
    if (!Number.isFinite(value)) problems.push(name);
    return value;
  };
  const seconds = number("total time", /^\s*total time:\s+([\d.]+)s$/m);
  const events = number("total number of events", /^\s*total number of events:\s+(\d+)$/m);
  const sumMilliseconds = number("latency sum", /^\s*sum:\s+([\d.]+)\n/m);
  const p95Milliseconds = number("95th percentile", /^\s*95th percentile:\s+([\d.]+)$/m);
  const maxMilliseconds = number("longest latency", /^\s*max:\s+([\d.]+)$/m);
  const threads = number("number of threads", /^Number of threads:\s+(\d+)$/m);
  if (problems.length > 0) {
    return failed({
      code: "unexpected-output",
      what: `sysbench's output has no ${problems.join(", no ")}`,
    });
  }
  if (events < 1 || seconds <= 0) {
    return failed({ code: "no-events", what: `sysbench counted ${events} events in ${seconds} s` });
  }
  return ok({
    throughputPerSecond: events / seconds,
    responseMeanSeconds: sumMilliseconds / 1000 / events,
    more: {
      events,
      elapsedSeconds: seconds,
      responseP95Seconds: p95Milliseconds / 1000,
      responseMaxSeconds: maxMilliseconds / 1000,
      threads,
      ...steadiness(stdout),
    },
  });
}

/** What the lines of `--report-interval` say of the run's course; nothing where there are none. */
function steadiness(stdout: string): Readonly<Record<string, number>> {
  const rates = [...stdout.matchAll(/^\[ \d+s \] thds: \d+ tps: ([\d.]+) /gm)].map(([, rate]) =>
    Number(rate),
  );
  if (rates.length === 0) return {};
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
