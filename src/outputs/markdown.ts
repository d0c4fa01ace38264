import { type Block, cellText, type Table } from "../core/document.ts";
import { ok } from "../core/problem.ts";
import { groundText } from "../core/timing.ts";
import type { Output } from "./output.ts";
import { subjectText } from "./terminal.ts";

export const markdown: Output = {
  name: "markdown",
  about: "the whole report as text that renders on code hosts",
  made: "always",
  render: async (report) =>
    ok([
      {
        name: "report.md",
        content: `${[
          `# ${escaped(report.title)}`,
          "",
          `${escaped(subjectText(report.subject))}, ${groundText(report)}`,
          ...(report.label === undefined ? [] : ["", `> **${escaped(report.label)}**`]),
          "",
          ...report.sections.flatMap((section) => [
            `## ${escaped(section.title)}`,
            "",
            ...section.blocks.flatMap((block) => [...blockLines(block), ""]),
          ]),
        ]
          .join("\n")
          .trimEnd()}\n`,
      },
    ]),
};

function blockLines(block: Block): readonly string[] {
  switch (block.kind) {
    case "paragraph":
      return [escaped(block.text)];
    case "items":
      return block.items.map((item) => `- ${escaped(item)}`);
    case "table":
      return tableLines(block.table);
    case "figure":
      return [`![${escaped(`${block.figure.title}. ${block.figure.alt}`)}](figures/${block.figure.id}.svg)`];
    case "listing":
      return [`**${escaped(block.title)}**`, "", ...fenced(block.text)];
  }
}

function tableLines(table: Table): readonly string[] {
  const notes: string[] = [];
  const rows = table.rows.map((row) =>
    row.map((cell) => {
      if (typeof cell === "string") return cell;
      if (!notes.includes(cell.doubt)) notes.push(cell.doubt);
      return `${cellText(cell)} (${notes.indexOf(cell.doubt) + 1})`;
    }),
  );
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [
    `### ${escaped(table.title)}`,
    "",
    row(table.columns.map((column) => column.title)),
    `|${table.columns.map((column) => (column.align === "start" ? " --- " : " ---: ")).join("|")}|`,
    ...rows.map(row),
    ...(notes.length + table.footnotes.length > 0 ? [""] : []),
    ...notes.map((note, index) => `- (${index + 1}) ${escaped(note)}`),
    ...table.footnotes.map((note) => `- ${escaped(note)}`),
  ];
}

/** A fence that is longer than any in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [fence, text.trimEnd(), fence];
}

/** Text from machines must not become markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>|#!&]/g, (mark) => `\\${mark}`);
}
