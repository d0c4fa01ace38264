import type { Measure } from "../published.ts";
import { type Interval, meet, percentChange, percentOf } from "./interval.ts";
import { nearMisses } from "./near-miss.ts";
import { MEASURES, type ParsedRow, type ParsedTables } from "./parsed-tables.ts";
import { type PrintedNumber, unitsApart } from "./printed-number.ts";

export type DerivedColumn = "change" | "standardErrorPercent";

/** A printed figure that follows from other printed figures. */
export interface DerivedCheck {
  readonly row: ParsedRow;
  readonly measure: Measure;
  readonly column: DerivedColumn;
  readonly printed: PrintedNumber;
  /** In percent: all that the inputs' digits allow. */
  readonly recomputed: Interval;
  readonly holds: boolean;
  /** From the printed number to the nearest recomputed one, in units of its last place. Rounding explains 0.5. */
  readonly unitsApart: number;
  /** Slips that would explain it; empty where it holds. */
  readonly nearMisses: readonly string[];
}

export interface DerivedChecks {
  readonly checks: readonly DerivedCheck[];
  /** Printed figures that lack an input, such as a change without the row of the level before. */
  readonly unchecked: number;
}

/**
 * Every change from the level before and every standard error in percent, recomputed from the printed means and
 * standard errors. A figure holds where the reals that round to it and the reals that follow from its inputs
 * have one in common.
 */
export function checkDerived(tables: ParsedTables): DerivedChecks {
  const checks: DerivedCheck[] = [];
  let unchecked = 0;
  for (const row of tables.rows) {
    for (const measure of MEASURES) {
      for (const column of ["change", "standardErrorPercent"] as const) {
        const printed = row[measure][column];
        if (printed === undefined) continue;
        const recomputed = recompute(tables, row, measure, column);
        if (recomputed === undefined) unchecked++;
        else checks.push(judge({ row, measure, column, printed, recomputed }));
      }
    }
  }
  return { checks, unchecked };
}

function recompute(
  tables: ParsedTables,
  { row, ...quantities }: ParsedRow,
  measure: Measure,
  column: DerivedColumn,
): Interval | undefined {
  const { mean, standardError } = quantities[measure];
  if (mean === undefined) return undefined;
  if (column === "standardErrorPercent") {
    return standardError === undefined ? undefined : percentOf(standardError.interval, mean.interval);
  }
  const before = tables.before(row)?.[measure].mean;
  return before === undefined ? undefined : percentChange(before.interval, mean.interval);
}

function judge(
  check: Pick<DerivedCheck, "row" | "measure" | "column" | "printed" | "recomputed">,
): DerivedCheck {
  const { printed, recomputed } = check;
  const holds = meet(printed.interval, recomputed);
  return {
    ...check,
    holds,
    unitsApart: unitsApart(printed, recomputed),
    nearMisses: holds ? [] : nearMisses(printed.text, recomputed),
  };
}
