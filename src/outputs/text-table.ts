import type { Table } from "../core/document/document.ts";
import { markedTable } from "./table-notes.ts";

/** A table in monospaced text, with doubts and footnotes below it. */
export function textTable(table: Table): string {
  const head = table.columns.map((column) => column.title);
  const { rows: marked, notes } = markedTable(table, sign);
  const rows = marked.map((row) => row.map(({ text, mark = "" }) => `${text}${mark}`));
  const widths = head.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, width(row[column] ?? "")), width(title)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const space = " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
        return table.columns[column]?.align === "end" ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((wide) => "─".repeat(wide)).join("──");
  return [
    table.title,
    rule,
    line(head),
    rule,
    ...rows.map(line),
    ...notes.map(({ mark = " ", text }) => `${mark} ${text}`),
    "",
  ].join("\n");
}

/** `*`, `†`, `‡`, then numbers. */
function sign(index: number): string {
  return ["*", "†", "‡"][index] ?? `(${index + 1})`;
}

/** Columns on a terminal, counted in characters. */
function width(text: string): number {
  return [...text].length;
}
