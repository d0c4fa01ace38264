import type { Cell, Comparison, Metric } from "./analysis.ts";
import type { Platforms } from "./answers.ts";
import type { Dimensions } from "./comparison-tables.ts";
import type { BarFigure, BarPanel, RatioFigure, RatioRow } from "./figure.ts";
import { ratioText } from "./figure-text.ts";
import { labelled } from "./report.ts";
import { significant } from "./units.ts";

/** The study's figures 2 to 16: throughput and response time by level and platform, side by side. */
export function resultFigure(
  id: string,
  title: string,
  cells: readonly Cell[],
  metrics: readonly Metric[],
  label: string | undefined,
): BarFigure {
  const panels = metrics.map((metric): BarPanel => {
    const factor = metric === "throughput" ? 1 : 1000;
    return {
      title: metric === "throughput" ? "Transactional throughput" : "Mean response time",
      unit: metric === "throughput" ? "transactions/s" : "ms",
      better: metric === "throughput" ? "higher" : "lower",
      bars: cells.map((cell) => ({
        platform: cell.condition ?? cell.platform,
        level: `L${cell.level}`,
        value: cell[metric].estimate.mean * factor,
        standardError: scaled(cell[metric].estimate.standardError, factor),
        points: cell[metric].perBoot.map((value) => value * factor),
      })),
    };
  });
  const alt = panels
    .map(
      (panel) =>
        `${panel.title} in ${panel.unit}: ${panel.bars.map((bar) => `${bar.platform} ${bar.level} ${significant(bar.value, 4)}`).join(", ")}`,
    )
    .join(". ");
  return { kind: "bars", id, title, alt: `${alt}.`, ...labelled(label), panels };
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Levels against levels with their intervals: what a reader should look at first. */
export function ratioFigure(
  id: string,
  title: string,
  comparisons: readonly Comparison[],
  margin: number,
  label: string | undefined,
): RatioFigure {
  const platforms = new Set(comparisons.map((one) => one.platform));
  const rows = comparisons.map((one): RatioRow => {
    const bounded = one.estimate.standardError !== undefined;
    return {
      group: groupName(one, platforms.size > 1 ? "several" : "one"),
      name: `L${one.level} to L${one.to}`,
      ratio: one.estimate.ratio,
      low: bounded ? one.estimate.low : undefined,
      high: bounded ? one.estimate.high : undefined,
      verdict: one.verdict.kind,
    };
  });
  const alt = comparisons
    .map(
      (one) =>
        `${barName(one, platforms.size > 1 ? "several" : "one")} L${one.level} to L${one.to}: ${ratioText(one.estimate)}, ${one.verdict.kind}`,
    )
    .join("; ");
  return {
    kind: "ratios",
    id,
    title,
    alt: `${alt}.`,
    ...labelled(label),
    axis: "throughput relative to the other level",
    margin,
    rows,
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
