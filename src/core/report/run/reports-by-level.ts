import type { Reading } from "../../study/workload.ts";
import type { TrialRow } from "../parts/report.ts";

/** What trials reported that have a figure of this name, workload by workload, L0 first. */
export function reportsByLevel(trials: Iterable<TrialRow>, name: string) {
  const cells = new Map<string, { workload: string; level: number; reports: Reading["more"][] }>();
  for (const { trial, reading } of trials) {
    if (reading?.more[name] === undefined) continue;
    const { workload, level } = trial;
    const key = `${workload} L${level}`;
    const cell = cells.get(key) ?? { workload, level, reports: [] };
    cell.reports.push(reading.more);
    cells.set(key, cell);
  }
  return [...cells.values()].sort((a, b) => a.workload.localeCompare(b.workload) || a.level - b.level);
}
