import { HEADLINE } from "../core/base/metrics.ts";
import { MANY_TIMES, percent, timesText } from "../core/document/figure-text.ts";
import type { LevelCost } from "../core/report/parts/headline.ts";
import { levelCost } from "../core/report/parts/overview.ts";
import type { Report } from "../core/report/parts/report.ts";
import { reportOf } from "./analyse.ts";
import type { RunRecord } from "./ports.ts";
import type { StoreReader } from "./store.ts";

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

/** Raised with every change of what a summary says, so that those that are stored are made again. */
export const SUMMARY_FORMAT = 3;

export async function summaryOf(run: RunRecord, store: StoreReader): Promise<RunSummary> {
  const report = await reportOf(run, store);
  const { settled } = await store.counts(run.id, run.study.doubts.repeat);
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
  return analysis.comparisons.filter(({ metric, to }) => metric === HEADLINE && to === 0).map(levelCost);
}

/** What one level costs, over all workloads: `costs 12.6%`, `costs 12% to 57%`, `gains 3%`, `is 57 times slower`. */
export function costText(costs: readonly Pick<LevelCost, "ratio">[]): string {
  const ratios = costs.map(({ ratio }) => ratio);
  const fastest = Math.max(...ratios);
  const slowest = Math.min(...ratios);
  const [least, most] = [1 - fastest, 1 - slowest];
  if (slowest < MANY_TIMES) {
    const many = timesText(slowest);
    return fastest === slowest ? `is ${many}` : `${costText([{ ratio: fastest }])}, at most ${many}`;
  }
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
