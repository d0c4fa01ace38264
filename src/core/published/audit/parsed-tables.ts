import type { Measure, PrintedQuantity, PublishedRow } from "../published.ts";
import { type PrintedNumber, printedNumber, printedSize, type Zeros } from "./printed-number.ts";

/** A row whose printed numbers were read. */
export interface ParsedRow {
  readonly row: PublishedRow;
  readonly throughput: ReadQuantity;
  readonly response: ReadQuantity;
}

/** What was not printed is undefined. */
export type ReadQuantity = Readonly<Record<keyof PrintedQuantity, PrintedNumber | undefined>>;

export const MEASURES: readonly Measure[] = ["throughput", "response"];

/** Rows by where they stand; made once for all checks. */
export interface ParsedTables {
  readonly rows: readonly ParsedRow[];
  /** The row of a table at a platform and level, where a table has one workload. */
  find(table: string, platform: string, level: number): ParsedRow | undefined;
  /** The row of the level before, in the same series. */
  before(row: PublishedRow): ParsedRow | undefined;
}

/**
 * Text that is no number counts as not printed: rows come from a parser that refuses it. `zeros` at the end count as kept
 * only in columns that speak for it.
 */
export function parseTables(rows: readonly PublishedRow[], zeros: Zeros = "padding"): ParsedTables {
  const even = zeros === "kept" ? evenColumns(rows) : new Set<string>();
  const read = rows.map((row) => {
    const quantity = (measure: Measure) =>
      readQuantity(row[measure], (column) =>
        even.has(columnKey(row.table, measure, column)) ? "kept" : "padding",
      );
    return { row, throughput: quantity("throughput"), response: quantity("response") };
  });
  const cellKey = (table: string, platform: string, level: number) =>
    JSON.stringify([table, platform, level]);
  const byCell = new Map(read.map((one) => [cellKey(one.row.table, one.row.platform, one.row.level), one]));
  const series = new Map<string, Map<number, ParsedRow>>();
  for (const one of read) {
    const levels = series.get(seriesOf(one.row)) ?? new Map<number, ParsedRow>();
    series.set(seriesOf(one.row), levels.set(one.row.level, one));
  }
  const befores = new Map([...series.values()].flatMap(stepsOf));
  return {
    rows: read,
    find: (table, platform, level) => byCell.get(cellKey(table, platform, level)),
    before: (row) => befores.get(row),
  };
}

/** Each row of a series with the one of the level before, where there is one. */
function stepsOf(levels: ReadonlyMap<number, ParsedRow>): readonly [PublishedRow, ParsedRow][] {
  return [...levels].flatMap(([level, { row }]): [PublishedRow, ParsedRow][] => {
    const before = levels.get(level - 1);
    return before === undefined ? [] : [[row, before]];
  });
}

/** The rows that differ in their level alone. */
export function seriesOf({ table, workload, resources, platform }: PublishedRow): string {
  return JSON.stringify([table, workload, resources, platform]);
}

function readQuantity(
  printed: PrintedQuantity,
  zerosOf: (column: keyof PrintedQuantity) => Zeros,
): ReadQuantity {
  return {
    mean: printedNumber(printed.mean, zerosOf("mean")),
    change: printedNumber(printed.change, zerosOf("change")),
    standardError: printedSize(printed.standardError, zerosOf("standardError")),
    standardErrorPercent: printedSize(printed.standardErrorPercent, zerosOf("standardErrorPercent")),
  };
}

const COLUMNS = ["mean", "change", "standardError", "standardErrorPercent"] as const;

function columnKey(table: string, measure: Measure, column: keyof PrintedQuantity): string {
  return JSON.stringify([table, measure, column]);
}

/**
 * Columns of a table in which every number has as many decimals, one at least, and not all end in 0: who prints numbers so
 * rounds them all to that place, and has no reason to pad.
 */
function evenColumns(rows: readonly PublishedRow[]): ReadonlySet<string> {
  const columns = new Map<string, string[]>();
  for (const row of rows) {
    for (const measure of MEASURES) {
      for (const column of COLUMNS) {
        const text = row[measure][column].replace("%", "");
        if (text === "") continue;
        const key = columnKey(row.table, measure, column);
        columns.set(key, [...(columns.get(key) ?? []), text]);
      }
    }
  }
  const decimals = (text: string) => text.split(".")[1]?.length ?? 0;
  const even = [...columns].filter(
    ([, texts]) =>
      texts.length > 1 &&
      decimals(texts[0] ?? "") > 0 &&
      new Set(texts.map(decimals)).size === 1 &&
      texts.some((text) => !text.endsWith("0")),
  );
  return new Set(even.map(([key]) => key));
}

/** `table 10, memory-write, S390x L0`. */
export function placeOf(row: PublishedRow): string {
  return `table ${row.table}, ${row.workload}, ${row.platform} L${row.level}`;
}
