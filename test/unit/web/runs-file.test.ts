import { expect, test } from "vitest";
import type { RunLine } from "../../../src/lab/library.ts";
import { listCsv } from "../../../src/web/runs-file.ts";

const LINE: RunLine = {
  id: "run-1",
  createdAt: "2026-11-28T00:00:00.000Z",
  hardware: "emulated",
  timing: "functional",
  title: "What each layer costs",
  platform: "s390x-hercules",
  policy: "constant-guest",
};

/** By the title of its column. */
function rowsOf(csv: string): readonly ReadonlyMap<string, string>[] {
  const [titles = [], ...rows] = csv
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return rows.map((row) => {
    expect(row).toHaveLength(titles.length);
    return new Map(row.map((cell, at) => [titles[at] ?? "", cell]));
  });
}

test("every figure of a run stands below its title, and what nobody has worked out is empty", () => {
  const summary: RunLine["summary"] = {
    state: "open",
    settled: 3,
    planned: 4,
    failed: 1,
    doubted: 2,
    costs: [],
  };
  const [worked, waiting] = rowsOf(listCsv([{ ...LINE, group: "group-1", summary }, LINE]));
  expect(Object.fromEntries(worked ?? [])).toMatchObject({
    run: "run-1",
    hardware: "emulated",
    timing: "functional",
    state: "open",
    settled: "3",
    planned: "4",
    failed: "1",
    doubted: "2",
    group: "group-1",
  });
  expect([waiting?.get("state"), waiting?.get("answer"), waiting?.get("group")]).toEqual(["", "", ""]);
});

test("a title that a spreadsheet would take for a formula is text, and one with a comma one cell", () => {
  const csv = listCsv([{ ...LINE, title: '=HYPERLINK("x", y)' }]);
  expect(csv).toContain(`,"'=HYPERLINK(""x"", y)",`);
});
