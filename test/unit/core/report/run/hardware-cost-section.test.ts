import { describe, expect, test } from "vitest";
import type { Block, Section } from "../../../../../src/core/document/document.ts";
import { cellText } from "../../../../../src/core/document/document.ts";
import { runReport } from "../../../../../src/core/report/run/run-report.ts";
import { sectionMarkup } from "../../../../../src/outputs/html/section.ts";
import { textTable } from "../../../../../src/outputs/text-table.ts";
import { expectGolden } from "../../../golden.ts";
import { countedEvidence } from "../../../made-up/counted.ts";
import { madeUpReport } from "../../../made-up/report.ts";

function sectionOf(evidence = countedEvidence()): Section {
  const found = runReport(evidence).sections.find(({ id }) => id === "hardware-cost");
  if (found === undefined) throw new Error("the report has no such section");
  return found;
}

function rowsOf(id: string): readonly (readonly string[])[] {
  const found = sectionOf().blocks.find((block) => block.kind === "table" && block.table.id === id);
  if (found?.kind !== "table") throw new Error(`no table ${id}`);
  return found.table.rows.map(({ cells }) => cells.map(cellText));
}

const textOf = (block: Block): string => {
  switch (block.kind) {
    case "paragraph":
      return block.text;
    case "items":
      return block.items.map((item) => `- ${item}`).join("\n");
    case "table":
      return textTable(block.table);
    case "figure":
      return `[${block.figure.title}]`;
    case "listing":
      return block.text;
  }
};

describe("the section on hardware's costs", () => {
  test("is called a calculation before anything else", () => {
    const section = sectionOf();
    expect(section.title).toContain("a calculation");
    const [first, second] = section.blocks;
    expect(first).toMatchObject({ text: expect.stringMatching(/^A calculation, not a measurement\./) });
    expect(second).toMatchObject({ text: expect.stringMatching(/no caches and no TLB/) });
  });

  test("reads as the golden text on a terminal", () => {
    expectGolden("hardware-cost/terminal.txt", `${sectionOf().blocks.map(textOf).join("\n\n")}\n`);
  });

  test("is the golden section of a page", async () => {
    const { blocks, ...rest } = sectionOf();
    // Pictures have a golden file of their own.
    const section = { ...rest, blocks: blocks.filter(({ kind }) => kind !== "figure") };
    expectGolden("hardware-cost/section.html", (await sectionMarkup(section, "A LABEL. And more.")).markup);
  });

  test("sets what is calculated beside the study, in percentage points", () => {
    const [, cpuAtL2] = rowsOf("hardware-cost-and-study");
    // 1010 to 1050 µs with 5 and 40 switches; the study has 1199.2 / 1238.3.
    const points = (ratio: number) => ((ratio - 1199.2 / 1238.3) * 100).toFixed(2);
    expect(cpuAtL2).toEqual([
      "cpu",
      "L2",
      "fitzgerald-2014, table 5",
      "-3.16%",
      "-3.81%",
      points(1010 / 1050),
      "-4.60%",
      points(1011.25 / 1060),
      "-5.37%",
      points(1012.5 / 1070),
      "-6.88%",
      points(1015 / 1090),
      "-9.73%",
      points(1020 / 1130),
      "--",
    ]);
    // The study's 3183.5 of 4301.8 takes 1351.3 µs: 1250 and 100 switches of 1013 ns.
    expect(rowsOf("hardware-cost-and-study")[2]?.slice(0, 4)).toEqual([
      "threads",
      "L1",
      "fitzgerald-2014, table 7",
      "-26.0%",
    ]);
    expect(rowsOf("hardware-cost-and-study")[2]?.at(-1)).toBe("1013 ns");
  });

  test("names where each published cost of an exit is from, and whether it was read there", () => {
    const rows = rowsOf("published-exits");
    expect(new Set(rows.map(([study]) => study))).toEqual(
      new Set(["turtles-2010", "neve-2017", "dvh-2020", "pvm-2023", "kvm-unit-tests"]),
    );
    for (const row of rows) {
      expect(row[6], row.join(" ")).not.toBe("--");
      expect(["verified", "secondary"]).toContain(row[7]);
    }
  });

  test("draws a panel for each workload, with a curve for each level and the study's measurement", () => {
    const figure = sectionOf().blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : []))[0];
    if (figure?.kind !== "curves") throw new Error("no curves are drawn");
    expect(figure.label).toMatch(/COUNTED TIME/);
    expect(figure.panels.map(({ title, curves }) => [title, curves.map(({ name }) => name)])).toEqual([
      ["cpu", ["L1", "L2"]],
      ["threads", ["L1", "L2"]],
    ]);
    const deepest = figure.panels[1]?.curves[1];
    expect(deepest?.points.map(({ across }) => across)).toEqual([0, 250, 500, 1000, 2000]);
    expect(deepest?.points[3]?.up).toBeCloseTo((1000 / 3000 - 1) * 100, 9);
    expect(deepest?.measured?.up).toBeCloseTo((1315.7 / 4301.8 - 1) * 100, 9);
  });

  test("is not there where time is the wall's", () => {
    expect(madeUpReport().sections.map(({ id }) => id)).not.toContain("hardware-cost");
  });

  test("has no column of a study where none measured the same", () => {
    const { blocks } = sectionOf(countedEvidence({ publishedRatios: [], publishedCosts: [] }));
    expect(blocks.flatMap((block) => (block.kind === "table" ? [block.table.id] : []))).toEqual([
      "hardware-costs",
    ]);
  });
});
