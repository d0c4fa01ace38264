import type { Cell, Comparison, Metric } from "./analysis.ts";
import { figures, type Table, table, words } from "./document.ts";
import { intervalText, pText } from "./figure-text.ts";
import { significant } from "./units.ts";

/** Every comparison of one metric: ratio, interval, adjusted p, verdict and its reason. */
export function comparisonTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  titles: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(
    `comparisons-${metric}`,
    metric === "throughput"
      ? "Throughput: each level against those below"
      : "Mean response time: each level against those below",
    [
      words("workload"),
      ...seriesColumns(titles),
      words("levels"),
      figures("ratio"),
      figures("95% interval"),
      figures("p (Holm)"),
      words("verdict"),
      words("because"),
    ],
    own.map((one) => [
      one.workload,
      ...seriesCells(titles, one),
      `L${one.level} to L${one.to}`,
      significant(one.estimate.ratio, 4),
      intervalText(one.estimate),
      pText(one.holmP),
      one.verdict.kind,
      one.verdict.reason,
    ]),
    own.length === 0
      ? []
      : [
          `p is adjusted over the ${own.filter((one) => one.holmP !== undefined).length} comparisons of this table (Holm). It is not the probability that two levels are equal.`,
          ...new Set(own.flatMap((one) => one.estimate.warnings)),
        ],
  );
}

/** The same comparisons by other methods, so that nobody has to trust one. */
export function methodsTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  titles: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(
    `methods-${metric}`,
    `${metric === "throughput" ? "Throughput" : "Mean response time"}: the same ratios by other methods`,
    [
      words("workload"),
      ...seriesColumns(titles),
      words("levels"),
      figures("boots unrelated"),
      figures("Fieller"),
      figures("t (Welch)"),
      figures("df"),
      figures("p"),
      figures("p (permutation)"),
      figures("Hedges' g"),
      figures("p (equivalence)"),
    ],
    own.map((one) => [
      one.workload,
      ...seriesCells(titles, one),
      `L${one.level} to L${one.to}`,
      one.unpaired === undefined ? "--" : intervalText(one.unpaired),
      fiellerText(one),
      one.test === undefined ? "--" : significant(one.test.t, 3),
      one.test === undefined ? "--" : significant(one.test.df, 3),
      pText(one.test?.p),
      one.permutation.kind === "exact" ? pText(one.permutation.p) : "--",
      one.hedges === undefined ? "--" : significant(one.hedges.g, 3),
      pText(one.equivalence.p),
    ]),
    [...new Set(own.flatMap((one) => (one.permutation.kind === "exact" ? [] : [one.permutation.reason])))],
  );
}

export type Dimensions = Pick<Cell, "platform" | "resources" | "condition">;

/** Which of a comparison's dimensions need a column: those that differ within the report. */
export interface ColumnChoice {
  readonly platform: "shown" | "same";
  readonly resources: "shown" | "same";
  readonly condition: "shown" | "same";
}

export function columnChoice(cells: readonly Dimensions[]): ColumnChoice {
  const shown = (values: readonly (string | undefined)[]) => (new Set(values).size > 1 ? "shown" : "same");
  return {
    platform: shown(cells.map((cell) => cell.platform)),
    resources: shown(cells.map((cell) => cell.resources)),
    condition: shown(cells.map((cell) => cell.condition)),
  };
}

function seriesColumns(choice: ColumnChoice) {
  return [
    ...(choice.platform === "shown" ? [words("platform")] : []),
    ...(choice.resources === "shown" ? [words("resources")] : []),
    ...(choice.condition === "shown" ? [words("condition")] : []),
  ];
}

function seriesCells(choice: ColumnChoice, one: Dimensions): readonly string[] {
  return [
    ...(choice.platform === "shown" ? [one.platform] : []),
    ...(choice.resources === "shown" ? [one.resources] : []),
    ...(choice.condition === "shown" ? [one.condition ?? "--"] : []),
  ];
}

/** Fieller's set; where it is no interval it says so instead of hiding it. */
function fiellerText({ fieller }: Comparison): string {
  switch (fieller.kind) {
    case "bounded":
      return `${significant(fieller.low, 4)} to ${significant(fieller.high, 4)}`;
    case "exclusive":
      return `outside ${significant(fieller.below, 4)} to ${significant(fieller.above, 4)}`;
    case "unbounded":
      return "unbounded";
  }
}
