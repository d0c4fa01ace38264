import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csv, trialsCsv } from "../../../src/outputs/csv.ts";
import { madeUpReport } from "../made-up/report.ts";

/** An RFC 4180 reader, strict: it throws for what the RFC does not allow. */
function read(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`no field at ${at}: ${text.slice(at, at + 40)}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** How the problem column of one failed trial is read back. */
function problemReadBack(problem: string): string | undefined {
  const report = madeUpReport();
  const first = report.trials[0];
  if (first === undefined) throw new Error("the report has trials");
  const rows = read(trialsCsv.render({ ...report, trials: [{ ...first, problem }] }));
  expect(rows).toHaveLength(2);
  expect(rows[1]).toHaveLength(rows[0]?.length ?? 0);
  return rows[1]?.at(-1);
}

describe("hostile text in CSV", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")'])(
    "%j is no formula",
    (text) => {
      expect(problemReadBack(text)).toBe(`'${text}`);
    },
  );

  test.each(["<script>", "a | b", "`x`", 'say "no"', "a,b", "two\nlines", "two\r\nlines", "1=1", ""])(
    "%j is read back as it was",
    (text) => {
      expect(problemReadBack(text)).toBe(text);
    },
  );

  test("never becomes a further field, a further row or a formula, whatever it is", () => {
    const mark = fc.constantFrom("=", "+", "-", "@", '"', "'", ",", ";", "\n", "\r", "\t", "a", "ü");
    fc.assert(
      fc.property(
        fc.array(mark, { maxLength: 20 }).map((marks) => marks.join("")),
        (text) => {
          const found = problemReadBack(text);
          expect([text, `'${text}`]).toContain(found);
          expect(found).not.toMatch(/^[=+\-@\t\r]/);
        },
      ),
    );
  });
});

describe("the table of cells", () => {
  const [head, ...rows] = read(csv.render(madeUpReport()));
  const column = (name: string) => rows.map((row) => row[head?.indexOf(name) ?? -1]);

  test("has a row for each workload and level", () => {
    expect(column("workload")).toEqual(["cpu", "cpu", "cpu", "threads", "threads", "threads"]);
    expect(column("level")).toEqual(["L0", "L1", "L2", "L0", "L1", "L2"]);
  });

  test("keeps the full precision of its figures", () => {
    const cells = madeUpReport().analysis.cells;
    expect(column("throughput_per_s").map(Number)).toEqual(
      cells.map((cell) => cell.throughput.estimate.mean),
    );
    expect(column("response_stderr_s").map(Number)).toEqual(
      cells.map((cell) => cell.response.estimate.standardError),
    );
  });

  test("leaves empty what does not exist", () => {
    expect(column("throughput_ratio_to_l0")[0]).toBe("");
    expect(column("response_change_from_previous_level")[0]).toBe("");
  });
});

test("the table of trials has every trial, those that failed with their problem and no figures", () => {
  const [head, ...rows] = read(trialsCsv.render(madeUpReport()));
  expect(rows).toHaveLength(24);
  const failed = rows.filter((row) => row.at(-1) !== "");
  expect(failed.map((row) => Object.fromEntries(row.map((value, i) => [head?.[i], value])))).toEqual([
    {
      run: "2026-01-02-030405-made-up-abc123",
      hardware: "emulated",
      trial: "b2-down-L2-threads-1",
      boot: "2",
      bring_up: "2",
      direction: "down",
      level: "L2",
      workload: "threads",
      throughput_per_s: "",
      response_mean_s: "",
      problem:
        'error[workload-failed] b2-down-L2-threads-1: sysbench threads: exit code 1\n  | FATAL: "threads" failed\n  | at once, it says',
    },
  ]);
});
