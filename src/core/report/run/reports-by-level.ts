import type { Reading } from "../../study/workload.ts";
import type { Trial } from "../../trial/plan.ts";
import type { TrialRow } from "../parts/report.ts";

/** A trial, and what it reported beside its metrics. */
export interface Reported {
  readonly trial: Trial;
  readonly more: Reading["more"];
}

/** Trials that reported a figure of this name, workload by workload, L0 first. */
export function reportsByLevel(trials: Iterable<TrialRow>, name: string) {
  const cells = new Map<string, { workload: string; level: number; rows: Reported[] }>();
  for (const { trial, reading } of trials) {
    if (reading?.more[name] === undefined) continue;
    const { workload, level } = trial;
    const key = `${workload} L${level}`;
    const cell = cells.get(key) ?? { workload, level, rows: [] };
    cell.rows.push({ trial, more: reading.more });
    cells.set(key, cell);
  }
  return [...cells.values()].sort((a, b) => a.workload.localeCompare(b.workload) || a.level - b.level);
}
