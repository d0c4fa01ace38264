import type { Measure, PrintedQuantity, PublishedRow } from "../published.ts";
import { type PrintedNumber, printedNumber, printedSize } from "./printed-number.ts";

/** A row whose printed numbers were read. */
export interface ReadRow {
  readonly row: PublishedRow;
  readonly throughput: ReadQuantity;
  readonly response: ReadQuantity;
}

export interface ReadQuantity {
  readonly mean: PrintedNumber;
  readonly change: PrintedNumber | undefined;
  readonly standardError: PrintedNumber | undefined;
  readonly standardErrorPercent: PrintedNumber | undefined;
}

export const MEASURES: readonly Measure[] = ["throughput", "response"];

/** Rows by where they stand; made once for all checks. */
export interface ReadTables {
  readonly rows: readonly ReadRow[];
  /** The row of a table at a platform and level, where a table has one workload. */
  find(table: string, platform: string, level: number): ReadRow | undefined;
  /** The row of the level before, in the same series. */
  before(row: PublishedRow): ReadRow | undefined;
}

/** Throws where a row holds text that is no number: rows come from a parser that refuses such text. */
export function readTables(rows: readonly PublishedRow[]): ReadTables {
  const read = rows.map((row) => ({
    row,
    throughput: readQuantity(row.throughput),
    response: readQuantity(row.response),
  }));
  const cellKey = (table: string, platform: string, level: number) =>
    JSON.stringify([table, platform, level]);
  const byCell = new Map(read.map((one) => [cellKey(one.row.table, one.row.platform, one.row.level), one]));
  const series = new Map<string, Map<number, ReadRow>>();
  for (const one of read) {
    const levels = series.get(seriesOf(one.row)) ?? new Map<number, ReadRow>();
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
function stepsOf(levels: ReadonlyMap<number, ReadRow>): readonly [PublishedRow, ReadRow][] {
  return [...levels].flatMap(([level, { row }]): [PublishedRow, ReadRow][] => {
    const before = levels.get(level - 1);
    return before === undefined ? [] : [[row, before]];
  });
}

/** The rows that differ in their level alone. */
export function seriesOf({ table, workload, resources, platform }: PublishedRow): string {
  return JSON.stringify([table, workload, resources, platform]);
}

function readQuantity(printed: PrintedQuantity): ReadQuantity {
  const mean = printedNumber(printed.mean);
  if (mean === undefined) throw new Error(`no mean: ${printed.mean}`);
  return {
    mean,
    change: printedNumber(printed.change),
    standardError: printedSize(printed.standardError),
    standardErrorPercent: printedSize(printed.standardErrorPercent),
  };
}

/** `table 10, memory-write, S390x L0`. */
export function placeOf(row: PublishedRow): string {
  return `table ${row.table}, ${row.workload}, ${row.platform} L${row.level}`;
}
