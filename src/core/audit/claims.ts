import type { CellReference, Claim, Measure, Predicate, Reading, Series, Step } from "../published.ts";
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
import { type PrintedNumber, printedNumber } from "./printed-number.ts";
import type { ReadTables } from "./readings.ts";

/** One comparison of cells that a claim rests on. */
export interface Comparison {
  /** Such as `table 10, x86_64, response L1 to L2: +12.27 to +12.28%`. */
  readonly what: string;
  /** Whether some reals that round to the printed numbers make it true. */
  readonly holds: boolean;
}

export interface ReadingCheck {
  readonly reading: Reading;
  readonly comparisons: readonly Comparison[];
  readonly holds: boolean;
}

/**
 * `holds`: in its plain reading. `holds if`: in another that its words allow. `undecided`: it needs the number of
 * runs, which is not known.
 */
export interface ClaimCheck {
  readonly claim: Claim;
  readonly status: "holds" | "holds if" | "does not hold" | "undecided";
  readonly readings: readonly ReadingCheck[];
}

/** Judges every claim; t-tests are made in each of the given ways, and one that agrees with the claim is enough. */
export function checkClaims(
  claims: readonly Claim[],
  tables: ReadTables,
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
  readonly tables: ReadTables;
  readonly ways: readonly TestOfRuns[];
}

function checkReading(reading: Reading, evidence: Evidence): ReadingCheck {
  const comparisons = reading.predicates.flatMap((predicate) => compare(predicate, evidence));
  const held = comparisons.filter(({ holds }) => holds).length;
  const needed = reading.scope === "every" ? comparisons.length : Math.floor(comparisons.length / 2) + 1;
  return { reading, comparisons, holds: comparisons.length > 0 && held >= needed };
}

function compare(predicate: Predicate, evidence: Evidence): readonly Comparison[] {
  const { tables } = evidence;
  switch (predicate.kind) {
    case "outperforms":
      return outperforms(predicate, tables);
    case "moves":
      return moves(predicate, tables);
    case "smaller-in":
      return smallerIn(predicate, tables);
    case "changes-less":
      return changesLess(predicate, tables);
    case "within":
      return within(predicate, tables);
    case "ratio-is":
    case "ratio-above":
      return [ratio(predicate, tables)];
    case "advantage-range":
      return advantageRange(predicate, tables);
    case "change-range":
      return changeRange(predicate, tables);
    case "not-significant":
      return notSignificant(predicate, evidence);
  }
}

type Of<Kind extends Predicate["kind"]> = Extract<Predicate, { readonly kind: Kind }>;

function outperforms(predicate: Of<"outperforms">, tables: ReadTables): readonly Comparison[] {
  const { platform, other, levels, measures } = predicate;
  return triples(predicate.tables, levels, measures).map(([table, level, measure]) => {
    const [mine, others] = [platform, other].map((name) =>
      quantityAt(tables, { table, platform: name, level, measure }),
    );
    if (mine === undefined || others === undefined) throw new Error("two platforms have two cells");
    const [more, less] = measure === "throughput" ? [mine, others] : [others, mine];
    return {
      what: `table ${table}, ${measure} at L${level}: ${platform} ${mine.mean.text}, ${other} ${others.mean.text}`,
      holds: mayExceed(more.mean.interval, less.mean.interval),
    };
  });
}

function moves(predicate: Of<"moves">, tables: ReadTables): readonly Comparison[] {
  const { direction, platforms, steps, measure } = predicate;
  return triples(predicate.tables, platforms, steps).map(([table, platform, step]) => {
    const { from, to, what } = stepAt(tables, { table, platform }, step, measure);
    const [more, less] = direction === "up" ? [to, from] : [from, to];
    return { what, holds: mayExceed(more.interval, less.interval) };
  });
}

function smallerIn(predicate: Of<"smaller-in">, tables: ReadTables): readonly Comparison[] {
  const { column, table, than, platforms, levels, measures } = predicate;
  return triples(platforms, levels, measures).map(([platform, level, measure]) => {
    const [here, there] = [table, than].map(
      (name) => quantityAt(tables, { table: name, platform, level, measure })[column],
    );
    if (here === undefined || there === undefined) throw new Error(`no ${column} to compare`);
    const named = column === "mean" ? measure : `standard error of ${measure}`;
    return {
      what: `${platform} L${level}, ${named}: ${there.text} in table ${than}, ${here.text} in table ${table}`,
      holds: mayExceed(there.interval, here.interval),
    };
  });
}

function changesLess(predicate: Of<"changes-less">, tables: ReadTables): readonly Comparison[] {
  const { series, than, steps, measures } = predicate;
  return pairs(steps, measures).map(([step, measure]) => {
    const [less, more] = [stepAt(tables, series, step, measure), stepAt(tables, than, step, measure)];
    return {
      what: `${less.what}; ${more.what}`,
      holds: mayExceed(absolute(more.change), absolute(less.change)),
    };
  });
}

function within(predicate: Of<"within">, tables: ReadTables): readonly Comparison[] {
  const { limit, platforms, steps, measures } = predicate;
  const most = numberOf(limit).value;
  return triples(predicate.tables, platforms, steps).flatMap(([table, platform, step]) =>
    measures.map((measure) => {
      const { change, what } = stepAt(tables, { table, platform }, step, measure);
      return { what, holds: absolute(change).low <= most };
    }),
  );
}

function ratio(predicate: Of<"ratio-is"> | Of<"ratio-above">, tables: ReadTables): Comparison {
  const { of, to, value } = predicate;
  const [part, whole] = [quantityAt(tables, of).mean, quantityAt(tables, to).mean];
  const found = over(part.interval, whole.interval);
  const stated = numberOf(value);
  return {
    what: `${cellText(of)} ${part.text}, ${cellText(to)} ${whole.text}: ratio ${intervalText(found)}`,
    holds: predicate.kind === "ratio-is" ? meet(found, stated.interval) : found.high > stated.value,
  };
}

function advantageRange(predicate: Of<"advantage-range">, tables: ReadTables): readonly Comparison[] {
  const { platform, over: other, levels, measure, least, most } = predicate;
  const advantages = pairs(predicate.tables, levels).map(([table, level]) => {
    const [mine, others] = [platform, other].map(
      (name) => quantityAt(tables, { table, platform: name, level, measure }).mean.interval,
    );
    if (mine === undefined || others === undefined) throw new Error("two platforms have two cells");
    const more = percentChange(others, mine);
    return {
      where: `table ${table} at L${level}`,
      percent: measure === "throughput" ? more : times(more, exactly(-1)),
    };
  });
  return range(`${platform} over ${other} in ${measure}`, advantages, least, most);
}

function changeRange(predicate: Of<"change-range">, tables: ReadTables): readonly Comparison[] {
  const { series, steps, measure, least, most } = predicate;
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
): readonly Comparison[] {
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

function notSignificant(predicate: Of<"not-significant">, { tables, ways }: Evidence): readonly Comparison[] {
  const { series, steps, measures, alpha } = predicate;
  const limit = numberOf(alpha).value;
  return pairs(steps, measures).flatMap(([step, measure]) => {
    const [a, b] = step.map((level) => quantityAt(tables, { ...series, level, measure }));
    if (a === undefined || b === undefined) throw new Error("a step has two ends");
    const found = ways.flatMap((way) => pInterval(a, b, way) ?? []);
    if (found.length === 0) return [];
    const p = {
      low: Math.min(...found.map(({ low }) => low)),
      high: Math.max(...found.map(({ high }) => high)),
    };
    return [
      {
        what: `${stepName(series, step, measure)}: p ${intervalText(p)}`,
        holds: p.high > limit,
      },
    ];
  });
}

interface StepFound {
  readonly from: PrintedNumber;
  readonly to: PrintedNumber;
  /** In percent. */
  readonly change: Interval;
  readonly what: string;
}

function stepAt(tables: ReadTables, series: Series, step: Step, measure: Measure): StepFound {
  const [from, to] = step.map((level) => quantityAt(tables, { ...series, level, measure }).mean);
  if (from === undefined || to === undefined) throw new Error("a step has two ends");
  const change = percentChange(from.interval, to.interval);
  return {
    from,
    to,
    change,
    what: `${stepName(series, step, measure)}: ${from.text} to ${to.text}, ${intervalText(change, "signed")}%`,
  };
}

function stepName({ table, platform }: Series, [from, to]: Step, measure: Measure): string {
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
