import type { Comparison } from "./analysis.ts";
import type { RatioFigure } from "./figure.ts";
import { percent, ratioText } from "./figure-text.ts";
import type { Answer } from "./report.ts";

/**
 * The conclusions of a workload, one per platform and policy: what each level costs of L0's throughput, how sure
 * that is, and what the deepest layers alone cost. The picture stands with the first.
 */
export function answersOf(
  workload: string,
  comparisons: readonly Comparison[],
  figure: RatioFigure | undefined,
  cpusAt: (series: Comparison, level: number) => number | undefined,
  platforms: Platforms,
): readonly Answer[] {
  const own = comparisons.filter((one) => one.workload === workload && one.metric === "throughput");
  if (own.length === 0) {
    return [{ workload, sentence: `${workload}: there is nothing to compare`, figure: undefined }];
  }
  const series = new Map<string, Comparison[]>();
  for (const one of own) {
    const on = one.condition === undefined || platforms === "several" ? [`on ${one.platform}`] : [];
    const key = [...on, one.condition === undefined ? one.resources : `under ${one.condition}`].join(", ");
    series.set(key, [...(series.get(key) ?? []), one]);
  }
  return [...series].map(([name, members], index) => {
    const costs = [...members.filter(({ to }) => to === 0), ...members.filter(({ to }) => to > 0)].map(
      costText,
    );
    const subject = `${platforms === "several" || series.size > 1 ? `${workload} ${name}` : workload}${cpuText(members, cpusAt)}`;
    return {
      workload,
      sentence: `${subject}: ${costs.join("; ")}`,
      figure: index === 0 ? figure : undefined,
    };
  });
}

/** ` with 4, 3, 2 CPUs`: levels of unlike size mix the cost of a layer with the loss of processors. */
function cpuText(
  members: readonly Comparison[],
  cpusAt: (series: Comparison, level: number) => number | undefined,
): string {
  const [first] = members;
  const levels = [...new Set(members.flatMap(({ level, to }) => [to, level]))].sort((a, b) => a - b);
  const cpus = levels.flatMap((level) => (first === undefined ? [] : (cpusAt(first, level) ?? [])));
  return new Set(cpus).size > 1 ? ` with ${cpus.join(", ")} CPUs` : "";
}

/** `L1 costs 12.6% of L0's throughput (ratio 0.874 [0.86, 0.89]): slower`. */
function costText({ level, to, estimate, verdict }: Comparison): string {
  const what = `L${level} ${costOf(estimate.ratio)} of L${to}'s throughput`;
  if (estimate.standardError === undefined) return `${what} (no interval)`;
  return `${what} (ratio ${ratioText(estimate)}): ${verdict.kind}`;
}

function costOf(ratio: number): string {
  return ratio <= 1 ? `costs ${percent(1 - ratio, "plain")}` : `gains ${percent(ratio - 1, "plain")}`;
}

/** Whether a report is of several platforms, so that each figure must say whose it is. */
export type Platforms = "one" | "several";
