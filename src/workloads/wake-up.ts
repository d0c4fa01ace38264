import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { defineWorkload, type Reading, type SimulatedTruth } from "../core/study/workload.ts";

const params = z.strictObject({
  /** A fixed amount of work. */
  wakeUps: z.int().min(10).max(100_000).default(10_000),
  intervalMicroseconds: z.int().min(50).max(1_000_000).default(200),
});

type Params = z.infer<typeof params>;

/** A thread of real-time priority that sleeps until a set time: how late it wakes. Timers, interrupts, the scheduler. */
export const wakeUp = defineWorkload({
  name: "wake-up",
  about: "how late a real-time thread wakes: timers and interrupts",
  needs: ["cyclictest"],
  packages: ["rt-tests"],
  params,
  argv: (p) => [
    "cyclictest",
    "--quiet",
    "--mlockall",
    "--priority=1",
    "--policy=fifo",
    `--interval=${p.intervalMicroseconds}`,
    `--loops=${p.wakeUps}`,
    "--nsecs",
    "--verbose", // every one, from which all else follows
  ],
  parse: parseCyclictest,
  guessSeconds: (p) => 1 + (p.wakeUps * p.intervalMicroseconds) / 1e6,
  render,
});

/** The mean lateness, one over it as the throughput, and percentiles, which a fixed rate of wake-ups can have. */
export function parseCyclictest(stdout: string): Result<Reading> {
  const late = [...stdout.matchAll(/^ {0,20}0: {0,20}\d{1,9}: {0,20}(\d{1,20})$/gm)].map(
    ([, value]) => Number(value) * 1e-9,
  );
  const counted = Number(/^T: {0,9}0 .{0,60} C: {0,20}(\d{1,9}) /m.exec(stdout)?.[1]);
  if (late.length === 0 || late.length !== counted) {
    const said = /^(.*(?:permitted|WARN|FATAL|Unable).*)$/im.exec(stdout)?.[1];
    return failed({
      code: "unexpected-output",
      what:
        said === undefined
          ? "cyclictest's output does not have each wake-up and their number"
          : `cyclictest says: ${said.trim()}`,
    });
  }
  const mean = late.reduce((sum, one) => sum + one, 0) / late.length;
  if (mean <= 0) return failed({ code: "no-events", what: "no wake-up was late by any time" });
  const sorted = late.toSorted((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? mean;
  // Each is rounded by itself.
  const step = 1e-9 / Math.sqrt(late.length);
  return ok({
    metrics: { throughput: 1 / mean, response: mean },
    resolution: { throughput: step / mean ** 2, response: step },
    more: {
      wakeUps: late.length,
      p50Seconds: percentile(0.5),
      p99Seconds: percentile(0.99),
      p999Seconds: percentile(0.999),
      mostSeconds: percentile(1),
    },
  });
}

function render(p: Params, { throughputPerSecond }: SimulatedTruth): string {
  const late = Math.max(1, Math.round(1e9 / throughputPerSecond));
  const lines = Array.from({ length: p.wakeUps }, (_, at) => `       0: ${at}: ${late}`);
  return [
    ...lines,
    `T: 0 (    1) P: 1 I:200 C: ${p.wakeUps} Min: ${late} Act: ${late} Avg: ${late} Max: ${late}`,
    "",
  ].join("\n");
}
