import type { Cell } from "./analysis.ts";
import { type Block, figures, type Section, type Table, table, tableBlocks, words } from "./document.ts";
import { percent } from "./figure-text.ts";
import { resultFigure } from "./report-figures.ts";
import { measuredCpus } from "./resources-table.ts";
import { perCpuTable, resultTable, spreadTable } from "./result-tables.ts";
import type { Course, RunEvidence } from "./run-evidence.ts";
import { significant } from "./units.ts";

export function resultSection(
  { subject, analysis, courses }: RunEvidence,
  label: string | undefined,
): Section {
  const policy = subject.study.resources.policy;
  const blocks = subject.study.workloads.flatMap(({ name }): Block[] => {
    const cells = analysis.cells.filter((cell) => cell.workload === name);
    if (cells.length === 0) return [];
    const title = `${name}, resources ${policy}`;
    const conditions = [...new Set(cells.map(({ condition }) => condition))];
    return [
      ...conditions.map((condition, at): Block => {
        const own = cells.filter((cell) => cell.condition === condition);
        const [id, under] = condition === undefined ? [name, ""] : [`${name}-c${at + 1}`, `, ${condition}`];
        return {
          kind: "table",
          table: resultTable(`${id}-results`, `${name}${under}, resources ${policy}`, own),
        };
      }),
      {
        kind: "figure",
        figure: resultFigure(`${name}-results`, title, cells, ["throughput", "response"], label),
      },
    ];
  });
  const cpusOf = (cell: Cell) => cpusUsed(subject, cell.workload, cell.level);
  return {
    id: "results",
    title: "Results",
    blocks: [
      ...blocks,
      ...tableBlocks(
        perCpuTable("per-cpu", analysis.cells, cpusOf),
        spreadTable(analysis.cells),
        courseTable(courses),
      ),
    ],
  };
}

function courseTable(courses: readonly Course[]): Table | undefined {
  if (courses.length === 0) return undefined;
  const columns = [
    words("workload"),
    words("D_virt"),
    figures("trials"),
    figures("intervals"),
    figures("lag-1 autocorrelation"),
    figures("effective share"),
    figures("warm-up shown"),
  ];
  const rows = courses.map((one) => [
    one.workload,
    `L${one.level}`,
    String(one.trials),
    String(one.intervals),
    one.lag1 === undefined ? "--" : significant(one.lag1, 2),
    percent(one.effectiveShare, "plain"),
    one.examined === 0 ? "--" : `${one.warmUps} of ${one.examined}`,
  ]);
  return table("course", "The course of throughput within trials", columns, rows, [
    "From the reports of each trial while it ran. A warm-up is a shift of the mean found by change point in trials of 20 intervals or more; it is reported and nothing is cut off.",
  ]);
}

/** CPUs that a workload can use at a level: no more than it has threads; undefined where either is not known. */
export function cpusUsed(
  { levels, study }: RunEvidence["subject"],
  workload: string,
  level: number,
): number | undefined {
  const own = levels.find((one) => one.level === level);
  const threads =
    own?.allotment?.workloads[workload]?.["threads"] ??
    study.workloads.find(({ name }) => name === workload)?.["threads"];
  return own === undefined || typeof threads !== "number" ? undefined : Math.min(measuredCpus(own), threads);
}
