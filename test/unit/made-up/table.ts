import type { Column, Table, TableCell } from "../../../src/core/document/document.ts";

/** A column of names. */
export function words(title: string): Column {
  return { title, align: "start" };
}

/** A column of figures. */
export function figures(title: string, group?: string): Column {
  return { title, align: "end", ...(group === undefined ? {} : { group }) };
}

/** A table from its cells as they are shown, with nothing behind them. */
export function table(
  id: string,
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  footnotes: readonly string[] = [],
): Table {
  return { id, title, columns, rows: rows.map((cells) => ({ cells })), footnotes, terminal: "end" };
}

/** The cells of each row; undefined for no table. */
export function cellsOf(made: Table | undefined): readonly (readonly TableCell[])[] | undefined {
  return made?.rows.map(({ cells }) => cells);
}
