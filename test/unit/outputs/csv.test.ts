import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { allOf } from "../../../src/core/report/parts/report.ts";
import { reasonText } from "../../../src/core/stats/verdict.ts";
import { csv } from "../../../src/outputs/csv.ts";
import { madeUpReport } from "../made-up/report.ts";
import { rendered } from "./rendered.ts";

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

/** The rows of one of the files, by the names in its head. */
async function rowsOf(report: Report, name: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const [head = [], ...rows] = read(await rendered(csv, report, name));
  expect(new Set(head).size, "names of columns").toBe(head.length);
  for (const row of rows) expect(row).toHaveLength(head.length);
  return rows.map((row) =>
    Object.fromEntries(head.map((title, at): [string, string] => [title, row[at] ?? ""])),
  );
}

/** Text as a spreadsheet program must not take it for a formula, read back. */
async function readBack(texts: readonly string[]): Promise<readonly (string | undefined)[]> {
  const report = madeUpReport();
  const [first] = await allOf(report.trials);
  if (first === undefined) throw new Error("the report has trials");
  const trials = texts.map((what) => ({ ...first, problem: { code: "workload-failed", what } as const }));
  const rows = await rowsOf({ ...report, trials }, "trials.csv");
  expect(rows).toHaveLength(texts.length);
  return rows.map((row) => row["problem"]);
}

describe("hostile text in CSV", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")'])(
    "%j is no formula",
    async (text) => {
      expect(await readBack([text])).toEqual([`'${text}`]);
    },
  );

  test.each(["<script>", "a | b", "`x`", 'say "no"', "a,b", "two\nlines", "two\r\nlines", "1=1", ""])(
    "%j is read back as it was",
    async (text) => {
      expect(await readBack([text])).toEqual([text]);
    },
  );

  test("never becomes a further field, a further row or a formula, whatever it is", async () => {
    const mark = fc.constantFrom("=", "+", "-", "@", '"', "'", ",", ";", "\n", "\r", "\t", "a", "ü");
    const text = fc.array(mark, { maxLength: 20 }).map((marks) => marks.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        for (const [index, found] of (await readBack(texts)).entries()) {
          expect([texts[index], `'${texts[index]}`]).toContain(found);
          expect(found).not.toMatch(/^[=+\-@\t\r]/);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the table of cells", async () => {
  const rows = await rowsOf(madeUpReport(), "tables.csv");
  const column = (name: string) => rows.map((row) => row[name]);

  test("has a row for each workload and level, with its platform and resources", () => {
    expect(column("workload")).toEqual(["cpu", "cpu", "cpu", "threads", "threads", "threads"]);
    expect(column("level")).toEqual(["L0", "L1", "L2", "L0", "L1", "L2"]);
    for (const row of rows) {
      expect(row).toMatchObject({
        platform: "x86_64-kvm",
        resources: "reserved",
        hardware: "emulated",
        timing: "wall",
        boots: "4",
      });
    }
  });

  test("keeps the full precision of its figures", () => {
    const cells = madeUpReport().analysis.cells;
    expect(column("throughput_per_s").map(Number)).toEqual(
      cells.map((cell) => cell.throughput.estimate.mean),
    );
    expect(column("response_stderr_s").map(Number)).toEqual(
      cells.map((cell) => cell.response?.estimate.standardError),
    );
  });

  test("leaves empty what does not exist", () => {
    expect(rows[0]).toMatchObject({ throughput_ratio_to_l0: "", response_change_from_previous_level: "" });
  });
});

describe("the table of comparisons", () => {
  test("has a row for each metric and pair of levels, with everything that decides its verdict", async () => {
    const { comparisons } = madeUpReport().analysis;
    const rows = await rowsOf(madeUpReport(), "comparisons.csv");
    expect(rows).toHaveLength(12);
    expect(rows.map((row) => [row["workload"], row["metric"], row["level"], row["to_level"]])).toEqual(
      comparisons.map((one) => [one.workload, one.metric, `L${one.level}`, `L${one.to}`]),
    );
    for (const [index, one] of comparisons.entries()) {
      if (one.tests.kind !== "within boots") throw new Error("a run's levels are of the same boots");
      const { paired, signFlip } = one.tests;
      expect(signFlip.kind).toBe("exact");
      expect(rows[index]).toMatchObject({
        hardware: "emulated",
        timing: "wall",
        ratio: String(one.estimate.ratio),
        ratio_low: String(one.estimate.low),
        ratio_high: String(one.estimate.high),
        confidence: "0.95",
        df: String(one.estimate.df),
        p: String(one.estimate.p),
        p_bh: String(one.bhP),
        p_holm: String(one.holmP),
        p_paired_t: String(paired.p),
        p_sign_flip: String(signFlip.kind === "exact" && signFlip.p),
        p_welch_t: "",
        hedges_g: String(one.hedges?.g),
        p_equivalence: String(one.equivalence.p),
        verdict: one.verdict.kind,
        reason: reasonText(one.verdict),
      });
    }
  });

  test("leaves empty the ends of an interval that there is not, and what follows from them", async () => {
    const report = madeUpReport();
    const [first] = report.analysis.comparisons;
    if (first === undefined) throw new Error("the report has comparisons");
    const lone = {
      ...first,
      estimate: {
        ...first.estimate,
        low: 0,
        high: Number.POSITIVE_INFINITY,
        standardError: undefined,
        df: 0,
        p: undefined,
      },
      bhP: undefined,
      holmP: undefined,
      tests: { kind: "unrelated", welch: { t: 2, df: 3, p: 0.125, warnings: [] } },
      hedges: undefined,
      equivalence: { ...first.equivalence, p: undefined },
    } as const;
    const rows = await rowsOf(
      { ...report, analysis: { ...report.analysis, comparisons: [lone] } },
      "comparisons.csv",
    );
    expect(rows).toMatchObject([
      {
        ratio: String(first.estimate.ratio),
        ratio_low: "",
        ratio_high: "",
        df: "0",
        p: "",
        p_bh: "",
        p_holm: "",
        p_paired_t: "",
        p_sign_flip: "",
        p_welch_t: "0.125",
        hedges_g: "",
        p_equivalence: "",
      },
    ]);
  });
});

test("the table of trials has every trial, those that failed with their problem and no figures", async () => {
  const rows = await rowsOf(madeUpReport(), "trials.csv");
  expect(rows).toHaveLength(48);
  expect(rows.filter((row) => row["problem"] !== "")).toEqual([
    {
      run: "2026-01-02-030405-made-up-abc123",
      hardware: "emulated",
      timing: "wall",
      trial: "b2-down-L2-threads-1",
      boot: "2",
      condition: "",
      bring_up: "3",
      direction: "down",
      level: "L2",
      workload: "threads",
      throughput_per_s: "",
      response_s: "",
      problem: "sysbench threads: exit code 1",
      doubts: "",
    },
  ]);
  expect(rows.flatMap(({ trial, doubts }) => (doubts === "" ? [] : [[trial, doubts]]))).toEqual([
    ["b3-up-L0-threads-1", "other-load: others used 0.97 of the host's 2 CPUs during the trial"],
  ]);
  expect(rows.map((row) => row["throughput_per_s"])).toEqual(
    (await allOf(madeUpReport().trials)).map(({ reading }) => String(reading?.metrics.throughput ?? "")),
  );
});
