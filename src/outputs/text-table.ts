import { cellText, type Table } from "../core/document.ts";

/** A table in monospaced text, with doubts and footnotes below it. */
export function textTable(table: Table): string {
  const head = table.columns.map((column) => column.title);
  const notes: string[] = [];
  const rows = table.rows.map((row) =>
    row.map((cell) => {
      if (typeof cell === "string") return cell;
      if (!notes.includes(cell.doubt)) notes.push(cell.doubt);
      return `${cellText(cell)}${mark(notes.indexOf(cell.doubt))}`;
    }),
  );
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
    ...notes.map((note, index) => `${mark(index)} ${note}`),
    ...table.footnotes.map((note) => `  ${note}`),
    "",
  ].join("\n");
}

/** `*`, `†`, `‡`, then numbers. */
function mark(index: number): string {
  return ["*", "†", "‡"][index] ?? `(${index + 1})`;
}

/** Columns on a terminal, counted in characters. */
function width(text: string): number {
  return [...text].length;
}
