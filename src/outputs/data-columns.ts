import type { Cell, Quantity } from "../core/analysis/analysis.ts";
import { HEADLINE, METRIC_IDS, METRICS, type Metric } from "../core/base/metrics.ts";
import { originOf, type Report, type TrialRow } from "../core/report/parts/report.ts";
import { doubtsText } from "../core/trial/doubts.ts";

/** A column of a file for programs, and what it says of one entry: undefined where there is no such value. */
export interface DataColumn<Entry> {
  /** With the unit. */
  readonly name: string;
  /** A level is a whole number, which text shows as `L1`. */
  readonly type: "text" | "count" | "level" | "figure";
  readonly value: (entry: Entry) => string | number | undefined;
}

/** In the report of a group its platform says which run an entry is of. */
export interface Placed {
  readonly platform?: string;
}

/** An entry of a report, with the run that it is of and what that stands on. */
export type Data<Entry> = Entry & ReturnType<typeof originOf>;

export function withOrigin<Entry extends Placed>(report: Report, entry: Entry): Data<Entry> {
  return { ...entry, ...originOf(report, entry.platform) };
}

/** The first columns of every file. */
export const ORIGIN: readonly DataColumn<Data<unknown>>[] = [
  { name: "run", type: "text", value: ({ run }) => run },
  { name: "hardware", type: "text", value: ({ hardware }) => hardware },
  { name: "timing", type: "text", value: ({ timing }) => timing },
];

/** What tells the cells and comparisons of a report apart beside their level. */
export const SERIES: readonly DataColumn<Pick<Cell, "workload" | "resources" | "platform" | "condition">>[] =
  [
    { name: "workload", type: "text", value: ({ workload }) => workload },
    { name: "resources", type: "text", value: ({ resources }) => resources },
    { name: "platform", type: "text", value: ({ platform }) => platform },
    { name: "condition", type: "text", value: ({ condition }) => condition },
  ];

/** The columns of the published tables, with the number of boots. */
export const CELL_COLUMNS: readonly DataColumn<Data<Cell>>[] = [
  ...ORIGIN,
  ...SERIES,
  { name: "level", type: "level", value: ({ level }) => level },
  { name: "boots", type: "count", value: (cell) => cell[HEADLINE].estimate.n },
  ...METRIC_IDS.flatMap(quantityColumns),
];

function quantityColumns(metric: Metric): readonly DataColumn<Cell>[] {
  const { base } = METRICS[metric];
  const column = (own: string, value: (quantity: Quantity) => number | undefined): DataColumn<Cell> => ({
    name: `${metric}_${own}`,
    type: "figure",
    value: (cell) => cell[metric] && value(cell[metric]),
  });
  return [
    column(base, ({ estimate }) => estimate.mean),
    column("change_from_previous_level", ({ changeFromPreviousLevel }) => changeFromPreviousLevel),
    column(`stderr_${base}`, ({ estimate }) => estimate.standardError),
    column("ratio_to_l0", ({ ratioToL0 }) => ratioToL0),
  ];
}

export const TRIAL_COLUMNS: readonly DataColumn<Data<TrialRow>>[] = [
  ...ORIGIN,
  { name: "trial", type: "text", value: ({ trial }) => trial.id },
  { name: "boot", type: "count", value: ({ trial }) => trial.boot },
  { name: "condition", type: "count", value: ({ trial }) => trial.condition },
  { name: "bring_up", type: "count", value: ({ bringUp }) => bringUp },
  { name: "direction", type: "text", value: ({ trial }) => trial.direction },
  { name: "level", type: "level", value: ({ trial }) => trial.level },
  { name: "workload", type: "text", value: ({ trial }) => trial.workload },
  ...METRIC_IDS.map(
    (metric): DataColumn<TrialRow> => ({
      name: `${metric}_${METRICS[metric].base}`,
      type: "figure",
      value: ({ reading }) => reading?.metrics[metric],
    }),
  ),
  { name: "problem", type: "text", value: ({ problem }) => problem?.what },
  { name: "doubts", type: "text", value: ({ doubts }) => doubtsText(doubts) || undefined },
];
