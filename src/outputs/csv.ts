import type { Comparison } from "../core/analysis/analysis.ts";
import type { Effect } from "../core/analysis/effects.ts";
import { ok } from "../core/base/problem.ts";
import { allOf } from "../core/report/parts/report.ts";
import type { Judged } from "../core/stats/families.ts";
import type { RatioEstimate } from "../core/stats/ratio.ts";
import { reasonText } from "../core/stats/verdict.ts";
import { csvText } from "./csv-text.ts";
import {
  CELL_COLUMNS,
  type Data,
  type DataColumn,
  ORIGIN,
  type Placed,
  SERIES,
  TRIAL_COLUMNS,
  withOrigin,
} from "./data-columns.ts";
import type { Output, OutputFile } from "./output.ts";

/** The columns of the published tables as data, with the number of boots; full precision, base units in names. */
export const csv: Output = {
  name: "csv",
  about: "tables.csv, comparisons.csv, trials.csv and, of factors, effects.csv at full precision",
  made: "always",
  render: async (report) => {
    const { analysis, effects = [], trials } = report;
    const file = <Entry extends Placed>(
      name: string,
      columns: readonly DataColumn<Data<Entry>>[],
      entries: Iterable<Entry>,
    ): OutputFile => ({
      name,
      content: csvText(
        columns,
        Array.from(entries, (entry) => withOrigin(report, entry)),
      ),
    });
    return ok([
      file("tables.csv", CELL_COLUMNS, analysis.cells),
      file("comparisons.csv", COMPARISON_COLUMNS, analysis.comparisons),
      ...(effects.length === 0 ? [] : [file<Effect & Placed>("effects.csv", EFFECT_COLUMNS, effects)]),
      file("trials.csv", TRIAL_COLUMNS, await allOf(trials)),
    ]);
  },
};

type Estimated = Judged & { readonly estimate: RatioEstimate };

/** An interval that has no end is left empty. */
function bounded(name: string, end: "low" | "high"): DataColumn<Estimated> {
  const value = ({ estimate }: Estimated) =>
    estimate.standardError === undefined ? undefined : estimate[end];
  return { name, type: "figure", value };
}

const RATIO: readonly DataColumn<Estimated>[] = [
  { name: "ratio", type: "figure", value: ({ estimate }) => estimate.ratio },
  bounded("ratio_low", "low"),
  bounded("ratio_high", "high"),
  { name: "confidence", type: "figure", value: ({ estimate }) => estimate.confidence },
  { name: "df", type: "figure", value: ({ estimate }) => estimate.df },
  { name: "p", type: "figure", value: ({ estimate }) => estimate.p },
  { name: "p_bh", type: "figure", value: ({ bhP }) => bhP },
  { name: "p_holm", type: "figure", value: ({ holmP }) => holmP },
];

const VERDICT: readonly DataColumn<Estimated>[] = [
  { name: "verdict", type: "text", value: ({ verdict }) => verdict.kind },
  { name: "reason", type: "text", value: ({ verdict }) => reasonText(verdict) },
];

const COMPARISON_COLUMNS: readonly DataColumn<Data<Comparison>>[] = [
  ...ORIGIN,
  ...SERIES,
  { name: "metric", type: "text", value: ({ metric }) => metric },
  { name: "level", type: "level", value: ({ level }) => level },
  { name: "to_level", type: "level", value: ({ to }) => to },
  ...RATIO,
  {
    name: "p_paired_t",
    type: "figure",
    value: ({ tests }) => (tests.kind === "within boots" ? tests.paired.p : undefined),
  },
  {
    name: "p_sign_flip",
    type: "figure",
    value: ({ tests }) =>
      tests.kind === "within boots" && tests.signFlip.kind === "exact" ? tests.signFlip.p : undefined,
  },
  {
    name: "p_welch_t",
    type: "figure",
    value: ({ tests }) => (tests.kind === "unrelated" ? tests.welch?.p : undefined),
  },
  { name: "hedges_g", type: "figure", value: ({ hedges }) => hedges?.g },
  { name: "p_equivalence", type: "figure", value: ({ equivalence }) => equivalence.p },
  ...VERDICT,
];

/** The factors of an interaction stand together in their columns. */
const EFFECT_COLUMNS: readonly DataColumn<Data<Effect>>[] = [
  ...ORIGIN,
  { name: "kind", type: "text", value: ({ kind }) => kind },
  ...(["factor", "from", "to"] as const).map(
    (name): DataColumn<Effect> => ({
      name,
      type: "text",
      value: ({ changes }) => changes.map((change) => change[name]).join("; "),
    }),
  ),
  { name: "workload", type: "text", value: ({ workload }) => workload },
  { name: "level", type: "level", value: ({ level }) => level },
  { name: "role", type: "text", value: ({ role }) => role },
  ...RATIO,
  ...VERDICT,
];
