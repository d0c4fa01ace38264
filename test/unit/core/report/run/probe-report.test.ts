import { describe, expect, test } from "vitest";
import { cellText } from "../../../../../src/core/document/document.ts";
import type { TrialRow } from "../../../../../src/core/report/parts/report.ts";
import { probeCosts, probeSection, publishedCosts } from "../../../../../src/core/report/run/probe-report.ts";
import { references } from "../../../../../src/references/index.ts";
import { madeUpTrial } from "../../../made-up/trial.ts";

/** A trial whose event took so many nanoseconds, at 0.2 ticks each, 10 of them the loop's. */
function row(workload: string, level: number, nanoseconds: number): TrialRow {
  const more = {
    eventMedianSeconds: nanoseconds * 1e-9,
    loopSeconds: 10e-9,
    eventMedianTicks: nanoseconds / 5,
    loopTicks: 2,
  };
  return {
    trial: madeUpTrial({ workload, level }),
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

const ROWS = [
  row("exit-cost", 1, 5110),
  row("exit-cost", 0, 35),
  row("exit-cost", 2, 149_010),
  row("exit-cost", 1, 5130),
  row("exit-cost", 1, 9990),
];
const costs = probeCosts(ROWS);

describe("what one event costs", () => {
  test("is the median over trials, without the loop", () => {
    expect(costs.map(({ level, trials }) => [level, trials])).toEqual([
      [0, 1],
      [1, 3],
      [2, 1],
    ]);
    expect(costs[1]?.seconds).toBeCloseTo(5120e-9, 15);
    expect(costs[1]?.ticks).toBeCloseTo(1024, 9);
  });

  test("stands with its ratios, and beside what was published of it", () => {
    const section = probeSection(costs, publishedCosts(references));
    const tables = section?.blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])) ?? [];
    expect(tables.map(({ id }) => id)).toEqual(["probe-costs", "published-costs"]);
    expect(tables[0]?.rows.map(({ cells }) => cells.map(cellText))).toEqual([
      ["exit-cost", "L0", "25.00", "5.000", "10.0", "--", "--", "1"],
      ["exit-cost", "L1", "5120", "1024", "10.0", "205", "205", "3"],
      ["exit-cost", "L2", "149000", "29800", "10.0", "5960", "29.1", "1"],
    ]);
    const published = tables[1]?.rows.map(({ cells }) => cells.map(cellText));
    expect(published?.map(([study, what, level, value, unit]) => [study, what, level, value, unit])).toEqual([
      ["turtles-2010", "one CPUID", "L1", "2,600", "cycles"],
      ["turtles-2010", "one CPUID", "L2", "58,000", "cycles"],
    ]);
    const [list] = section?.blocks ?? [];
    expect(list).toMatchObject({
      items: [
        expect.stringContaining(
          "exit-cost: one at L1 costs 5120 ns or 1024 ticks, 205 times as much as at L0",
        ),
        expect.stringContaining("29.1 times as much as at L1"),
      ],
    });
  });

  test("is no section where nothing was probed, and nothing published stands beside other probes", () => {
    expect(probeSection(probeCosts([]), publishedCosts(references))).toBeUndefined();
    const other = probeSection(probeCosts([row("syscall", 0, 90)]), publishedCosts(references));
    expect(other?.blocks.map(({ kind }) => kind)).toEqual(["table"]);
  });
});
