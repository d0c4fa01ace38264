import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { headline, headlineRatios, ratioAt, widest } from "../../../src/core/analysis/stopping.ts";
import { analyse } from "../made-up/analysed.ts";
import { adaptiveTally, CASES, fixedTrials, oneStudy } from "./adaptive-studies.ts";

const STUDIES = 700;
const SEED = 20_141_214;

const found = CASES.map((one) => ({ name: one.name, tally: adaptiveTally(one, STUDIES, SEED) }));
const fixed = fixedTrials(CASES, 60, SEED);

describe(`over ${STUDIES * CASES.length} simulated studies that end when their intervals are narrow`, () => {
  test.each(found)("intervals hold the truth 94 to 96 times in a hundred: $name", ({ tally }) => {
    expect(tally.coverage).toBeGreaterThanOrEqual(0.94);
    expect(tally.coverage).toBeLessThanOrEqual(0.96);
  });

  test.each(found)("every workload ends as narrow as asked: $name", ({ tally }) => {
    expect(tally.reached).toBe(1);
  });

  test.each(found)("half the trials of a fixed design for the worst case are enough: $name", ({ tally }) => {
    console.log(`adaptive: ${tally.name}: ${(tally.trials / fixed).toFixed(2)} of ${fixed} trials`);
    expect(tally.trials / fixed).toBeLessThanOrEqual(0.5);
  });

  test("docs/statistics.md gives these figures", () => {
    const text = readFileSync(new URL("../../../docs/statistics.md", import.meta.url), "utf8");
    const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
    const rows = found.map(
      ({ name, tally }) =>
        `| ${name} | ${percent(tally.coverage)} | ${percent(tally.leastCoverage)} | ${tally.boots.toFixed(0)} | ${tally.trials.toFixed(0)} | ${(tally.trials / fixed).toFixed(2)} |`,
    );
    expect(
      rows.filter((row) => !text.includes(row)),
      "rows that the document lacks",
    ).toEqual([]);
  });
});

test("the width that decides is the width that the report prints", () => {
  const { readings, names } = oneStudy(0, 5);
  const analysis = analyse(readings, [], {
    platform: "simulated",
    resources: "reserved",
    workloads: names,
    levels: 2,
    margin: 0.02,
  });
  const ratios = headlineRatios(
    { levels: 2, factors: {}, workloads: names.map((name) => ({ name })) },
    readings,
  );
  for (const name of names) {
    const printed = headline(analysis, name);
    const own = ratios.filter(({ workload }) => workload === name);
    expect(own.map(({ level, to }) => [level, to])).toEqual(printed.map(({ level, to }) => [level, to]));
    own.forEach((ratio, index) => {
      const estimate = ratioAt(ratio, Number.POSITIVE_INFINITY);
      expect(estimate?.low).toBeCloseTo(printed[index]?.estimate.low ?? Number.NaN, 12);
      expect(estimate?.high).toBeCloseTo(printed[index]?.estimate.high ?? Number.NaN, 12);
    });
    expect(widest(printed)).toBeGreaterThan(0);
  }
});
