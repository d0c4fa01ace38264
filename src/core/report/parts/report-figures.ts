import type { Cell, Comparison } from "../../analysis/analysis.ts";
import { METRIC_IDS, METRICS, type Metric } from "../../base/metrics.ts";
import { optional } from "../../base/optional.ts";
import { significant } from "../../base/units.ts";
import type { Bar, BarFigure, BarPanel, RatioFigure, RatioRow } from "../../document/figure.ts";
import { ratioText } from "../../document/figure-text.ts";
import type { Judged } from "../../stats/families.ts";
import type { RatioEstimate } from "../../stats/ratio.ts";
import type { Behind } from "./columns.ts";
import type { Dimensions } from "./comparison-tables.ts";

/** Whether a report is of several platforms, so that each figure must say whose it is. */
export type Platforms = "one" | "several";

/** What a figure of a report has beside what it draws. */
export interface FigureFrame {
  readonly id: string;
  readonly title: string;
  readonly label: string | undefined;
  readonly of: Behind;
}

/** The study's figures 2 to 16: throughput and response time by level and platform, side by side. */
export function resultFigure(
  frame: FigureFrame,
  cells: readonly Cell[],
  metrics: readonly Metric[] = METRIC_IDS,
): BarFigure {
  const there = metrics.filter((metric) => cells.some((cell) => cell[metric] !== undefined));
  const panels = there.map(
    (metric): BarPanel => ({
      ...panelOf(metric),
      bars: cells.flatMap((cell) => barsOf(cell, metric, cell.condition ?? cell.platform, frame.of)),
    }),
  );
  const alt = panels
    .map(
      (panel) =>
        `${panel.title} in ${panel.unit}: ${panel.bars.map((bar) => `${bar.platform} ${bar.level} ${significant(bar.value, 4)}`).join(", ")}`,
    )
    .join(". ");
  const { id, title, label } = frame;
  return { kind: "bars", id, title, alt: `${alt}.`, ...optional({ label }), panels };
}

export function panelOf(metric: Metric): Omit<BarPanel, "bars"> {
  const { title, unit, better } = METRICS[metric];
  return { title, unit, better };
}

/** The mean over boots in the unit of the picture; no bar where the workload has no such metric. */
export function barsOf(cell: Cell, metric: Metric, platform: string, of: Behind): readonly Bar[] {
  const { factor } = METRICS[metric];
  const quantity = cell[metric];
  if (quantity === undefined) return [];
  const { estimate, perBoot } = quantity;
  return [
    {
      platform,
      level: `L${cell.level}`,
      value: estimate.mean * factor,
      standardError: estimate.standardError === undefined ? undefined : estimate.standardError * factor,
      points: perBoot.map((value) => value * factor),
      ...optional({ of: of(cell) }),
    },
  ];
}

/** Levels against levels with their intervals: what a reader should look at first. */
export function ratioFigure(
  { id, title, label, of }: FigureFrame,
  comparisons: readonly Comparison[],
  margin: number,
): RatioFigure {
  const platforms = new Set(comparisons.map((one) => one.platform)).size > 1 ? "several" : "one";
  const alt = comparisons.map(
    (one) =>
      `${barName(one, platforms)} L${one.level} to L${one.to}: ${ratioText(one.estimate)}, ${one.verdict.kind}`,
  );
  return {
    kind: "ratios",
    id,
    title,
    alt: `${alt.join("; ")}.`,
    ...optional({ label }),
    axis: "throughput relative to the other level",
    margin,
    rows: comparisons.map(
      (one): RatioRow => ({
        group: groupName(one, platforms),
        name: `L${one.level} to L${one.to}`,
        ...ratioOf(one),
        ...optional({ of: of(one) }),
      }),
    ),
  };
}

/** What a row of ratios draws; a ratio without an interval has no ends. */
export function ratioOf({
  estimate,
  verdict,
}: Pick<Judged, "verdict"> & { readonly estimate: RatioEstimate }) {
  const bounded = estimate.standardError !== undefined;
  return {
    ratio: estimate.ratio,
    low: bounded ? estimate.low : undefined,
    high: bounded ? estimate.high : undefined,
    verdict: verdict.kind,
  };
}

function groupName({ platform, resources, condition, workload }: Comparison, platforms: Platforms): string {
  if (platforms === "one") return condition ?? workload;
  return `${platform}, ${condition ?? resources}`;
}

/** What tells the bars of a figure apart beside their level. */
function barName({ platform, condition }: Dimensions, platforms: Platforms): string {
  if (condition === undefined) return platform;
  return platforms === "one" ? condition : `${platform}, ${condition}`;
}
