import type { Comparison, Quantity } from "../core/analysis.ts";
import { doubtsText } from "../core/doubts.ts";
import { ok } from "../core/problem.ts";
import { originOf, type Report } from "../core/report.ts";
import type { Output } from "./output.ts";

/** The columns of the published tables as data, with the number of boots; full precision, base units in names. */
export const csv: Output = {
  name: "csv",
  about: "tables.csv, comparisons.csv, trials.csv and, of factors, effects.csv at full precision",
  made: "always",
  render: async (report) => {
    return ok([
      {
        name: "tables.csv",
        content: csvText([
          TABLE_COLUMNS,
          ...report.analysis.cells.map((cell) => [
            ...origin(report, cell.platform),
            cell.workload,
            cell.resources,
            cell.platform,
            cell.condition ?? "",
            `L${cell.level}`,
            cell.throughput.estimate.n,
            ...quantity(cell.throughput),
            ...quantity(cell.response),
          ]),
        ]),
      },
      {
        name: "comparisons.csv",
        content: csvText([
          COMPARISON_COLUMNS,
          ...report.analysis.comparisons.map((one) => [...origin(report, one.platform), ...comparison(one)]),
        ]),
      },
      ...effectsFile(report),
      {
        name: "trials.csv",
        content: csvText([
          TRIAL_COLUMNS,
          ...Array.from(report.trials, ({ trial, platform, bringUp, reading, problem, doubts }) => [
            ...origin(report, platform),
            trial.id,
            trial.boot,
            trial.condition ?? "",
            bringUp,
            trial.direction,
            `L${trial.level}`,
            trial.workload,
            reading?.throughputPerSecond ?? "",
            reading?.responseMeanSeconds ?? "",
            problem?.what ?? "",
            doubtsText(doubts),
          ]),
        ]),
      },
    ]);
  },
};

/** The first columns of every file. */
function origin(report: Report, platform: string | undefined): readonly string[] {
  const { run, hardware, timing } = originOf(report, platform);
  return [run, hardware, timing];
}

const TABLE_COLUMNS = [
  "run",
  "hardware",
  "timing",
  "workload",
  "resources",
  "platform",
  "condition",
  "level",
  "boots",
  "throughput_per_s",
  "throughput_change_from_previous_level",
  "throughput_stderr_per_s",
  "throughput_ratio_to_l0",
  "response_s",
  "response_change_from_previous_level",
  "response_stderr_s",
  "response_ratio_to_l0",
];

const COMPARISON_COLUMNS = [
  "run",
  "hardware",
  "timing",
  "workload",
  "resources",
  "platform",
  "condition",
  "metric",
  "level",
  "to_level",
  "ratio",
  "ratio_low",
  "ratio_high",
  "confidence",
  "df",
  "p",
  "p_holm",
  "p_welch_t",
  "p_permutation",
  "hedges_g",
  "p_equivalence",
  "verdict",
  "reason",
];

const TRIAL_COLUMNS = [
  "run",
  "hardware",
  "timing",
  "trial",
  "boot",
  "condition",
  "bring_up",
  "direction",
  "level",
  "workload",
  "throughput_per_s",
  "response_mean_s",
  "problem",
  "doubts",
];

const EFFECT_COLUMNS = [
  "run",
  "hardware",
  "timing",
  "kind",
  "factor",
  "from",
  "to",
  "workload",
  "level",
  "role",
  "ratio",
  "ratio_low",
  "ratio_high",
  "confidence",
  "df",
  "p",
  "p_holm",
  "verdict",
  "reason",
];

/** What each factor does; the factors of an interaction stand together in their columns. */
function effectsFile({ subject, hardware, timing, effects = [] }: Report) {
  if (effects.length === 0) return [];
  const rows = effects.map(({ kind, changes, workload, level, role, estimate, holmP, verdict }) => {
    const bounded = estimate.standardError !== undefined;
    const joined = (name: "factor" | "from" | "to") => changes.map((change) => change[name]).join("; ");
    return [
      ...[subject.id, hardware, timing, kind, joined("factor"), joined("from"), joined("to"), workload],
      ...[`L${level}`, role, estimate.ratio, bounded ? estimate.low : "", bounded ? estimate.high : ""],
      ...[estimate.confidence, estimate.df, estimate.p ?? "", holmP ?? "", verdict.kind, verdict.reason],
    ];
  });
  return [{ name: "effects.csv", content: csvText([EFFECT_COLUMNS, ...rows]) }];
}

/** An interval that has no end is left empty. */
function comparison(one: Comparison): readonly (string | number)[] {
  const bounded = one.estimate.standardError !== undefined;
  return [
    one.workload,
    one.resources,
    one.platform,
    one.condition ?? "",
    one.metric,
    `L${one.level}`,
    `L${one.to}`,
    one.estimate.ratio,
    bounded ? one.estimate.low : "",
    bounded ? one.estimate.high : "",
    one.estimate.confidence,
    one.estimate.df,
    one.estimate.p ?? "",
    one.holmP ?? "",
    one.test?.p ?? "",
    one.permutation.kind === "exact" ? one.permutation.p : "",
    one.hedges?.g ?? "",
    one.equivalence.p ?? "",
    one.verdict.kind,
    one.verdict.reason,
  ];
}

function quantity({ estimate, changeFromPreviousLevel, ratioToL0 }: Quantity): readonly (string | number)[] {
  return [estimate.mean, changeFromPreviousLevel ?? "", estimate.standardError ?? "", ratioToL0 ?? ""];
}

function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** RFC 4180; text that a spreadsheet would take for a formula gets an apostrophe. */
function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
