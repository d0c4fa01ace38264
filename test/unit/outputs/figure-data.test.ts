import { expect, test } from "vitest";
import { figureData } from "../../../src/outputs/figure-data.ts";
import { curves, measuredBars, ratios, stacks, timeline } from "../made-up/figures.ts";

test.each([measuredBars(), ratios(), curves(), stacks(), timeline()])(
  "the data of $id has a cell for each column",
  (figure) => {
    const { columns, rows } = figureData(figure);
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(row.cells).toHaveLength(columns.length);
  },
);

test("the data of bars has the mean, its standard error and each boot", () => {
  expect(figureData(measuredBars()).rows[0]?.cells).toEqual([
    "Transactional throughput",
    "transactions/s",
    "x86_64-kvm",
    "L0",
    "1776",
    "19.536",
    "1722.72, 1847.04, 1793.76, 1740.48, 1811.52, 1758.24",
  ]);
});

test("the data of ratios says where an end is missing", () => {
  expect(figureData(ratios()).rows[5]?.cells).toEqual([
    "oltp",
    "L1 to L0",
    "0.92",
    "--",
    "--",
    "inconclusive",
  ]);
});

test("the data of curves has each point, beside what was measured of its curve", () => {
  const { rows } = figureData(curves());
  expect(rows).toHaveLength(5 * 2 * 5);
  expect(rows[8]?.cells).toEqual(["cpu", "L2", "1000", "-5.5", "-4.21", "fitzgerald-2014"]);
  expect(rows[30]?.cells).toEqual(["memory-read", "L1", "0", "0", "--", "--"]);
});
