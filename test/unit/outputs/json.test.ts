import { describe, expect, test } from "vitest";
import { allOf } from "../../../src/core/report/parts/report.ts";
import { json } from "../../../src/outputs/json.ts";
import { madeUpReport } from "../made-up/report.ts";
import { rendered } from "./rendered.ts";

describe("a report as JSON", () => {
  test("is read back as it was, with every trial, under the name of its format", async () => {
    const report = madeUpReport();
    expect(JSON.parse(await rendered(json, report, "report.json"))).toEqual({
      format: "dvirt-report/2",
      ...report,
      trials: await allOf(report.trials),
    });
  });

  test("holds null where an interval has no end, and no word that JSON does not have", async () => {
    const report = madeUpReport();
    const [first] = report.analysis.comparisons;
    if (first === undefined) throw new Error("the report has comparisons");
    const endless = { ...first, estimate: { ...first.estimate, low: 0, high: Number.POSITIVE_INFINITY } };
    const analysis = { ...report.analysis, comparisons: [endless] };
    expect(JSON.parse(await rendered(json, { ...report, analysis }, "report.json"))).toMatchObject({
      analysis: { comparisons: [{ estimate: { low: 0, high: null } }] },
    });
  });
});
