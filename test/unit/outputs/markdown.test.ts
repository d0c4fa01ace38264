import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/core/report.ts";
import { markdown } from "../../../src/outputs/markdown.ts";
import { madeUpReport } from "../made-up/report.ts";
import { madeUpTrial } from "../made-up/trial.ts";

/** A report with one text in every place that comes from a study's author or from a machine. */
function reportSaying(text: string): Report {
  const report = madeUpReport();
  return {
    ...report,
    study: { ...report.study, title: text },
    levels: report.levels.map((level) => ({
      ...level,
      facts: { ...level.facts, cpuModel: text, hypervisor: text },
    })),
    notes: [text],
    analysis: { ...report.analysis, failed: [{ trial: madeUpTrial(), problem: { code: "x", what: text } }] },
  };
}

/** What is left when every escaped character is taken away. */
function unescaped(line: string): string {
  return line.replaceAll(/\\./g, "");
}

function linesSaying(text: string): { title: string; cells: readonly string[]; items: readonly string[] } {
  const lines = markdown.render(reportSaying(text)).split("\n");
  const notes = lines.slice(lines.indexOf("## Notes") + 2).filter((line) => line !== "");
  const cells = lines.filter(
    (line) => line.startsWith("| processor |") || line.startsWith("| hypervisor below |"),
  );
  return { title: lines[0] ?? "", cells, items: notes };
}

describe("hostile text in Markdown", () => {
  test.each([
    ["<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"],
    ["`rm -rf`", "\\`rm -rf\\`"],
    ["a | b", "a \\| b"],
    ["![x](y) [z](w)", "!\\[x\\](y) \\[z\\](w)"],
    ["*bold* _too_ # not a heading", "\\*bold\\* \\_too\\_ \\# not a heading"],
    ["back\\slash", "back\\\\slash"],
    ["two\r\nlines", "two lines"],
  ])("%j is escaped wherever it stands", (text, safe) => {
    const { title, cells, items } = linesSaying(text);
    expect(title).toBe(`# ${safe}`);
    expect(cells).toEqual([
      `| hypervisor below | ${safe} | ${safe} | ${safe} |`,
      `| processor | ${safe} | ${safe} | ${safe} |`,
    ]);
    expect(items).toEqual([`- ${safe}`, `- failed: b1-up-L0-cpu-1: ${safe}`]);
  });

  test("never becomes markup, a further column or a further line, whatever it is", () => {
    const mark = fc.constantFrom(
      "<",
      ">",
      "|",
      "`",
      "*",
      "_",
      "[",
      "]",
      "{",
      "}",
      "#",
      "\\",
      "\n",
      "\r",
      "=",
      "a",
      " ",
    );
    fc.assert(
      fc.property(
        fc.array(mark, { maxLength: 20 }).map((marks) => marks.join("")),
        (text) => {
          const { title, cells, items } = linesSaying(text);
          expect(unescaped(title.slice(2))).not.toMatch(/[`*_{}[\]<>|#\\]/);
          expect(items).toHaveLength(2);
          for (const item of items) expect(unescaped(item)).not.toMatch(/[`*_{}[\]<>|#\\]/);
          expect(cells).toHaveLength(2);
          for (const row of cells) expect(unescaped(row).split("|")).toHaveLength(6);
        },
      ),
    );
  });
});

test("every table has as many cells in each row as in its head", () => {
  const tables = markdown
    .render(madeUpReport())
    .split("\n\n")
    .filter((block) => block.startsWith("|"));
  expect(tables.length).toBeGreaterThanOrEqual(5);
  for (const table of tables) {
    const widths = table.split("\n").map((row) => unescaped(row).split("|").length);
    expect(new Set(widths).size).toBe(1);
  }
});
