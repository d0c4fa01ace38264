import type { Measure, PrintedQuantity, PublishedRow } from "../published.ts";
import { type PrintedNumber, printedNumber, printedSize } from "./printed-number.ts";

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

/** Text that is no number counts as not printed: rows come from a parser that refuses it. */
export function parseTables(rows: readonly PublishedRow[]): ParsedTables {
  const read = rows.map((row) => ({
    row,
    throughput: readQuantity(row.throughput),
    response: readQuantity(row.response),
  }));
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

function readQuantity(printed: PrintedQuantity): ReadQuantity {
  return {
    mean: printedNumber(printed.mean),
    change: printedNumber(printed.change),
    standardError: printedSize(printed.standardError),
    standardErrorPercent: printedSize(printed.standardErrorPercent),
  };
}

/** `table 10, memory-write, S390x L0`. */
export function placeOf(row: PublishedRow): string {
  return `table ${row.table}, ${row.workload}, ${row.platform} L${row.level}`;
}
