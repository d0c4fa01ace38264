import { describe, expect, test } from "vitest";
import { workloadAt } from "../../../src/core/study/workload.ts";
import { parseProbe } from "../../../src/workloads/probe.ts";
import { commandsOf, resolve, workload } from "../made-up/study.ts";

const PROBES = ["exit-cost", "syscall", "page-fault"];

/** Three batches of 10 events: one of 20 µs, one of 30, and one that somebody disturbed. */
const PRINTED = `probe exit-cost
architecture x86_64
counter tsc
event CPUID
events per batch 10
batch 20000 4000 1000 200
batch 30000 6000 2000 400
batch 500000 100000 1000 200
`;

function reading(stdout: string) {
  const read = parseProbe(stdout);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

describe("a probe's output", () => {
  test("is read as events a second over all batches, and as medians that one disturbance does not move", () => {
    const { metrics, more } = reading(PRINTED);
    expect(metrics.throughput).toBeCloseTo(30 / 550e-6, 6);
    expect(metrics.response).toBeCloseTo(550e-6 / 30, 12);
    expect(more["eventMedianSeconds"]).toBeCloseTo(3e-6, 12);
    expect(more["eventLeastSeconds"]).toBeCloseTo(2e-6, 12);
    expect(more["loopSeconds"]).toBeCloseTo(1e-7, 12);
    // Two medians of 10 events each, to the nanosecond.
    expect(more["eventStepSeconds"]).toBeCloseTo(Math.SQRT2 * 1e-10, 16);
    expect(more).toMatchObject({ events: 30, batches: 3, threads: 1, eventMedianTicks: 600, loopTicks: 20 });
  });

  test("has no ticks where the processor has no counter to read", () => {
    const { more } = reading(PRINTED.replace("counter tsc", "counter none"));
    expect(Object.keys(more).filter((name) => name.endsWith("Ticks"))).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["no batch", PRINTED.split("batch")[0] ?? ""],
    ["no number of events", PRINTED.replace("events per batch 10\n", "")],
    ["no events at all", PRINTED.replace("events per batch 10", "events per batch 0")],
  ])("with %s is a problem", (_, stdout) => {
    expect(parseProbe(stdout)).toMatchObject({ ok: false, problems: [{ code: "unexpected-output" }] });
  });

  test("of a clock that stood still is a problem", () => {
    const still = "counter none\nevents per batch 10\nbatch 0 0 0 0\n";
    expect(parseProbe(still)).toMatchObject({ ok: false, problems: [{ code: "no-events" }] });
  });
});

describe.each(PROBES)("%s", (name) => {
  test("runs the image's program with its batches", () => {
    expect(commandsOf(workload(name, { batches: 3, events: 40 })).measured.argv).toEqual([
      "/usr/lib/dvirt/probe",
      name,
      "3",
      "40",
    ]);
  });

  test("reads back what its simulation prints", () => {
    const one = workloadAt(workload(name, { batches: 4, events: 100 }), 0);
    expect(reading(one.render({ throughputPerSecond: 2000, threads: 1 }))).toMatchObject({
      metrics: { throughput: 2000, response: 1 / 2000 },
      // Four batches of 0.05 s, each rounded to a nanosecond: 2 ns of 0.2 s.
      resolution: { throughput: expect.closeTo(2e-5, 12), response: expect.closeTo(2e-9 / 400, 20) },
      more: { events: 400, batches: 4 },
    });
  });

  test("has one thread and no more", () => {
    expect(resolve(name, { threads: 2 })).toMatchObject({ ok: false, issues: [{ path: ["threads"] }] });
  });
});
