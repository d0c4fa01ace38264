import { describe, expect, test } from "vitest";
import { cellText } from "../../../../../src/core/document/document.ts";
import type { TrialRow } from "../../../../../src/core/report/parts/report.ts";
import { probeCosts, probeSection, publishedCosts } from "../../../../../src/core/report/run/probe-report.ts";
import { references } from "../../../../../src/references/index.ts";
import { madeUpTrial } from "../../../made-up/trial.ts";

/** A trial whose event took so many nanoseconds, at 0.2 ticks each, 10 of them the loop's. */
function row(workload: string, level: number, nanoseconds: number, boot = 1, step = 0.001): TrialRow {
  const more = {
    eventMedianSeconds: nanoseconds * 1e-9,
    loopSeconds: 10e-9,
    eventStepSeconds: step * 1e-9,
    eventMedianTicks: nanoseconds / 5,
    loopTicks: 2,
  };
  return {
    trial: madeUpTrial({ workload, level, boot }),
    attempt: 1,
    bringUp: 1,
    startedAt: "2026-01-02T03:04:05.000Z",
    seconds: 1,
    reading: { metrics: { throughput: 1e9 / nanoseconds, response: nanoseconds * 1e-9 }, more },
    problem: undefined,
    kvm: [],
    doubts: [],
  };
}

/** Three boots, whose host makes everything 10% dearer in the second and cheaper in the third. */
const ROWS = [1, 1.1, 0.9].flatMap((host, at) =>
  [
    [0, 25],
    [1, [5100, 5000, 5200][at] ?? 0],
    [2, [149_000, 152_000, 148_000][at] ?? 0],
  ].map(([level = 0, cost = 0]) => row("exit-cost", level, host * cost + 10, at + 1)),
);
const costs = probeCosts(ROWS);
const ratioOf = (level: number, to: number) => costs[level]?.ratios.find((one) => one.to === to)?.estimate;

describe("what one event costs", () => {
  test("is the mean over boots, without the loop", () => {
    expect(costs.map(({ level, seconds }) => [level, seconds.n])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(costs[1]?.seconds.mean).toBeCloseTo(((5100 + 5500 + 4680) / 3) * 1e-9, 15);
    expect(costs[1]?.seconds.standardError).toBeGreaterThan(100e-9);
    expect(costs[1]?.ticks).toBeCloseTo((5100 + 5500 + 4680) / 15, 9);
  });

  test("is compared within boots, with an interval, so that what a boot does to all levels cancels", () => {
    expect(costs.map(({ ratios }) => ratios.map(({ to }) => to))).toEqual([[], [0], [0, 1]]);
    const estimate = ratioOf(1, 0);
    expect(estimate?.ratio).toBeCloseTo((5100 * 5000 * 5200) ** (1 / 3) / 25, 9);
    expect(estimate?.low).toBeGreaterThan(190);
    expect(estimate?.high).toBeLessThan(220);
    expect(ratioOf(2, 1)).toMatchObject({ method: "blocked-log-ratio", boots: 3 });
  });

  test("counts trials of one boot once, however many there are", () => {
    const again = probeCosts(ROWS.flatMap((one) => [one, one, one]));
    expect(again.map(({ seconds }) => seconds)).toEqual(costs.map(({ seconds }) => seconds));
    expect(again[1]?.ratios[0]?.estimate.high).toBeCloseTo(ratioOf(1, 0)?.high ?? 0, 9);
  });

  test("that no two boots tell apart is known to what its clock resolves, and no better", () => {
    const alike = [1, 2].flatMap((boot) => [
      row("syscall", 0, 110, boot, 1),
      row("syscall", 1, 210, boot, 1),
    ]);
    const [{ estimate } = { estimate: undefined }] = probeCosts(alike)[1]?.ratios ?? [];
    expect(estimate?.standardError).toBeCloseTo(Math.hypot(1 / 100, 1 / 200) / Math.sqrt(12), 9);
  });

  test("that is no more than the loop has no ratio", () => {
    const none = probeCosts([row("exit-cost", 0, 10), row("exit-cost", 1, 5110)]);
    expect(none.map(({ ratios }) => ratios)).toEqual([[], []]);
    expect(none[0]?.seconds.mean).toBe(0);
  });

  test("stands with its ratios, and beside what was published of it", () => {
    const section = probeSection(costs, publishedCosts(references));
    const tables = section?.blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])) ?? [];
    expect(tables.map(({ id }) => id)).toEqual(["probe-costs", "published-costs"]);
    expect(tables[0]?.rows.map(({ cells }) => cells.map(cellText).filter((_, at) => at !== 7))).toEqual([
      ["exit-cost", "L0", "25.00", "1.44", "10.0", "5.000", "--", "--", "--", "3"],
      ["exit-cost", "L1", "5093", "237", "10.0", "1019", "204", "204", expect.stringMatching(/ to /), "3"],
      [
        "exit-cost",
        "L2",
        "149800",
        "9823",
        "10.0",
        "29960",
        "5986",
        "29.3",
        expect.stringMatching(/ to /),
        "3",
      ],
    ]);
    const published = tables[1]?.rows.map(({ cells }) => cells.map(cellText));
    expect(published?.map(([study, what, level, value, unit]) => [study, what, level, value, unit])).toEqual([
      ["turtles-2010", "one CPUID", "L1", "2,600", "cycles"],
      ["turtles-2010", "one CPUID", "L2", "58,000", "cycles"],
    ]);
    const [list] = section?.blocks ?? [];
    expect(list).toMatchObject({
      items: [
        expect.stringMatching(
          /^exit-cost: one at L1 costs 5093 ns or 1019 ticks, 204 \[\d+, \d+\] times as much as at L0/,
        ),
        expect.stringMatching(/29\.3 \[[\d.]+, [\d.]+\] times as much as at L1/),
      ],
    });
  });

  test("is no section where nothing was probed, and nothing published stands beside other probes", () => {
    expect(probeSection(probeCosts([]), publishedCosts(references))).toBeUndefined();
    const other = probeSection(probeCosts([row("syscall", 0, 90)]), publishedCosts(references));
    expect(other?.blocks.map(({ kind }) => kind)).toEqual(["table"]);
  });
});
