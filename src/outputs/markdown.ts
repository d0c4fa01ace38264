import { depthTable, inventoryTable, type Table, timelineTable, workloadTable } from "../core/report.ts";
import type { Output } from "./output.ts";

export const markdown: Output = {
  name: "markdown",
  fileName: "report.md",
  render: (report) => {
    const depth = depthTable(report);
    return `${[
      `# ${escaped(report.study.title)}`,
      "",
      `Run ${report.run} of ${report.createdAt}, study \`${report.study.name}\`, seed ${report.seed}, ${report.hardware} hardware, ${report.study.boots} boots.`,
      ...(report.label === undefined ? [] : ["", `> **${report.label}**`]),
      "",
      "## Answers",
      "",
      ...report.answers.map((text) => `- ${escaped(text)}`),
      "",
      "## Tables",
      "",
      "TPSec is transactions per second, Time the mean response time; StdErr is the standard error over boots, ΔL(n-1) the change from the level below.",
      "",
      ...report.study.workloads.flatMap(({ name }) => markdownTable(workloadTable(report, name))),
      "## Machines",
      "",
      ...markdownTable(inventoryTable(report)),
      ...markdownTable(timelineTable(report)),
      ...(depth === undefined ? [] : markdownTable(depth)),
      "## Notes",
      "",
      ...report.notes.map((note) => `- ${escaped(note)}`),
      ...report.analysis.failed.map(
        ({ trial, problem }) => `- failed: ${trial.id}: ${escaped(problem.what)}`,
      ),
    ].join("\n")}\n`;
  },
};

function markdownTable(table: Table): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [
    `### ${escaped(table.title)}`,
    "",
    row(table.head),
    `|${table.head.map((_, column) => (column === 0 ? " --- " : " ---: ")).join("|")}|`,
    ...table.rows.map(row),
    "",
  ];
}

/** Text from machines must not become markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`);
}
