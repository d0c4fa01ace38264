import type { Cell, Comparison } from "../../analysis/analysis.ts";
import { ratiosWithinBoots } from "../../analysis/within-boots.ts";
import { matching } from "../../base/matching.ts";
import { HEADLINE, METRIC_IDS, METRICS, type Metric } from "../../base/metrics.ts";
import { optional } from "../../base/optional.ts";
import { significant } from "../../base/units.ts";
import { type ColumnOf, figures, NO_VALUE, type Table, table, words } from "../../document/document.ts";
import type { Bar, BarFigure, BarPanel } from "../../document/figure.ts";
import { ratioText } from "../../document/figure-text.ts";
import { CONDITION, WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import { barsOf, type FigureFrame, panelOf } from "../parts/report-figures.ts";
import { type CellOrNone, type ResultTable, resultTable } from "../parts/result-tables.ts";
import type { RunEvidence } from "../run/run-evidence.ts";
import type { Member, Topic } from "./group-evidence.ts";

function cellsOf({ run }: Member, { workload, condition }: Topic): readonly Cell[] {
  return (run?.analysis.cells ?? []).filter(matching({ workload, condition }));
}

function deepestOf(members: readonly Member[]): number {
  return Math.max(0, ...members.map(({ study }) => study.levels));
}

/** Why a platform has no figure of a workload at a level. */
function whyMissing({ study, run }: Member, { workload }: Topic, level: number): string {
  const { platform, levels } = study;
  if (!study.workloads.some(({ name }) => name === workload)) {
    return `the study has no ${workload} on ${platform}`;
  }
  if (level > levels) return `the study goes to L${levels} on ${platform}`;
  if (run === undefined) return `${platform} has not begun`;
  const failed = run.analysis.failed.some(
    ({ trial }) => trial.workload === workload && trial.level === level,
  );
  return failed ? `no trial on ${platform} could be read` : `not measured yet on ${platform}`;
}

/** The study's tables 5 to 14: every platform at every level, and why a figure is missing. */
export function groupResultTable(
  named: Pick<ResultTable, "id" | "title" | "footnotes">,
  topic: Topic,
  members: readonly Member[],
): Table {
  const cells = members.flatMap((member) =>
    levelsTo(deepestOf(members)).flatMap((level): readonly CellOrNone[] => {
      const own = cellsOf(member, topic).filter((cell) => cell.level === level);
      if (own.length > 0) return own;
      return [{ platform: member.study.platform, level, missing: whyMissing(member, topic, level) }];
    }),
  );
  const runs = new Map(members.map(({ study, run }) => [study.platform, run]));
  return resultTable({ ...named, cells, of: (cell) => behind(runs.get(cell.platform), cell) });
}

function behind(run: RunEvidence | undefined, { workload, level }: Pick<Cell, "workload" | "level">) {
  return run && { run: run.subject.id, workload, level };
}

/** What each level keeps of the throughput of one below it on the same platform, the platforms side by side. */
export function relativeTable(
  topics: readonly Topic[],
  members: readonly Member[],
  comparisons: readonly Comparison[],
): Table {
  const steps = levelsTo(deepestOf(members))
    .slice(1)
    .flatMap((level) => [...new Set([0, level - 1])].map((to) => ({ level, to })));
  return table(
    topics.flatMap((topic) => steps.map((step) => ({ ...topic, ...step }))),
    {
      id: "relative",
      title: "Throughput relative to a level below on the same platform, with 95% intervals",
      columns: [
        WORKLOAD,
        topics.some(({ condition }) => condition !== undefined) ? CONDITION : undefined,
        words("levels", ({ level, to }) => `L${level} to L${to}`),
        ...members.flatMap((member) => memberColumns(member, comparisons)),
      ],
      of: workloadAtLevel,
      terminal: "end",
      footnotes: ["A ratio and its verdict are of one platform's own levels, in its own boots."],
    },
  );
}

type ComparedPair = Topic & Pick<Comparison, "level" | "to">;

/** A platform's ratio with its verdict, or why there is none. */
function memberColumns(
  member: Member,
  comparisons: readonly Comparison[],
): readonly ColumnOf<ComparedPair>[] {
  const { platform } = member.study;
  const found = ({ workload, condition, level, to }: ComparedPair) =>
    comparisons.find(matching({ metric: HEADLINE, platform, workload, condition, level, to }));
  const { run } = member;
  return [
    figures(
      platform,
      (step) => {
        const own = found(step);
        if (own !== undefined) return ratioText(own.estimate);
        return { text: NO_VALUE, doubt: whyMissing(member, step, step.level) };
      },
      optional({ of: run && { run: run.subject.id } }),
    ),
    words("verdict", (step) => found(step)?.verdict.kind),
  ];
}

function levelsTo(deepest: number): readonly number[] {
  return Array.from({ length: deepest + 1 }, (_, level) => level);
}

type Frame = Omit<FigureFrame, "of">;

/** Every level relative to its own platform's L0: the bars that may stand beside each other. */
export function relativeFigure(
  frame: Frame,
  topic: Topic,
  members: readonly Member[],
): BarFigure | undefined {
  const panels = METRIC_IDS.map((metric): BarPanel => {
    const { title, better } = METRICS[metric];
    const bars = members.flatMap((member) => relativeBars(member, topic, metric));
    return { title: `${title}, relative`, unit: "of the platform's own L0", better, bars };
  });
  return barFigure(frame, panels);
}

function relativeBars(member: Member, topic: Topic, metric: Metric): readonly Bar[] {
  const cells = cellsOf(member, topic);
  const ground = cells.find(({ level }) => level === 0)?.[metric];
  if (ground === undefined) return [];
  const bars = cells.flatMap((cell): readonly Bar[] => {
    const own = cell[metric];
    if (own === undefined) return [];
    const { level } = cell;
    const found = member.run?.analysis.comparisons.find(matching({ metric, ...topic, level, to: 0 }));
    const estimate = found?.estimate;
    const value = level === 0 ? 1 : (estimate?.ratio ?? Number.NaN);
    return [
      {
        platform: member.study.platform,
        level: `L${level}`,
        value,
        // To first order: the estimate's is of the ratio's logarithm.
        standardError: estimate?.standardError === undefined ? undefined : value * estimate.standardError,
        points: level === 0 ? [] : ratiosWithinBoots(own, ground),
        ...optional({ of: behind(member.run, cell) }),
      },
    ];
  });
  return bars.filter(({ value }) => Number.isFinite(value));
}

/** The study's figures 2 to 16 with an axis for each platform, so that no bar is read against another's. */
export function absoluteFigure(
  frame: Frame,
  metric: Metric,
  topic: Topic,
  members: readonly Member[],
): BarFigure | undefined {
  const panels = members.map((member): BarPanel => {
    const { platform } = member.study;
    const bars = cellsOf(member, topic).flatMap((one) =>
      barsOf(one, metric, platform, (cell) => behind(member.run, cell)),
    );
    return { ...panelOf(metric), title: platform, bars };
  });
  return barFigure({ ...frame, title: `${frame.title}: ${METRICS[metric].title}` }, panels);
}

/** Of the panels that have bars; undefined where none has. */
function barFigure({ id, title, label }: Frame, all: readonly BarPanel[]): BarFigure | undefined {
  const panels = all.filter(({ bars }) => bars.length > 0);
  if (panels.length === 0) return undefined;
  const alt = panels.map(({ title: name, unit, bars }) => {
    const values = bars.map((bar) => `${bar.platform} ${bar.level} ${significant(bar.value, 4)}`);
    return `${name}, ${unit}: ${values.join(", ")}.`;
  });
  return { kind: "bars", id, title, alt: alt.join(" "), ...optional({ label }), panels };
}
