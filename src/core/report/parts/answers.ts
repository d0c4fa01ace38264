import type { Comparison } from "../../analysis/analysis.ts";
import { HEADLINE } from "../../base/metrics.ts";
import { items, type Section, section } from "../../document/document.ts";
import { costText, ratioText } from "../../document/figure-text.ts";
import type { Verdict } from "../../stats/verdict.ts";
import { type CpusAt, cpuText } from "./cpu-text.ts";
import type { Answer } from "./report.ts";
import { type FigureFrame, type Platforms, ratioFigure } from "./report-figures.ts";

/**
 * The conclusions of a workload, one per platform and policy: what each level costs of L0's throughput, how sure
 * that is, and what the deepest layers alone cost. The picture stands with the first.
 */
export function answersOf(
  workload: string,
  comparisons: readonly Comparison[],
  { cpusAt, platforms, margin, pictured = () => true, ...frame }: AnswerContext,
): readonly Answer[] {
  const own = comparisons.filter((one) => one.workload === workload && one.metric === HEADLINE);
  if (own.length === 0) {
    return [{ workload, sentence: `${workload}: there is nothing to compare`, figure: undefined }];
  }
  const named = { id: `${workload}-ratios`, title: `What each layer leaves of ${workload}`, ...frame };
  const figure = ratioFigure(named, own.filter(pictured), margin);
  const series = new Map<string, Comparison[]>();
  for (const one of own) {
    const on = one.condition === undefined || platforms === "several" ? [`on ${one.platform}`] : [];
    const key = [...on, one.condition === undefined ? one.resources : `under ${one.condition}`].join(", ");
    series.set(key, [...(series.get(key) ?? []), one]);
  }
  return [...series].map(([name, members], index) => {
    const costs = [...members.filter(({ to }) => to === 0), ...members.filter(({ to }) => to > 0)].map(
      clause,
    );
    const subject = `${platforms === "several" || series.size > 1 ? `${workload} ${name}` : workload}${cpuText(members, cpusAt)}`;
    return {
      workload,
      sentence: `${subject}: ${costs.join("; ")}`,
      figure: index === 0 ? figure : undefined,
    };
  });
}

export interface AnswerContext extends Pick<FigureFrame, "label" | "of"> {
  readonly margin: number;
  /** Which comparisons the picture shows: all of them unless it is stated. */
  readonly pictured?: (one: Comparison) => boolean;
  readonly cpusAt: CpusAt;
  readonly platforms: Platforms;
}

/** `L1 costs 12.6% of L0's throughput (ratio 0.874 [0.86, 0.89]): slower`. */
function clause({ level, to, estimate, verdict }: Comparison): string {
  const what = `L${level} ${costText(estimate.ratio, to)}`;
  if (estimate.standardError === undefined) return `${what} (no interval)`;
  return `${what} (ratio ${ratioText(estimate)}): ${answerText(verdict)}`;
}

/** Without what would settle it: that is said once, after the answers. */
function answerText({ kind, reason }: Verdict): string {
  switch (kind) {
    case "probably slower":
    case "probably faster":
      return kind;
    default:
      return `${kind}, ${reason}`;
  }
}

/** The conclusion in words: each workload's sentences, and its picture with them. */
export function answerSection(answers: readonly Answer[], pages?: "own"): Section | undefined {
  const workloads = [...new Set(answers.map(({ workload }) => workload))];
  const contents = workloads.flatMap((workload) => {
    const own = answers.filter((one) => one.workload === workload);
    return [items(own.map(({ sentence }) => sentence)), ...own.map(({ figure }) => figure)];
  });
  return section("answers", "Answers", contents, pages);
}
