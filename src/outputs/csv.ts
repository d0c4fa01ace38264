import type { Quantity } from "../core/analysis.ts";
import type { Output } from "./output.ts";

/** The columns of the published tables as data, with the number of boots; full precision, base units in names. */
export const csv: Output = {
  name: "csv",
  fileName: "tables.csv",
  render: (report) =>
    csvText([
      [
        "run",
        "hardware",
        "workload",
        "resources",
        "platform",
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
      ],
      ...report.analysis.cells.map((cell) => [
        report.run,
        report.hardware,
        cell.workload,
        report.study.resources.policy,
        report.study.platform,
        `L${cell.level}`,
        cell.throughput.estimate.n,
        ...quantity(cell.throughput),
        ...quantity(cell.response),
      ]),
    ]),
};

/** Every trial, failed ones included. */
export const trialsCsv: Output = {
  name: "trials-csv",
  fileName: "trials.csv",
  render: (report) =>
    csvText([
      [
        "run",
        "hardware",
        "trial",
        "boot",
        "bring_up",
        "direction",
        "level",
        "workload",
        "throughput_per_s",
        "response_mean_s",
        "problem",
      ],
      ...report.trials.map(({ trial, bringUp, reading, problem }) => [
        report.run,
        report.hardware,
        trial.id,
        trial.boot,
        bringUp,
        trial.direction,
        `L${trial.level}`,
        trial.workload,
        reading?.throughputPerSecond ?? "",
        reading?.responseMeanSeconds ?? "",
        problem ?? "",
      ]),
    ]),
};

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
