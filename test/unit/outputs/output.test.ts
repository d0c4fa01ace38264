import { describe, expect, test } from "vitest";
import { outputs } from "../../../src/outputs/index.ts";
import type { Output } from "../../../src/outputs/output.ts";
import { expectGolden, goldenNames } from "../golden.ts";
import { madeUpReport } from "../made-up/report.ts";

const goldenName = (output: Output) => output.fileName ?? `${output.name}.txt`;

describe("a report", () => {
  test.each(outputs.map((output) => [output.name, output] as const))(
    "as %s is the golden one",
    (_name, output) => {
      expectGolden(`report/${goldenName(output)}`, output.render(madeUpReport()));
    },
  );

  test.each(outputs.map((output) => [output.name, output] as const))(
    "as %s is the same each time",
    (_name, output) => {
      expect(output.render(madeUpReport())).toBe(output.render(madeUpReport()));
    },
  );

  test("carries its label in every format that is for people", () => {
    const report = madeUpReport({ label: "A LABEL" });
    for (const output of outputs.filter(({ name }) => name === "terminal" || name === "markdown")) {
      expect(output.render(report)).toContain("A LABEL");
    }
  });

  test("names its hardware in every format", () => {
    for (const output of outputs) expect(output.render(madeUpReport())).toContain("emulated");
  });
});

test("every golden report belongs to an output", () => {
  expect(goldenNames("report")).toEqual(outputs.map(goldenName).sort());
});

test("outputs have different names and files", () => {
  expect(new Set(outputs.map(({ name }) => name)).size).toBe(outputs.length);
  expect(new Set(outputs.map(goldenName)).size).toBe(outputs.length);
});
