import { describe, expect, test } from "vitest";
import type { Cell, Quantity } from "../../../src/core/analysis.ts";
import {
  answer,
  depthTable,
  inventoryTable,
  LABELS,
  percent,
  timelineTable,
  workloadTable,
} from "../../../src/core/report.ts";
import { madeUpReport } from "../made-up/report.ts";

function quantity(mean: number, more: Partial<Quantity> = {}): Quantity {
  return {
    estimate: { n: 2, mean, standardError: mean / 80 },
    perBoot: [mean, mean],
    changeFromPreviousLevel: undefined,
    ratioToL0: undefined,
    ...more,
  };
}

function cell(level: number, different: Partial<Cell> = {}): Cell {
  return {
    workload: "cpu",
    level,
    throughput: quantity(100),
    response: quantity(0.01),
    trials: [],
    ...different,
  };
}

function withCells(...cells: readonly Cell[]) {
  return madeUpReport({ analysis: { cells, failed: [], warnings: [] } });
}

describe("a workload's table", () => {
  test("has the published columns, and response times in milliseconds", () => {
    const table = workloadTable(
      withCells(
        cell(0, { throughput: quantity(5263.84), response: quantity(0.000188174) }),
        cell(1, {
          throughput: quantity(4211.07, { changeFromPreviousLevel: -0.2 }),
          response: quantity(0.00023522, { changeFromPreviousLevel: 0.25 }),
        }),
      ),
      "cpu",
    );
    expect(table).toEqual({
      title: "cpu",
      head: [
        "D_virt",
        "TPSec",
        "ΔL(n-1)",
        "StdErr",
        "StdErr %",
        "Time (ms)",
        "ΔL(n-1)",
        "StdErr",
        "StdErr %",
        "boots",
      ],
      rows: [
        ["L0", "5263.8", "--", "65.8", "1.25%", "0.18817", "--", "0.00235", "1.25%", "2"],
        ["L1", "4211.1", "-20.0%", "52.6", "1.25%", "0.23522", "+25.0%", "0.00294", "1.25%", "2"],
      ],
    });
  });

  test("shows -- for the standard error of one boot", () => {
    const one = quantity(100, { estimate: { n: 1, mean: 100, standardError: undefined } });
    const [row] = workloadTable(withCells(cell(0, { throughput: one, response: one })), "cpu").rows;
    expect(row).toEqual(["L0", "100.00", "--", "--", "--", "100000", "--", "--", "--", "1"]);
  });

  test("has no row of another workload", () => {
    expect(workloadTable(withCells(cell(0), cell(1)), "oltp").rows).toEqual([]);
  });
});

describe("a percentage", () => {
  test.each([
    [0.1234, "signed", "+12.3%"],
    [-0.05, "signed", "-5.00%"],
    [0, "signed", "0%"],
    [0.1234, "plain", "12.3%"],
    [15.5, "signed", "+1550%"],
    [undefined, "signed", "--"],
  ] as const)("of %d, %s, is %s", (value, form, text) => {
    expect(percent(value, form)).toBe(text);
  });

  test("of a division by zero is --, like everything else that is not known", () => {
    expect(percent(Number.POSITIVE_INFINITY, "signed")).toBe("--");
    expect(percent(Number.NaN, "plain")).toBe("--");
  });
});

describe("an answer", () => {
  test("compares each level with L0, and deeper ones with the level below", () => {
    const cells = [
      cell(0),
      cell(1, { throughput: quantity(87, { ratioToL0: 0.87, changeFromPreviousLevel: -0.13 }) }),
      cell(2, { throughput: quantity(46, { ratioToL0: 0.46, changeFromPreviousLevel: -0.4713 }) }),
      cell(1, { workload: "oltp" }),
    ];
    expect(answer("cpu", cells)).toBe("cpu: throughput relative to L0: L1 0.870, L2 0.460 (-47.1% from L1)");
  });

  test("says what it lacks", () => {
    expect(answer("cpu", [cell(1)])).toBe("cpu: throughput relative to L0: L1 has no L0 to compare with");
    expect(answer("cpu", [cell(0)])).toBe("cpu: throughput relative to L0: nothing to compare");
    expect(answer("cpu", [])).toBe("cpu: throughput relative to L0: nothing to compare");
  });
});

describe("the table of levels", () => {
  const table = inventoryTable(madeUpReport());
  const row = (name: string) => table.rows.find(([first]) => first === name)?.slice(1);

  test("has one column for each level, under its driver", () => {
    expect(table.head).toEqual(["", "L0 (qemu-tcg)", "L1 (qemu-kvm)", "L2 (qemu-kvm)"]);
    for (const cells of table.rows) expect(cells).toHaveLength(4);
  });

  test("shows what each machine said of itself", () => {
    expect(row("memory")).toEqual(["2.2 GiB", "1.4 GiB", "721.4 MiB"]);
    expect(row("clock source")).toEqual(["tsc", "kvm-clock", "kvm-clock"]);
    expect(row("hosts by")).toEqual(Array(3).fill("kvm_amd, nested on"));
    expect(row("image")).toEqual(Array(3).fill("f2f8c102ae9e1468"));
  });

  test("shows -- for what a machine did not say", () => {
    const [first, ...rest] = madeUpReport().levels;
    if (first === undefined) throw new Error("the report has levels");
    const silent = { ...first, facts: { ...first.facts, imageId: "", kvm: undefined } };
    const rows = inventoryTable(madeUpReport({ levels: [silent, ...rest] })).rows;
    expect(rows.find(([name]) => name === "image")?.[1]).toBe("--");
    expect(rows.find(([name]) => name === "hosts by")?.[1]).toBe("--");
  });
});

test("the timeline has a row for each bring-up, with its sum, and -- for a machine that was not started", () => {
  expect(timelineTable(madeUpReport())).toEqual({
    title: "From launch to a command answered",
    head: ["bring-up", "boot", "L0", "L1", "L2", "whole stack"],
    rows: [
      ["1", "1", "4.6 s", "11.7 s", "17.3 s", "33.6 s"],
      ["2", "2", "4.8 s", "12.0 s", "--", "16.8 s"],
    ],
  });
});

describe("the table of nested entries", () => {
  test("shows the least and the most that each hosting level counted", () => {
    expect(depthTable(madeUpReport())?.rows).toEqual([
      ["cpu", "L1", "L0", "0", "0"],
      ["cpu", "L2", "L0", "2901", "2902"],
      ["cpu", "L2", "L1", "0", "0"],
      ["threads", "L1", "L0", "0", "0"],
      ["threads", "L2", "L0", "2901", "2902"],
      ["threads", "L2", "L1", "0", "0"],
    ]);
  });

  test("is left out where nothing was counted", () => {
    const { trials } = madeUpReport();
    const uncounted = trials.map((row) => ({ ...row, nestedEntries: [] }));
    expect(depthTable(madeUpReport({ trials: uncounted }))).toBeUndefined();
  });
});

test("figures of real hardware have no label; all others say what they are, in capitals first", () => {
  expect(LABELS.real).toBeUndefined();
  expect(LABELS.emulated).toMatch(/^EMULATED HARDWARE: /);
  expect(LABELS.simulated).toMatch(/^SIMULATED: /);
});
