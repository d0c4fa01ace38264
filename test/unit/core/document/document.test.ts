import { describe, expect, test } from "vitest";
import {
  cellText,
  figures,
  section,
  type Table,
  table,
  trialsBehind,
  words,
} from "../../../../src/core/document/document.ts";

interface Costs {
  readonly workload: string;
  readonly nanoseconds: number | undefined;
}

const COSTS: readonly Costs[] = [
  { workload: "syscall", nanoseconds: 120 },
  { workload: "exit-cost", nanoseconds: undefined },
];

const costs = (): Table =>
  table(COSTS, {
    id: "costs",
    title: "Costs",
    columns: [
      words("workload", ({ workload }) => workload),
      undefined,
      figures("cost", ({ nanoseconds }) => nanoseconds, { group: "ns" }),
    ],
    of: ({ workload }) => ({ workload }),
    all: { run: "a" },
  });

describe("a table", () => {
  test("has a row for each entry, with -- for what is not known, and no column that is left out", () => {
    expect(costs()).toEqual({
      id: "costs",
      title: "Costs",
      columns: [
        { title: "workload", align: "start" },
        { title: "cost", align: "end", group: "ns" },
      ],
      rows: [
        { cells: ["syscall", "120"], of: { workload: "syscall" } },
        { cells: ["exit-cost", "--"], of: { workload: "exit-cost" } },
      ],
      footnotes: [],
      terminal: "never",
      of: { run: "a" },
    });
  });

  test("says which trials are behind a figure, and nothing of names and of what is not known", () => {
    const made = costs();
    const behind = (row: number, column: number) => {
      const found = made.rows[row];
      return found === undefined ? undefined : trialsBehind(made, found, column);
    };
    expect(behind(0, 1)).toEqual({ run: "a", workload: "syscall" });
    expect(behind(0, 0)).toBeUndefined();
    expect(behind(1, 1)).toBeUndefined();
  });

  test("whose figures rest on no trials says so of each of them", () => {
    const [row] = costs().rows;
    expect(trialsBehind(costs(), { cells: row?.cells ?? [] }, 1)).toBeUndefined();
  });
});

test("a cell's text is the same with a doubt and without one", () => {
  expect(cellText("5.2")).toBe("5.2");
  expect(cellText({ text: "5.2", doubt: "one boot" })).toBe("5.2");
});

test("a section without a block is left out", () => {
  expect(section("empty", "Empty", [undefined])).toBeUndefined();
});
