import { describe, expect, test } from "vitest";
import { csv } from "../../../src/outputs/csv.ts";
import { outputs } from "../../../src/outputs/index.ts";
import { json } from "../../../src/outputs/json.ts";
import { markdown } from "../../../src/outputs/markdown.ts";
import { terminalText } from "../../../src/outputs/terminal.ts";
import { references } from "../../../src/references/index.ts";
import { expectGolden, goldenNames } from "../golden.ts";
import { madeUpReport } from "../made-up/report.ts";
import { filesOf, rendered } from "./rendered.ts";

/** The formats whose whole text is golden, with their files. */
const GOLDEN = [
  [markdown, ["report.md"]],
  [csv, ["tables.csv", "comparisons.csv", "trials.csv"]],
  [json, ["report.json"]],
] as const;

describe("a report", () => {
  test.each(GOLDEN.flatMap(([output, names]) => names.map((name) => [name, output] as const)))(
    "as %s is the golden one",
    async (name, output) => {
      expectGolden(`report/${name}`, await rendered(output, madeUpReport(), name));
    },
  );

  test.each(GOLDEN.map(([output, names]) => [output.name, output, names] as const))(
    "as %s is the same files each time",
    async (_, output, names) => {
      const files = await filesOf(output, madeUpReport());
      expect(files.map(({ name }) => name)).toEqual(names);
      expect(await filesOf(output, madeUpReport())).toEqual(files);
    },
  );

  test("carries its label in every format that is for people", async () => {
    const report = madeUpReport({ label: "A LABEL" });
    expect(terminalText(report)).toContain("A LABEL");
    expect(await rendered(markdown, report, "report.md")).toContain("> **A LABEL**");
  });

  test("names its hardware in every file", async () => {
    for (const [output] of GOLDEN) {
      for (const { content } of await filesOf(output, madeUpReport())) expect(content).toContain("emulated");
    }
  });
});

test("every golden report is one that is made, of a run or of a published study", () => {
  const studies = references.map(({ name }) => `${name}.md`);
  expect(goldenNames("report").filter((name) => !studies.includes(name))).toEqual(
    [...GOLDEN.flatMap(([, names]) => names), "terminal.txt"].sort(),
  );
});

test("outputs have different names, none of which means something else to --format", () => {
  const names = outputs.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/);
  expect(names).not.toContain("all");
  expect(names).not.toContain("terminal");
});

test("outputs say what they are, in one line", () => {
  for (const { about } of outputs) expect(about).toMatch(/^[^\n]{10,}$/);
});
