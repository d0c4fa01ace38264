import type { Measure, PrintedQuantity } from "../published.ts";
import { meet } from "./interval.ts";
import { MEASURES, type ParsedRow, type ParsedTables } from "./parsed-tables.ts";
import { type PrintedNumber, unitsApart } from "./printed-number.ts";

/** A row that stands in more than one table. */
export interface RepeatCheck {
  readonly first: ParsedRow;
  readonly again: ParsedRow;
  /** Cells that both tables print. */
  readonly compared: number;
  readonly unlike: readonly UnlikeCell[];
}

export interface UnlikeCell {
  readonly measure: Measure;
  readonly column: keyof PrintedQuantity;
  readonly first: PrintedNumber;
  readonly again: PrintedNumber;
  /** From the second to the nearest number that rounds to the first, in units of its last place. */
  readonly unitsApart: number;
}

const COLUMNS = ["mean", "standardError", "standardErrorPercent"] as const;

/**
 * Rows of one workload, platform and level in several tables, each against the first. Cells are alike where they
 * may be roundings of one number. Whether the rows are one measurement is for the caller to know.
 */
export function compareRepeats(tables: ParsedTables, level: number): readonly RepeatCheck[] {
  const firsts = new Map<string, ParsedRow>();
  const found: RepeatCheck[] = [];
  for (const one of tables.rows.filter(({ row }) => row.level === level)) {
    const key = JSON.stringify([one.row.workload, one.row.platform]);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, one);
    else found.push(compare(first, one));
  }
  return found;
}

function compare(first: ParsedRow, again: ParsedRow): RepeatCheck {
  let compared = 0;
  const unlike: UnlikeCell[] = [];
  for (const measure of MEASURES) {
    for (const column of COLUMNS) {
      const [a, b] = [first[measure][column], again[measure][column]];
      if (a === undefined || b === undefined) continue;
      compared++;
      if (meet(a.interval, b.interval)) continue;
      unlike.push({ measure, column, first: a, again: b, unitsApart: unitsApart(b, a.interval) });
    }
  }
  return { first, again, compared, unlike };
}
