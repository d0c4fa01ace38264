import type { Figure } from "./figure.ts";

/** What a report shows, in reading order. An output renders every kind of block and adds nothing. */
export interface Section {
  /** Unique in a report; an anchor in a page. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
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
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly TableCell[])[];
  readonly footnotes: readonly string[];
}

export interface Column {
  readonly title: string;
  readonly align: "start" | "end";
  /** What neighbouring columns have in common, such as `Transactional throughput`. */
  readonly group?: string;
}

/** Text, or text with a doubt that must be seen with it. */
export type TableCell = string | { readonly text: string; readonly doubt: string };

/** A column of names. */
export function words(title: string): Column {
  return { title, align: "start" };
}

/** A column of figures. */
export function figures(title: string, group?: string): Column {
  return { title, align: "end", ...(group === undefined ? {} : { group }) };
}

export function cellText(cell: TableCell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** Title, rows and nothing else: most tables. */
export function table(
  id: string,
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  footnotes: readonly string[] = [],
): Table {
  return { id, title, columns, rows, footnotes };
}

/** Those of the tables that there are. */
export function tableBlocks(...tables: readonly (Table | undefined)[]): readonly Block[] {
  return tables.flatMap((one): Block[] => (one === undefined ? [] : [{ kind: "table", table: one }]));
}
