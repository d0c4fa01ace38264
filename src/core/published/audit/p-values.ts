import { tTwoSidedP } from "../../stats/t-distribution.ts";
import { student, type TTest, welch } from "../../stats/t-test.ts";
import type { CellReference, PublishedPValue } from "../published.ts";
import { absolute, exactly, type Interval, meet, outwards, over, plus, times } from "./interval.ts";
import type { ParsedTables, ReadQuantity } from "./parsed-tables.ts";
import { type PrintedNumber, printedNumber } from "./printed-number.ts";

/** Numbers of runs that are tried: fewer have no standard error, and who makes more says so. */
export const RUNS_TRIED: readonly number[] = Array.from({ length: 29 }, (_, i) => i + 2);

/** The least and the most of the numbers beyond: so many that more of them give the same p to nine digits. */
const BEYOND = [Math.max(...RUNS_TRIED) + 1, 1e9] as const;

/**
 * Two-sample t-tests that statistics programs offer. `welch, whole df` cuts the degrees of freedom to a whole
 * number, as Minitab does (Methods and formulas for 2-Sample t, support.minitab.com).
 */
export type TestName = "student" | "welch" | "welch, whole df";

export const TESTS: readonly TestName[] = ["student", "welch", "welch, whole df"];

/** One way in which the study's p-values may have been made. */
export interface TestOfRuns {
  readonly test: TestName;
  readonly runs: number;
}

export interface PValueCheck {
  readonly published: PublishedPValue;
  readonly printed: PrintedNumber;
  /** A probability, even where it is printed in percent. */
  readonly interval: Interval;
  /** Every test and number of runs that gives what is printed. */
  readonly fits: readonly TestOfRuns[];
  /** Tests that some number of runs beyond those tried gives it by. */
  readonly byMore: readonly TestName[];
}

/** Throws where a p-value's cells are not in the tables: references are checked before they ship. */
export function checkPValues(
  published: readonly PublishedPValue[],
  tables: ParsedTables,
): readonly PValueCheck[] {
  return published.map((one) => {
    const printed = printedNumber(one.printed);
    if (printed === undefined) throw new Error(`no p-value: ${one.printed}`);
    const interval = times(printed.interval, exactly(printed.percent ? 0.01 : 1));
    const [a, b] = [quantityAt(tables, one.a), quantityAt(tables, one.b)];
    const fits = TESTS.flatMap((test) =>
      RUNS_TRIED.filter((runs) => {
        const p = pInterval(a, b, { test, runs });
        return p !== undefined && meet(p, interval);
      }).map((runs) => ({ test, runs })),
    );
    const byMore = TESTS.filter((test) => {
      const [few, many] = BEYOND.map((runs) => pInterval(a, b, { test, runs }));
      // p falls with the number of runs.
      return few !== undefined && many !== undefined && meet({ low: many.low, high: few.high }, interval);
    });
    return { published: one, printed, interval, fits, byMore };
  });
}

/**
 * Every p that the means and standard errors behind two printed cells can give with this many runs in each.
 * Undefined without a mean or a standard error.
 */
export function pInterval(a: ReadQuantity, b: ReadQuantity, how: TestOfRuns): Interval | undefined {
  if (a.mean === undefined || b.mean === undefined) return undefined;
  if (a.standardError === undefined || b.standardError === undefined) return undefined;
  const [errorA, errorB] = [a.standardError.interval, b.standardError.interval];
  const difference = absolute(
    plus(a.mean.interval, { low: -b.mean.interval.high, high: -b.mean.interval.low }),
  );
  const t = over(difference, spread(errorA, errorB));
  const df = dfInterval(errorA, errorB, how);
  // p falls with |t| and with df, so the ends are at opposite corners.
  return outwards(tTwoSidedP(t.high, df.high), tTwoSidedP(t.low, df.low));
}

/** Standard error of the difference: with as many runs in both samples it is the same in all three tests. */
function spread(a: Interval, b: Interval): Interval {
  const low = Math.hypot(a.low, b.low);
  return outwards(Math.max(low, Number.MIN_VALUE), Math.hypot(a.high, b.high));
}

/** Welch's df is largest where the standard errors are equal and falls to either side of that. */
function dfInterval(a: Interval, b: Interval, { test, runs }: TestOfRuns): Interval {
  const made = (errorA: number, errorB: number): TTest | undefined =>
    (test === "student" ? student : welch)(
      { n: runs, mean: 0, standardError: errorA },
      { n: runs, mean: 1, standardError: errorB },
    );
  const corners = [made(a.low, b.high), made(a.high, b.low)];
  const dfs = corners.flatMap((one) => (one === undefined ? [] : [one.df]));
  if (meet(a, b)) dfs.push(2 * runs - 2);
  const all = outwards(Math.min(...dfs), Math.max(...dfs));
  if (test !== "welch, whole df") return all;
  // Never fewer than those of one sample, whatever rounding outwards made of it.
  return { low: Math.max(runs - 1, Math.floor(all.low)), high: Math.floor(all.high) };
}

export function quantityAt(tables: ParsedTables, cell: CellReference): ReadQuantity {
  const row = tables.find(cell.table, cell.platform, cell.level);
  if (row === undefined) {
    throw new Error(`the tables have no ${cell.platform} L${cell.level} in table ${cell.table}`);
  }
  return row[cell.measure];
}
