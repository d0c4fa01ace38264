import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Block } from "../../../src/core/document/document.ts";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { runReport } from "../../../src/core/report/run/run-report.ts";
import { markdown } from "../../../src/outputs/markdown.ts";
import { madeUpEvidence, madeUpReport } from "../made-up/report.ts";
import { figures, table, words } from "../made-up/table.ts";
import { madeUpTrial } from "../made-up/trial.ts";
import { rendered } from "./rendered.ts";

/** A report with one text in every place that comes from a study's author or from a machine. */
function reportSaying(text: string): Report {
  const { subject, analysis, ...rest } = madeUpEvidence();
  const levels = subject.levels.map((level) => ({
    ...level,
    facts: { ...level.facts, cpuModel: text, hypervisor: text },
  }));
  return runReport({
    ...rest,
    subject: { ...subject, study: { ...subject.study, title: text }, levels },
    analysis: {
      ...analysis,
      warnings: [],
      failed: [{ trial: madeUpTrial(), problem: { code: "workload-failed", what: text } }],
    },
    doubts: {
      tallies: [],
      measured: 1,
      doubted: 1,
      named: [{ trial: madeUpTrial(), attempt: 1, doubts: [{ guard: "steal", sentence: text }] }],
    },
    notes: [text],
  });
}

const linesOf = async (report: Report) => (await rendered(markdown, report, "report.md")).split("\n");

/** A report of one section with one block. */
const withBlock = (block: Block) =>
  madeUpReport({ sections: [{ id: "only", title: "Only", blocks: [block] }] });

/** The lines of that block. */
async function blockLines(block: Block): Promise<readonly string[]> {
  const lines = await linesOf(withBlock(block));
  return lines.slice(lines.indexOf("## Only") + 2, -1);
}

/** What is left when every escaped character is taken away. */
function unescaped(line: string): string {
  return line.replaceAll(/\\./g, "");
}

async function linesSaying(text: string) {
  const lines = await linesOf(reportSaying(text));
  const from = lines.indexOf("## Doubts and notes") + 2;
  const items = lines.slice(from, lines.indexOf("", from));
  const cells = lines.filter(
    (line) => line.startsWith("| processor |") || line.startsWith("| hypervisor below |"),
  );
  return { title: lines[0] ?? "", cells, items };
}

describe("hostile text in Markdown", () => {
  test.each([
    ["<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"],
    ["`rm -rf`", "\\`rm -rf\\`"],
    ["a | b", "a \\| b"],
    ["![x](y) [z](w)", "\\!\\[x\\](y) \\[z\\](w)"],
    ["*bold* _too_ # not a heading", "\\*bold\\* \\_too\\_ \\# not a heading"],
    ["&lt;b&gt;", "\\&lt;b\\&gt;"],
    ["back\\slash", "back\\\\slash"],
    ["two\r\nlines", "two lines"],
  ])("%j is escaped wherever it stands", async (text, safe) => {
    const { title, cells, items } = await linesSaying(text);
    expect(title).toBe(`# ${safe}`);
    expect(cells).toEqual([
      `| hypervisor below | ${safe} | ${safe} | ${safe} |`,
      `| processor | ${safe} | ${safe} | ${safe} |`,
    ]);
    expect(items).toEqual([
      `- ${safe}`,
      `- failed: b1-up-L0-cpu-1: ${safe}`,
      `- doubted: b1-up-L0-cpu-1: steal: ${safe}`,
    ]);
  });

  test("never becomes markup, a further column or a further line, whatever it is", async () => {
    const marks = [..."<>|`*_[]{}#!&\\\n\r=a "];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...marks), { maxLength: 20 }).map((all) => all.join("")),
        async (text) => {
          const { title, cells, items } = await linesSaying(text);
          expect(unescaped(title.slice(2))).not.toMatch(/[`*_{}[\]<>|#!&\\]/);
          expect(items).toHaveLength(3);
          for (const item of items) expect(unescaped(item)).not.toMatch(/[`*_{}[\]<>|#!&\\]/);
          expect(cells).toHaveLength(text === "" ? 0 : 2); // what no machine said is no row
          for (const row of cells) expect(unescaped(row).split("|")).toHaveLength(6);
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(["plain", "```\nout", "`````", "~~~\n# heading"])("%j cannot leave a listing", async (text) => {
    const lines = await blockLines({ kind: "listing", title: "study.yaml", text });
    const fence = lines[2] ?? "";
    expect(lines.slice(0, 2)).toEqual(["**study.yaml**", ""]);
    expect(fence).toMatch(/^`{3,}$/);
    expect(lines.at(-1)).toBe(fence);
    expect(lines.slice(3, -1).join("\n")).toBe(text);
    expect(text).not.toContain(fence);
  });
});

test("every section has its heading, in order", async () => {
  const report = madeUpReport();
  const headings = (await linesOf(report)).filter((line) => line.startsWith("## "));
  expect(headings).toEqual(report.sections.map(({ title }) => `## ${title}`));
});

describe("a table in Markdown", () => {
  test("has as many cells in each row as in its head, in every table of a report", async () => {
    const tables = (await rendered(markdown, madeUpReport(), "report.md"))
      .split("\n\n")
      .filter((block) => block.startsWith("|"));
    expect(tables.length).toBeGreaterThanOrEqual(10);
    for (const lines of tables) {
      const widths = lines.split("\n").map((row) => unescaped(row).split("|").length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  test("has figures to the right, and its doubts numbered below it, before its footnotes", async () => {
    const rows = [
      ["L0", { text: "5", doubt: "one boot" }],
      ["L1", { text: "4", doubt: "far away" }],
      ["L2", { text: "3", doubt: "one boot" }],
    ];
    const made = table("t", "A title", [words("level"), figures("TPSec")], rows, ["a footnote"]);
    expect(await blockLines({ kind: "table", table: made })).toEqual([
      "### A title",
      "",
      "| level | TPSec |",
      "| --- | ---: |",
      "| L0 | 5 (1) |",
      "| L1 | 4 (2) |",
      "| L2 | 3 (1) |",
      "",
      "- (1) one boot",
      "- (2) far away",
      "- a footnote",
    ]);
  });
});

test("a figure is a picture that says in words what it shows", async () => {
  const figure = madeUpReport().answers[0]?.figure;
  if (figure === undefined) throw new Error("the first answer has a figure");
  const [line, ...more] = await blockLines({
    kind: "figure",
    figure: { ...figure, title: "A [title]", alt: "Falls to 0.9." },
  });
  expect(line).toBe("![A \\[title\\]. Falls to 0.9.](figures/cpu-ratios.svg)");
  expect(more).toEqual([]);
});
