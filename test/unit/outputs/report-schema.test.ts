import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { publishedReport } from "../../../src/core/report/published/published-report.ts";
import { json } from "../../../src/outputs/json.ts";
import { references } from "../../../src/references/index.ts";
import { expectGoldenFile } from "../golden.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { madeUpGroup } from "../made-up/group.ts";
import { madeUpReport } from "../made-up/report.ts";
import { rendered } from "./rendered.ts";
import { reportSchema } from "./report-schema.ts";

test("docs/report.schema.json is made from the schema", () => {
  const file = fileURLToPath(new URL("../../../docs/report.schema.json", import.meta.url));
  const mode = { ci: (process.env["CI"] ?? "") !== "", update: process.env["UPDATE_GOLDEN"] === "1" };
  expectGoldenFile(file, `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`, mode);
});

describe("report.json", () => {
  const reports: readonly (readonly [string, () => Report])[] = [
    ["every kind of block", () => madeUpDocument()],
    ["a run", () => madeUpReport()],
    ["a group", () => madeUpGroup()],
    ...references.map((study) => [study.name, () => publishedReport(study)] as const),
  ];

  test.each(reports)("of %s is what the schema says", async (_, report) => {
    const text = await rendered(json, report(), "report.json");
    expect(z.prettifyError(reportSchema.safeParse(JSON.parse(text)).error ?? { issues: [] })).toBe("");
  });

  test("with a key that nobody described is not", async () => {
    const text = await rendered(json, madeUpDocument(), "report.json");
    expect(reportSchema.safeParse({ ...JSON.parse(text), more: 1 }).success).toBe(false);
  });
});
