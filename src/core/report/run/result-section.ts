import type { Cell } from "../../analysis/analysis.ts";
import { type Section, section } from "../../document/document.ts";
import { workloadAtLevel } from "../parts/columns.ts";
import { resultFigure } from "../parts/report-figures.ts";
import { measuredCpus } from "../parts/resources-table.ts";
import { perCpuTable, resultTable, spreadTable } from "../parts/result-tables.ts";
import { courseTable } from "./courses.ts";
import type { RunEvidence } from "./run-evidence.ts";

export function resultSection(run: RunEvidence, label: string | undefined): Section | undefined {
  const { subject, analysis, courses } = run;
  const cpusOf = (cell: Cell) => cpusUsed(subject, cell.workload, cell.level);
  return section("results", "Results", [
    ...subject.study.workloads.flatMap(({ name }) => workloadBlocks(name, run, label)),
    perCpuTable(analysis.cells, cpusOf, workloadAtLevel),
    spreadTable(analysis.cells),
    courseTable(courses),
  ]);
}

/** A table for each condition, and one figure of all. */
function workloadBlocks(name: string, { subject, analysis }: RunEvidence, label: string | undefined) {
  const cells = analysis.cells.filter((cell) => cell.workload === name);
  if (cells.length === 0) return [];
  const resources = `resources ${subject.study.resources.policy}`;
  const conditions = [...new Set(cells.map(({ condition }) => condition))];
  const frame = { id: `${name}-results`, title: `${name}, ${resources}`, label, of: workloadAtLevel };
  return [
    ...conditions.map((condition, at) => {
      const own = cells.filter((cell) => cell.condition === condition);
      const [id, under] = condition === undefined ? [name, ""] : [`${name}-c${at + 1}`, `, ${condition}`];
      const title = `${name}${under}, ${resources}`;
      return resultTable({ id: `${id}-results`, title, cells: own, of: workloadAtLevel });
    }),
    resultFigure(frame, cells),
  ];
}

/** CPUs that a workload can use at a level: no more than it has threads; undefined where either is not known. */
export function cpusUsed(
  { levels, study }: RunEvidence["subject"],
  workload: string,
  level: number,
): number | undefined {
  const own = levels.find((one) => one.level === level);
  const threads =
    own?.allotment.workloads[workload]?.["threads"] ??
    study.workloads.find(({ name }) => name === workload)?.params["threads"];
  return own === undefined || typeof threads !== "number" ? undefined : Math.min(measuredCpus(own), threads);
}
