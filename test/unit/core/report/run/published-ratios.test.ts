import { describe, expect, test } from "vitest";
import { publishedRatios } from "../../../../../src/core/report/run/published-ratios.ts";
import { references } from "../../../../../src/references/index.ts";

const ratios = publishedRatios(references);

describe("ratios that studies measured", () => {
  test("are the 2014 study's ten of x86_64, level by level, in the series that lost no CPU", () => {
    const ten = ratios.filter(({ platform, level, to }) => platform === "x86_64" && to === level - 1);
    expect(
      ten.map(({ table, workload, level, ratio }) => [
        table,
        workload,
        level,
        `${((ratio - 1) * 100).toFixed(2)}%`,
      ]),
    ).toEqual([
      ["5", "cpu", 1, "-1.09%"],
      ["5", "cpu", 2, "-3.16%"],
      ["7", "threads", 1, "-26.00%"],
      ["7", "threads", 2, "-58.67%"],
      ["9", "memory-write", 1, "-24.70%"],
      ["9", "memory-write", 2, "-15.56%"],
      ["11", "memory-read", 1, "-1.27%"],
      ["11", "memory-read", 2, "-9.86%"],
      ["13", "oltp", 1, "-11.62%"],
      ["13", "oltp", 2, "-18.72%"],
    ]);
  });

  test("are of a level against L0 too, once where that is the level below", () => {
    const cpu = ratios.filter(({ platform, workload }) => platform === "x86_64" && workload === "cpu");
    expect(cpu.map(({ level, to }) => [level, to])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    expect(cpu[1]?.ratio).toBeCloseTo(1199.2 / 1251.9, 12);
  });

  test("are none of studies without tables of results", () => {
    expect(new Set(ratios.map(({ study }) => study))).toEqual(new Set(["fitzgerald-2014"]));
    expect(publishedRatios(references.filter(({ results }) => results === undefined))).toEqual([]);
  });
});
