import type { Cell, Comparison, Metric } from "./analysis.ts";
import { type Column, figures, type Table, type TableCell, table, words } from "./document.ts";
import type { BarFigure, BarPanel } from "./figure.ts";
import { ratioText } from "./figure-text.ts";
import type { Member, Topic } from "./group-evidence.ts";
import { labelled } from "./report.ts";
import { resultTable } from "./result-tables.ts";
import { significant } from "./units.ts";

function cellsOf({ report }: Member, { workload, condition }: Topic): readonly Cell[] {
  return (report?.analysis.cells ?? []).filter(
    (cell) => cell.workload === workload && cell.condition === condition,
  );
}

function deepestOf(members: readonly Member[]): number {
  return Math.max(0, ...members.map(({ study }) => study.levels));
}

/** Why a platform has no figure of a workload at a level. */
function whyMissing({ study, report }: Member, { workload }: Topic, level: number): string {
  const { platform, levels } = study;
  if (!study.workloads.some(({ name }) => name === workload)) {
    return `the study has no ${workload} on ${platform}`;
  }
  if (level > levels) return `the study goes to L${levels} on ${platform}`;
  if (report === undefined) return `${platform} has not begun`;
  const failed = report.analysis.failed.some(
    ({ trial }) => trial.workload === workload && trial.level === level,
  );
  return failed ? `no trial on ${platform} could be read` : `not measured yet on ${platform}`;
}

/** The study's tables 5 to 14: every platform at every level, with what is not there as what it is. */
export function groupResultTable(
  id: string,
  title: string,
  topic: Topic,
  members: readonly Member[],
  footnotes: readonly string[],
): Table {
  const { columns } = resultTable(id, title, []);
  const rows = members.flatMap((member) =>
    levelsTo(deepestOf(members)).flatMap((level): readonly (readonly TableCell[])[] => {
      const own = cellsOf(member, topic).filter((cell) => cell.level === level);
      if (own.length > 0) return resultTable(id, title, own).rows;
      const missing = { text: "--", doubt: whyMissing(member, topic, level) };
      const rest = columns.slice(3).map(() => "--");
      return [[member.study.platform, `L${level}`, missing, ...rest]];
    }),
  );
  return table(id, title, columns, rows, footnotes);
}

/** What each level keeps of the throughput of one below it on the same platform, the platforms side by side. */
export function relativeTable(
  topics: readonly Topic[],
  members: readonly Member[],
  comparisons: readonly Comparison[],
): Table {
  const varied = topics.some(({ condition }) => condition !== undefined);
  const columns: readonly Column[] = [
    words("workload"),
    ...(varied ? [words("condition")] : []),
    words("levels"),
    ...members.flatMap(({ study }) => [figures(study.platform), words("verdict")]),
  ];
  const steps = levelsTo(deepestOf(members))
    .slice(1)
    .flatMap((level) => [...new Set([0, level - 1])].map((to) => ({ level, to })));
  const rows = topics.flatMap((topic) =>
    steps.map(({ level, to }) => [
      topic.workload,
      ...(varied ? [topic.condition ?? "--"] : []),
      `L${level} to L${to}`,
      ...members.flatMap((member): readonly TableCell[] => {
        const found = comparisons.find(
          (one) =>
            one.metric === "throughput" &&
            one.platform === member.study.platform &&
            one.workload === topic.workload &&
            one.condition === topic.condition &&
            one.level === level &&
            one.to === to,
        );
        return found === undefined
          ? [{ text: "--", doubt: whyMissing(member, topic, level) }, "--"]
          : [ratioText(found.estimate), found.verdict.kind];
      }),
    ]),
  );
  return table(
    "relative",
    "Throughput relative to a level below on the same platform, with 95% intervals",
    columns,
    rows,
    ["A ratio and its verdict are of one platform's own levels, in its own boots."],
  );
}

function levelsTo(deepest: number): readonly number[] {
  return Array.from({ length: deepest + 1 }, (_, level) => level);
}

const NAMES: Readonly<Record<Metric, string>> = {
  throughput: "Transactional throughput",
  response: "Mean response time",
};

const BETTER: Readonly<Record<Metric, BarPanel["better"]>> = { throughput: "higher", response: "lower" };

/** Every level relative to its own platform's L0: the bars that may stand beside each other. */
export function relativeFigure(
  id: string,
  title: string,
  topic: Topic,
  members: readonly Member[],
  label: string | undefined,
): BarFigure | undefined {
  const panels = (["throughput", "response"] as const).map((metric): BarPanel => {
    const bars = members.flatMap((member) => {
      const cells = cellsOf(member, topic);
      const ground = cells.find(({ level }) => level === 0)?.[metric];
      if (ground === undefined) return [];
      const base = new Map(ground.boots.map((boot, index) => [boot, ground.geometric[index]]));
      return cells.map((cell) => {
        const { boots, geometric } = cell[metric];
        const estimate = member.report?.analysis.comparisons.find(
          (one) =>
            one.metric === metric &&
            one.workload === cell.workload &&
            one.condition === cell.condition &&
            one.level === cell.level &&
            one.to === 0,
        )?.estimate;
        const value = cell.level === 0 ? 1 : (estimate?.ratio ?? Number.NaN);
        return {
          platform: member.study.platform,
          level: `L${cell.level}`,
          value,
          // To first order: the estimate's is of the ratio's logarithm.
          standardError: estimate?.standardError === undefined ? undefined : value * estimate.standardError,
          points: boots.flatMap((boot, index) => {
            const [above, below] = [geometric[index], base.get(boot)];
            return above === undefined || below === undefined || cell.level === 0 ? [] : [above / below];
          }),
        };
      });
    });
    return {
      title: `${NAMES[metric]}, relative`,
      unit: "of the platform's own L0",
      better: BETTER[metric],
      bars: bars.filter(({ value }) => Number.isFinite(value)),
    };
  });
  if (panels.every(({ bars }) => bars.length === 0)) return undefined;
  return { kind: "bars", id, title, alt: altOf(panels), ...labelled(label), panels };
}

/** The study's figures 2 to 16 with an axis for each platform, so that no bar is read against another's. */
export function absoluteFigure(
  id: string,
  title: string,
  metric: Metric,
  topic: Topic,
  members: readonly Member[],
  label: string | undefined,
): BarFigure | undefined {
  const factor = metric === "throughput" ? 1 : 1000;
  const panels = members.flatMap((member): readonly BarPanel[] => {
    const cells = cellsOf(member, topic);
    if (cells.length === 0) return [];
    return [
      {
        title: member.study.platform,
        unit: metric === "throughput" ? "transactions/s" : "ms",
        better: BETTER[metric],
        bars: cells.map((cell) => {
          const { estimate, perBoot } = cell[metric];
          return {
            platform: member.study.platform,
            level: `L${cell.level}`,
            value: estimate.mean * factor,
            standardError: estimate.standardError === undefined ? undefined : estimate.standardError * factor,
            points: perBoot.map((value) => value * factor),
          };
        }),
      },
    ];
  });
  if (panels.length === 0) return undefined;
  const alt = altOf(panels);
  return { kind: "bars", id, title: `${title}: ${NAMES[metric]}`, alt, ...labelled(label), panels };
}

function altOf(panels: readonly BarPanel[]): string {
  const each = panels.map(({ title, unit, bars }) => {
    const values = bars.map((bar) => `${bar.platform} ${bar.level} ${significant(bar.value, 4)}`);
    return `${title}, ${unit}: ${values.join(", ")}.`;
  });
  return each.join(" ");
}
