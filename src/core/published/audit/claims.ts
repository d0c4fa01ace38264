import { METRICS } from "../../base/metrics.ts";
import type {
  CellReference,
  Claim,
  Interpretation,
  Measure,
  Predicate,
  Series,
  Transition,
} from "../published.ts";
import {
  absolute,
  exactly,
  type Interval,
  intervalText,
  meet,
  over,
  percentChange,
  times,
} from "./interval.ts";
import { pInterval, quantityAt, type TestOfRuns } from "./p-values.ts";
import type { ParsedTables } from "./parsed-tables.ts";
import { type PrintedNumber, printedNumber } from "./printed-number.ts";

/** One comparison of cells that a claim rests on. */
export interface CellCheck {
  /** Such as `table 10, x86_64, response L1 to L2: +12.27 to +12.28%`. */
  readonly what: string;
  /** Whether some reals that round to the printed numbers make it true. */
  readonly holds: boolean;
}

export interface ReadingCheck {
  readonly reading: Interpretation;
  readonly comparisons: readonly CellCheck[];
  readonly holds: boolean;
}

/**
 * `holds`: its plain reading holds. `holds if`: another reading that its words allow holds. `undecided`: it needs the
 * number of runs, which is not known.
 */
export interface ClaimCheck {
  readonly claim: Claim;
  readonly status: "holds" | "holds if" | "does not hold" | "undecided";
  readonly readings: readonly ReadingCheck[];
}

/** Judges every claim; t-tests are made in each of the given ways, and one that agrees with the claim is enough. */
export function checkClaims(
  claims: readonly Claim[],
  tables: ParsedTables,
  ways: readonly TestOfRuns[],
): readonly ClaimCheck[] {
  return claims.map((claim) => {
    const readings = claim.readings.map((reading) => checkReading(reading, { tables, ways }));
    const undecided = readings.some(({ comparisons }) => comparisons.length === 0);
    const first = readings.findIndex(({ holds }) => holds);
    const status = undecided ? "undecided" : first < 0 ? "does not hold" : first === 0 ? "holds" : "holds if";
    return { claim, status, readings };
  });
}

interface Evidence {
  readonly tables: ParsedTables;
  readonly ways: readonly TestOfRuns[];
}

function checkReading(reading: Interpretation, evidence: Evidence): ReadingCheck {
  const comparisons = reading.predicates.flatMap((predicate) => compare(predicate, evidence));
  const held = comparisons.filter(({ holds }) => holds).length;
  const needed = reading.scope === "every" ? comparisons.length : Math.floor(comparisons.length / 2) + 1;
  return { reading, comparisons, holds: comparisons.length > 0 && held >= needed };
}

function compare<Kind extends Predicate["kind"]>(
  predicate: Predicate<Kind>,
  evidence: Evidence,
): readonly CellCheck[] {
  return COMPARISONS[predicate.kind](predicate, evidence);
}

const COMPARISONS: {
  readonly [Kind in Predicate["kind"]]: (
    predicate: Predicate<Kind>,
    evidence: Evidence,
  ) => readonly CellCheck[];
} = {
  outperforms,
  moves,
  "smaller-in": smallerIn,
  "changes-less": changesLess,
  within,
  "ratio-is": ratio,
  "ratio-above": ratio,
  "advantage-range": advantageRange,
  "change-range": changeRange,
  "not-significant": notSignificant,
};

function outperforms(predicate: Predicate<"outperforms">, { tables }: Evidence): readonly CellCheck[] {
  const { platform, other, levels, measures } = predicate;
  return triples(predicate.tables, levels, measures).map(([table, level, measure]) => {
    const mine = meanAt(tables, { table, platform, level, measure });
    const others = meanAt(tables, { table, platform: other, level, measure });
    const [more, less] = METRICS[measure].better === "higher" ? [mine, others] : [others, mine];
    return {
      what: `table ${table}, ${measure} at L${level}: ${platform} ${mine.text}, ${other} ${others.text}`,
      holds: mayExceed(more.interval, less.interval),
    };
  });
}

function moves(predicate: Predicate<"moves">, { tables }: Evidence): readonly CellCheck[] {
  const { direction, platforms, steps, measure } = predicate;
  return triples(predicate.tables, platforms, steps).map(([table, platform, step]) => {
    const { from, to, what } = stepAt(tables, { table, platform }, step, measure);
    const [more, less] = direction === "up" ? [to, from] : [from, to];
    return { what, holds: mayExceed(more.interval, less.interval) };
  });
}

function smallerIn(predicate: Predicate<"smaller-in">, { tables }: Evidence): readonly CellCheck[] {
  const { column, table, other, platforms, levels, measures } = predicate;
  return triples(platforms, levels, measures).map(([platform, level, measure]) => {
    const here = quantityAt(tables, { table, platform, level, measure })[column];
    const there = quantityAt(tables, { table: other, platform, level, measure })[column];
    if (here === undefined || there === undefined) throw new Error(`no ${column} to compare`);
    const named = column === "mean" ? measure : `standard error of ${measure}`;
    return {
      what: `${platform} L${level}, ${named}: ${there.text} in table ${other}, ${here.text} in table ${table}`,
      holds: mayExceed(there.interval, here.interval),
    };
  });
}

function changesLess(
  { series, than, steps, measures }: Predicate<"changes-less">,
  { tables }: Evidence,
): readonly CellCheck[] {
  return pairs(steps, measures).map(([step, measure]) => {
    const [less, more] = [stepAt(tables, series, step, measure), stepAt(tables, than, step, measure)];
    return {
      what: `${less.what}; ${more.what}`,
      holds: mayExceed(absolute(more.change), absolute(less.change)),
    };
  });
}

function within(predicate: Predicate<"within">, { tables }: Evidence): readonly CellCheck[] {
  const { limit, platforms, steps, measures } = predicate;
  const most = numberOf(limit).value;
  return triples(predicate.tables, platforms, steps).flatMap(([table, platform, step]) =>
    measures.map((measure) => {
      const { change, what } = stepAt(tables, { table, platform }, step, measure);
      return { what, holds: absolute(change).low <= most };
    }),
  );
}

function ratio(
  { kind, of, to, value }: Predicate<"ratio-is" | "ratio-above">,
  { tables }: Evidence,
): readonly CellCheck[] {
  const [part, whole] = [meanAt(tables, of), meanAt(tables, to)];
  const found = over(part.interval, whole.interval);
  const stated = numberOf(value);
  const what = `${cellText(of)} ${part.text}, ${cellText(to)} ${whole.text}: ratio ${intervalText(found)}`;
  return [{ what, holds: kind === "ratio-is" ? meet(found, stated.interval) : found.high > stated.value }];
}

function advantageRange(predicate: Predicate<"advantage-range">, { tables }: Evidence): readonly CellCheck[] {
  const { platform, other, levels, measure, least, most } = predicate;
  const advantages = pairs(predicate.tables, levels).map(([table, level]) => {
    const mine = meanAt(tables, { table, platform, level, measure }).interval;
    const others = meanAt(tables, { table, platform: other, level, measure }).interval;
    const more = percentChange(others, mine);
    const percent = METRICS[measure].better === "higher" ? more : times(more, exactly(-1));
    return { where: `table ${table} at L${level}`, percent };
  });
  return range(`${platform} over ${other} in ${measure}`, advantages, least, most);
}

function changeRange(
  { series, steps, measure, least, most }: Predicate<"change-range">,
  { tables }: Evidence,
): readonly CellCheck[] {
  const changes = steps.map((step) => ({
    where: `L${step[0]} to L${step[1]}`,
    percent: stepAt(tables, series, step, measure).change,
  }));
  return range(`table ${series.table}, ${series.platform}, ${measure}`, changes, least, most);
}

/** Whether the least and the most of some percentages round to what is stated. */
function range(
  what: string,
  found: readonly { readonly where: string; readonly percent: Interval }[],
  least: string,
  most: string,
): readonly CellCheck[] {
  const end = (name: string, stated: string, pick: (...values: number[]) => number) => {
    // The least of numbers in intervals lies between the least of the low and the least of the high ends.
    const reached = {
      low: pick(...found.map(({ percent }) => percent.low)),
      high: pick(...found.map(({ percent }) => percent.high)),
    };
    const where = found.find(({ percent }) => meet(percent, reached))?.where ?? "";
    return {
      what: `${what}: ${name} ${intervalText(reached)}% (${where}), stated ${stated}`,
      holds: meet(reached, numberOf(stated).interval),
    };
  };
  return [end("least", least, Math.min), end("most", most, Math.max)];
}

function notSignificant(
  { series, steps, measures, alpha }: Predicate<"not-significant">,
  { tables, ways }: Evidence,
): readonly CellCheck[] {
  const limit = numberOf(alpha).value;
  return pairs(steps, measures).flatMap(([step, measure]) => {
    const [a, b] = endsOf(tables, series, step, measure);
    const found = ways.flatMap((way) => pInterval(a, b, way) ?? []);
    if (found.length === 0) return [];
    const p = {
      low: Math.min(...found.map(({ low }) => low)),
      high: Math.max(...found.map(({ high }) => high)),
    };
    return [{ what: `${stepName(series, step, measure)}: p ${intervalText(p)}`, holds: p.high > limit }];
  });
}

/** Throws where a claim is of a cell that is not printed: references are checked before they ship. */
function meanAt(tables: ParsedTables, cell: CellReference): PrintedNumber {
  const { mean } = quantityAt(tables, cell);
  if (mean === undefined) throw new Error(`the tables print no mean: ${cellText(cell)}`);
  return mean;
}

/** Both ends of a step, with the relative change in percent. */
function stepAt(tables: ParsedTables, series: Series, step: Transition, measure: Measure) {
  const at = (level: number) => meanAt(tables, { ...series, level, measure });
  const [from, to] = [at(step[0]), at(step[1])];
  const change = percentChange(from.interval, to.interval);
  const what = `${stepName(series, step, measure)}: ${from.text} to ${to.text}, ${intervalText(change, "signed")}%`;
  return { from, to, change, what };
}

function endsOf(tables: ParsedTables, series: Series, [from, to]: Transition, measure: Measure) {
  const at = (level: number) => quantityAt(tables, { ...series, level, measure });
  return [at(from), at(to)] as const;
}

function stepName({ table, platform }: Series, [from, to]: Transition, measure: Measure): string {
  return `table ${table}, ${platform}, ${measure} L${from} to L${to}`;
}

function cellText({ table, platform, level, measure }: CellReference): string {
  return `table ${table}, ${platform} L${level}, ${measure}`;
}

/** Whether some real of the one is above some real of the other. */
function mayExceed(more: Interval, less: Interval): boolean {
  return more.high > less.low;
}

function numberOf(text: string): PrintedNumber {
  const read = printedNumber(text);
  if (read === undefined) throw new Error(`a claim states no number: ${text}`);
  return read;
}

/** Every combination, the last list fastest. */
function triples<A, B, C>(as: readonly A[], bs: readonly B[], cs: readonly C[]): readonly [A, B, C][] {
  return as.flatMap((a) => pairs(bs, cs).map(([b, c]): [A, B, C] => [a, b, c]));
}

function pairs<A, B>(as: readonly A[], bs: readonly B[]): readonly [A, B][] {
  return as.flatMap((a) => bs.map((b): [A, B] => [a, b]));
}
