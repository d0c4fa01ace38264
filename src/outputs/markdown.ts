import { ok } from "../core/base/problem.ts";
import { groundText } from "../core/base/timing.ts";
import type { Block, Table } from "../core/document/document.ts";
import type { Output } from "./output.ts";
import { markedTable } from "./table-notes.ts";
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
  const { rows: marked, notes } = markedTable(table, (index) => `(${index + 1})`);
  const rows = marked.map((row) =>
    row.map(({ text, mark }) => (mark === undefined ? text : `${text} ${mark}`)),
  );
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [
    `### ${escaped(table.title)}`,
    "",
    row(table.columns.map((column) => column.title)),
    `|${table.columns.map((column) => (column.align === "start" ? " --- " : " ---: ")).join("|")}|`,
    ...rows.map(row),
    ...(notes.length > 0 ? [""] : []),
    ...notes.map(({ mark, text }) =>
      mark === undefined ? `- ${escaped(text)}` : `- ${mark} ${escaped(text)}`,
    ),
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
