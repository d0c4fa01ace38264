import { percent } from "../core/figure-text.ts";
import type { Report } from "../core/report.ts";
import type { Verdict } from "../core/stats/verdict.ts";
import { DEFAULT_DOUBTS } from "../core/study.ts";
import { reportOf } from "./analyse.ts";
import type { RunRecord, Store } from "./ports.ts";

/** A run in a line: follows from its rows in the store, so it can be thrown away and made again. */
export interface RunSummary {
  /** `open`: trials of its plan are not measured yet. */
  readonly state: "complete" | "open";
  readonly planned: number;
  readonly settled: number;
  readonly failed: number;
  readonly doubted: number;
  readonly costs: readonly LevelCost[];
}

/** What one workload keeps of L0's throughput at a level. */
export interface LevelCost {
  readonly level: number;
  readonly workload: string;
  /** Of throughput, to L0: 0.8 costs a fifth. */
  readonly ratio: number;
  readonly verdict: Verdict["kind"];
}

/** Raised with every change of what a summary says, so that older ones are made again. */
export const SUMMARY_FORMAT = 1;

export async function summaryOf(run: RunRecord, store: Store): Promise<RunSummary> {
  const report = await reportOf(run, store);
  const { settled } = await store.counts(run.id, (run.study.doubts ?? DEFAULT_DOUBTS).repeat);
  const planned = report.subject.kind === "run" ? report.subject.planned : settled;
  return {
    state: settled < planned ? "open" : "complete",
    planned,
    settled,
    failed: report.analysis.failed.length,
    doubted: report.analysis.cells.reduce((sum, cell) => sum + cell.doubted, 0),
    costs: levelCosts(report),
  };
}

/** Every level against L0, under every condition. */
export function levelCosts({ analysis }: Pick<Report, "analysis">): readonly LevelCost[] {
  return analysis.comparisons
    .filter(({ metric, to }) => metric === "throughput" && to === 0)
    .map(({ level, workload, estimate, verdict }) => ({
      level,
      workload,
      ratio: estimate.ratio,
      verdict: verdict.kind,
    }));
}

/** What one level costs, over all workloads: `costs 12.6%`, `costs 12% to 57%`, `gains 3%`. */
export function costText(costs: readonly Pick<LevelCost, "ratio">[]): string {
  const ratios = costs.map(({ ratio }) => ratio);
  const [least, most] = [1 - Math.max(...ratios), 1 - Math.min(...ratios)];
  const [low, high] = [percent(Math.abs(least), "plain"), percent(Math.abs(most), "plain")];
  if (low === high && least < 0 === most < 0) return least < 0 ? `gains ${low}` : `costs ${low}`;
  if (most <= 0) return `gains ${high} to ${low}`;
  return least < 0 ? `gains ${low} to costs ${high}` : `costs ${low} to ${high}`;
}

/** By level, from the lowest. */
export function costsByLevel(
  costs: readonly LevelCost[],
): readonly (readonly [number, readonly LevelCost[]])[] {
  const levels = [...new Set(costs.map(({ level }) => level))].sort((a, b) => a - b);
  return levels.map((level) => [level, costs.filter((one) => one.level === level)]);
}

/** `L1 costs 12.6% to 57%, L2 costs 45% to 93% of L0's throughput`. */
export function summaryLine(costs: readonly LevelCost[]): string {
  if (costs.length === 0) return "nothing to compare yet";
  const parts = costsByLevel(costs).map(([level, own]) => `L${level} ${costText(own)}`);
  return `${parts.join(", ")} of L0's throughput`;
}
