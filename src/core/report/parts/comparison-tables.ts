import type { Analysis, Cell, Comparison, OtherTests } from "../../analysis/analysis.ts";
import { METRIC_IDS, METRICS, type Metric } from "../../base/metrics.ts";
import { significant } from "../../base/units.ts";
import {
  type ColumnOf,
  figures,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import { intervalText, pText } from "../../document/figure-text.ts";
import { adjustedNote, type Behind, CONDITION, JUDGED, WORKLOAD } from "./columns.ts";

/** Levels against levels, with everything that decides a verdict. */
export function comparisonSection({ cells, comparisons }: Analysis, of: Behind): Section | undefined {
  const choice = columnChoice(cells, of);
  return section(
    "comparisons",
    "What each layer costs, with its uncertainty",
    METRIC_IDS.flatMap((metric) => [
      comparisonTable(metric, comparisons, choice),
      methodsTable(metric, comparisons, choice),
    ]),
  );
}

/** Every comparison of one metric: ratio, interval, adjusted p, verdict and its reason. */
export function comparisonTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  choice: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(own, {
    id: `comparisons-${metric}`,
    title: `${titleOf(metric)}: each level against those below`,
    columns: [...seriesColumns(choice), ...JUDGED],
    of: choice.of,
    footnotes:
      own.length === 0
        ? []
        : [adjustedNote(own, "comparisons"), ...new Set(own.flatMap((one) => one.estimate.warnings))],
  });
}

/** These comparisons by other methods, so that nobody has to trust one. */
export function methodsTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  choice: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(own, {
    id: `methods-${metric}`,
    title: `${titleOf(metric)}: the same ratios by other methods`,
    columns: [
      ...seriesColumns(choice),
      ...(own.some(({ tests }) => tests.kind === "within boots") ? WITHIN_BOOTS : []),
      own.some(({ tests }) => tests.kind === "within boots" && tests.lag1 !== undefined) ? LAG_1 : undefined,
      ...(own.some(({ tests }) => tests.kind === "unrelated") ? UNRELATED : []),
      figures("Fieller", fiellerText),
      figures("Hedges' g", ({ hedges }) => (hedges === undefined ? undefined : significant(hedges.g, 3))),
      figures("p (equivalence)", ({ equivalence }) => pText(equivalence.p)),
    ],
    of: choice.of,
    footnotes: [...new Set(own.flatMap(({ tests }) => signFlipNote(tests)))],
  });
}

const WITHIN_BOOTS: readonly ColumnOf<Comparison>[] = [
  figures("own spread alone", ({ tests }) =>
    tests.kind === "within boots" ? intervalText(tests.paired) : undefined,
  ),
  figures("p (paired t)", ({ tests }) => (tests.kind === "within boots" ? pText(tests.paired.p) : undefined)),
  figures("p (sign flip)", ({ tests }) =>
    tests.kind === "within boots" && tests.signFlip.kind === "exact" ? pText(tests.signFlip.p) : undefined,
  ),
];

const LAG_1: ColumnOf<Comparison> = figures("lag-1 of boots", ({ tests }) =>
  tests.kind === "within boots" && tests.lag1 !== undefined ? significant(tests.lag1, 2) : undefined,
);

const UNRELATED: readonly ColumnOf<Comparison>[] = [
  figures("t (Welch)", ({ tests }) => welchText(tests, "t")),
  figures("df", ({ tests }) => welchText(tests, "df")),
  figures("p (Welch)", ({ tests }) => (tests.kind === "unrelated" ? pText(tests.welch?.p) : undefined)),
];

function welchText(tests: OtherTests, figure: "t" | "df"): string | undefined {
  return tests.kind === "unrelated" && tests.welch !== undefined
    ? significant(tests.welch[figure], 3)
    : undefined;
}

/** Why there is none, or how little it can say: its p has a floor that few boots cannot get below. */
function signFlipNote(tests: OtherTests): readonly string[] {
  if (tests.kind === "unrelated") return [];
  const { paired, signFlip } = tests;
  if (signFlip.kind === "not-made") return [`no sign flip test: ${signFlip.reason}`];
  return signFlip.smallestP <= 0.05
    ? []
    : [
        `with ${paired.boots} boot(s) the sign flip test can give no p below ${significant(signFlip.smallestP, 2)}, however large the difference`,
      ];
}

function titleOf(metric: Metric): string {
  const { name } = METRICS[metric];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

export type Dimensions = Pick<Cell, "platform" | "resources" | "condition">;

/** Which of a comparison's dimensions need a column: those that differ within the report. */
export interface ColumnChoice extends Readonly<Record<keyof Dimensions, "shown" | "same">> {
  readonly of: Behind;
}

export function columnChoice(cells: readonly Dimensions[], of: Behind): ColumnChoice {
  const shown = (name: keyof Dimensions) =>
    new Set(cells.map((cell) => cell[name])).size > 1 ? "shown" : "same";
  return { platform: shown("platform"), resources: shown("resources"), condition: shown("condition"), of };
}

function seriesColumns(choice: ColumnChoice) {
  return [
    WORKLOAD,
    choice.platform === "shown" ? words<Comparison>("platform", ({ platform }) => platform) : undefined,
    choice.resources === "shown" ? words<Comparison>("resources", ({ resources }) => resources) : undefined,
    choice.condition === "shown" ? CONDITION : undefined,
    words<Comparison>("levels", ({ level, to }) => `L${level} to L${to}`),
  ];
}

/** Fieller's set; where it is no interval it says so instead of hiding it. */
function fiellerText({ fieller }: Comparison): string {
  switch (fieller.kind) {
    case "bounded":
      return `${significant(fieller.low, 4)} to ${significant(fieller.high, 4)}`;
    case "exclusive":
      if (fieller.below === Number.NEGATIVE_INFINITY) return `from ${significant(fieller.above, 4)}`;
      if (fieller.above === Number.POSITIVE_INFINITY) return `up to ${significant(fieller.below, 4)}`;
      return `outside ${significant(fieller.below, 4)} to ${significant(fieller.above, 4)}`;
    case "unbounded":
      return "unbounded";
  }
}
