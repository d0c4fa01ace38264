import { optional } from "../base/optional.ts";
import type { Figure } from "./figure.ts";
import type { Of } from "./of.ts";

/** What a report shows, in reading order. An output renders every kind of block and adds nothing. */
export interface Section {
  /** Unique in a report; an anchor in a page. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** `own`: a page of `dvirt serve` says this in its own way. Absent: it shows the section as it is. */
  readonly pages?: "own";
}

export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "items"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "figure"; readonly figure: Figure }
  /** Text to be shown as it is, such as a study file. */
  | { readonly kind: "listing"; readonly title: string; readonly text: string };

export interface Table {
  /** Unique in a report, such as `table-5` or `cpu-reserved`. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly footnotes: readonly string[];
  readonly terminal: Terminal;
  /** The trials behind the whole table; columns and rows narrow it down. */
  readonly of?: Of;
}

/** Where a terminal prints a table: at the end of a run, only for `dvirt show`, or never. Files and pages have all. */
export type Terminal = "end" | "show" | "never";

export interface Column {
  readonly title: string;
  /** `end` for figures. */
  readonly align: "start" | "end";
  /** What neighbouring columns have in common, such as `Transactional throughput`. */
  readonly group?: string;
  readonly of?: Of;
}

export interface Row {
  /** As many as there are columns. */
  readonly cells: readonly TableCell[];
  /** The trials behind the row's figures; absent where they rest on none. */
  readonly of?: Of;
  /** Where it differs from the table's. */
  readonly terminal?: Terminal;
}

/** Text, or text with a doubt that must be seen with it. */
export type TableCell = string | { readonly text: string; readonly doubt: string };

/** The text of a cell that has no value. */
export const NO_VALUE = "--";

export function cellText(cell: TableCell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** The trials behind one cell; undefined where it holds no figure, or one that rests on no trials. */
export function trialsBehind(table: Table, row: Row, index: number): Of | undefined {
  const column = table.columns[index];
  const cell = row.cells[index];
  if (row.of === undefined || column?.align !== "end") return undefined;
  if (cell === undefined || cellText(cell) === NO_VALUE) return undefined;
  return { ...table.of, ...column.of, ...row.of };
}

/** A column, and what it says of one entry of a list; undefined becomes `--`. */
export interface ColumnOf<Entry> extends Column {
  readonly cell: (entry: Entry) => TableCell | number | undefined;
}

/** A column of names. */
export function words<Entry>(title: string, cell: ColumnOf<Entry>["cell"]): ColumnOf<Entry> {
  return { title, align: "start", cell };
}

/** A column of figures. */
export function figures<Entry>(
  title: string,
  cell: ColumnOf<Entry>["cell"],
  more: Pick<Column, "group" | "of"> = {},
): ColumnOf<Entry> {
  return { title, align: "end", ...more, cell };
}

export interface TableOf<Entry> {
  readonly id: string;
  readonly title: string;
  /** Those that are undefined are left out. */
  readonly columns: readonly (ColumnOf<Entry> | undefined)[];
  /** The trials behind an entry's figures; undefined where they rest on none. */
  readonly of?: (entry: Entry) => Of | undefined;
  /** The trials behind the whole table. */
  readonly all?: Of;
  /** `never` unless it is stated. */
  readonly terminal?: Terminal;
  readonly rowTerminal?: (entry: Entry) => Terminal;
  readonly footnotes?: readonly string[];
}

/** A row for each entry. */
export function table<Entry>(entries: Iterable<Entry>, made: TableOf<Entry>): Table {
  const { id, title, of, all, terminal = "never", rowTerminal, footnotes = [] } = made;
  const columns = present(made.columns);
  const rowOf = (entry: Entry): Row => ({
    cells: columns.map(({ cell }) => cellOf(cell(entry))),
    ...optional({ of: of?.(entry), terminal: rowTerminal?.(entry) }),
  });
  return {
    id,
    title,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: Array.from(entries, rowOf),
    footnotes,
    terminal,
    ...optional({ of: all }),
  };
}

function cellOf(content: TableCell | number | undefined): TableCell {
  if (content === undefined) return NO_VALUE;
  return typeof content === "number" ? String(content) : content;
}

/** What a section may be made of. */
export type Content = Block | Table | Figure | undefined;

/** The section with those of the contents that there are; undefined where there is none. */
export function section(
  id: string,
  title: string,
  contents: readonly Content[],
  pages?: "own",
): Section | undefined {
  const blocks = present(contents).map((one): Block => {
    if ("columns" in one) return { kind: "table", table: one };
    return "alt" in one ? { kind: "figure", figure: one } : one;
  });
  if (blocks.length === 0) return undefined;
  return { id, title, blocks, ...optional({ pages }) };
}

export function paragraph(text: string): Block {
  return { kind: "paragraph", text };
}

export function items(all: readonly string[]): Block {
  return { kind: "items", items: all };
}

export function listing(title: string, text: string): Block {
  return { kind: "listing", title, text };
}

export function present<T>(all: readonly (T | undefined)[]): readonly T[] {
  return all.flatMap((one) => (one === undefined ? [] : [one]));
}
