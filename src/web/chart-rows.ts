import { type Analysis, type Cell, sameTopic } from "../core/analysis/analysis.ts";
import { CONFIDENCE } from "../core/analysis/within-boots.ts";
import { HEADLINE, METRICS } from "../core/base/metrics.ts";
import { optional } from "../core/base/optional.ts";
import { tQuantile } from "../core/stats/t-distribution.ts";
import type { Verdict } from "../core/stats/verdict.ts";
import type { View } from "./view.ts";

/** One level of one series of a workload, in the quantity that the view asks for. */
export interface ChartRow {
  readonly series: string;
  /** Whose trials are behind it; absent where they cannot be looked at. */
  readonly run?: string;
  readonly level: number;
  /** The level it is divided by; absent for the quantity itself. */
  readonly to?: number;
  /** Per second, ms, or a ratio. */
  readonly value: number;
  /** Ends of the 95% interval; absent where there is none. */
  readonly low?: number;
  readonly high?: number;
  readonly points: readonly ChartPoint[];
  readonly verdict?: Verdict;
  readonly doubted: number;
}

export interface ChartPoint {
  readonly boot: number;
  readonly value: number;
  /** A trial's name, where the point is one; else it is its boot. */
  readonly trial?: string;
  /** It was not there when the reader last looked. */
  readonly fresh?: boolean;
}

/** Something that cells come from: a run under its policy, or a published study. */
export interface ChartSource {
  /** Stands with each of its series where there are several sources. */
  readonly name: string;
  /** Absent for a published study. */
  readonly run?: string;
  readonly analysis: Analysis;
  /** CPUs that a workload can use; undefined where that is not known. */
  readonly cpusOf: (cell: Cell) => number | undefined;
}

/** A row for each level; of a ratio, for each but the lowest. */
export function chartRows(
  source: ChartSource,
  workload: string,
  view: View,
  several: boolean,
): readonly ChartRow[] {
  const { analysis, name, run } = source;
  const cells = analysis.cells.filter((cell) => cell.workload === workload);
  const distinct = (of: (cell: Cell) => string | undefined) => new Set(analysis.cells.map(of)).size > 1;
  const parts: readonly ((cell: Cell) => string | undefined)[] = [
    ...(several ? [() => name] : []),
    ...(distinct(({ platform }) => platform) ? [({ platform }: Cell) => platform] : []),
    ...(several || distinct(({ resources }) => resources) ? [({ resources }: Cell) => resources] : []),
    ({ condition }) => condition,
  ];
  const seriesOf = (cell: Cell) => parts.flatMap((part) => part(cell) ?? []).join(", ");
  return cells.flatMap((cell): readonly ChartRow[] => {
    const common = { series: seriesOf(cell), ...optional({ run }) };
    const rows = view.relative === "none" ? ownRows : relativeRows;
    return rows(source, cell, view).map((row) => ({ ...common, ...row }));
  });
}

type Row = Omit<ChartRow, "series" | "run">;

/** The mean over boots with Student's interval. */
function ownRows(source: ChartSource, cell: Cell, view: View): readonly Row[] {
  const quantity = cell[view.metric];
  if (quantity === undefined) return [];
  const { estimate, perBoot, boots } = quantity;
  const scale = METRICS[view.metric].factor / cpus(source, cell, view);
  const { mean, standardError, n } = estimate;
  const half =
    standardError === undefined ? undefined : tQuantile((1 + CONFIDENCE) / 2, n - 1) * standardError;
  return [
    {
      level: cell.level,
      value: mean * scale,
      ...(half === undefined ? {} : { low: (mean - half) * scale, high: (mean + half) * scale }),
      points: perBoot.map((value, at) => ({ boot: boots[at] ?? 0, value: value * scale })),
      doubted: cell.doubted,
    },
  ];
}

/** The ratio with its interval and verdict, and the ratio within each boot that measured both. */
function relativeRows(source: ChartSource, cell: Cell, view: View): readonly Row[] {
  const to = view.relative === "L0" ? 0 : cell.level - 1;
  const { analysis } = source;
  const found = analysis.comparisons.find(
    (one) => sameTopic(one, cell) && one.metric === view.metric && one.level === cell.level && one.to === to,
  );
  const base = analysis.cells.find((other) => other.level === to && sameTopic(other, cell));
  const [quantity, under] = [cell[view.metric], base?.[view.metric]];
  if (found === undefined || base === undefined || quantity === undefined || under === undefined) return [];
  const scale = cpus(source, base, view) / cpus(source, cell, view);
  const { ratio, low, high, standardError } = found.estimate;
  const below = new Map(under.boots.map((boot, at) => [boot, under.geometric[at]]));
  return [
    {
      level: cell.level,
      to,
      value: ratio * scale,
      ...(standardError === undefined ? {} : { low: low * scale, high: high * scale }),
      points: quantity.boots.flatMap((boot, at) => {
        const [own, other] = [quantity.geometric[at], below.get(boot)];
        return own === undefined || other === undefined ? [] : [{ boot, value: (own / other) * scale }];
      }),
      // A verdict is of the ratio as it was measured; another scale would need another one.
      ...(scale === 1 ? { verdict: found.verdict } : {}),
      doubted: cell.doubted + base.doubted,
    },
  ];
}

/** 1 where the view asks for none, or nobody knows. Only throughput is given out over CPUs. */
function cpus(source: ChartSource, cell: Cell, view: View): number {
  return view.per === "cpu" && view.metric === HEADLINE ? (source.cpusOf(cell) ?? 1) : 1;
}
