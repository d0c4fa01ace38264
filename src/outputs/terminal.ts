import { printable } from "../core/printable.ts";
import { depthTable, type Report, timelineTable, workloadTable } from "../core/report.ts";
import type { Output } from "./output.ts";
import { textTable } from "./text-table.ts";

/** What a person reads at the end of a run. */
export const terminal: Output = {
  name: "terminal",
  render: (report) => {
    const depth = depthTable(report);
    const lines = [
      `${report.study.title} · run ${report.run} · ${report.hardware} hardware · seed ${report.seed}`,
      ...(report.label === undefined ? [] : [report.label]),
      "",
      ...workloadsOf(report).map((name) => textTable(workloadTable(report, name))),
      textTable(timelineTable(report)),
      ...(depth === undefined ? [] : [textTable(deepest(depth))]),
      ...report.answers,
      "",
      ...report.notes.map((note) => `note: ${note}`),
      ...report.analysis.failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`),
    ];
    return printable(lines.join("\n"));
  },
};

function workloadsOf(report: Report): readonly string[] {
  return report.study.workloads.map((workload) => workload.name);
}

/** One line of evidence per workload is enough here: the deepest level, counted at L0. */
function deepest(table: NonNullable<ReturnType<typeof depthTable>>): typeof table {
  const level = table.rows
    .map((row) => row[1] ?? "")
    .sort()
    .at(-1);
  return { ...table, rows: table.rows.filter((row) => row[1] === level && row[2] === "L0") };
}
