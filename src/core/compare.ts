import { type Cell, CONFIDENCE, type Comparison } from "./analysis.ts";
import { type Difference, differences, parameterDifferences } from "./comparability.ts";
import { type Block, figures, type Section, type Table, table, tableBlocks, words } from "./document.ts";
import type { RatioFigure } from "./figure.ts";
import { intervalText, percent, pText, ratioText } from "./figure-text.ts";
import { type Answer, labelled, type Report } from "./report.ts";
import { answerSection } from "./run-report.ts";
import { type Judged, judgedInFamilies } from "./stats/families.ts";
import { type RatioEstimate, welchLogRatio } from "./stats/ratio.ts";
import { groundText } from "./timing.ts";
import { significant } from "./units.ts";

/** One platform under one policy of one report: a column of a comparison. */
interface Series {
  readonly name: string;
  readonly report: Report;
  readonly platform: string;
  readonly resources: string;
  readonly condition: string | undefined;
}

/** One figure of a later report against the same figure of the first. */
export interface Change extends Draft, Judged {}

interface Draft {
  readonly workload: string;
  readonly of: string;
  readonly to: string;
  readonly level: number;
  /** The same in both; absent where neither has factors. */
  readonly condition?: string;
  /** `absolute`: throughput itself; `relative`: the share of L0's throughput that the level keeps. */
  readonly kind: "absolute" | "relative";
  readonly estimate: RatioEstimate;
}

export interface ReportComparison {
  readonly report: Report;
  readonly changes: readonly Change[];
}

/**
 * Reports side by side: what each level costs relative to its own L0 always, figures against figures only
 * where the facts are the same. The first report is the one that the others are held against.
 */
export function compareReports(reports: readonly Report[], margin: number): ReportComparison {
  const series = reports.flatMap((report, index) => seriesOf(report, index, reports));
  const workloads = [
    ...new Set(reports.flatMap(({ analysis }) => analysis.cells.map((cell) => cell.workload))),
  ];
  // One label stands over all of them, so it is that of the report whose figures say least.
  const unlike =
    reports.find(({ timing }) => timing !== "wall") ?? reports.find(({ hardware }) => hardware !== "real");
  const label = unlike?.label;
  const [first, ...others] = reports;
  const pairs = first === undefined ? [] : others.map((other) => comparePair(first, other, workloads));
  const changes = judgedInFamilies(
    pairs.flatMap((pair) => pair.changes),
    () => "changes",
    () => "higher",
    margin,
  );
  const answers = workloads.map((workload) => answerFor(workload, series, margin, label));
  const refusals = pairs.flatMap((pair) => pair.refusals);
  const notes = [...refusals, ...hardwareNote(reports)];
  const sections: Section[] = [
    answerSection(answers),
    {
      id: "relative",
      title: "What each level keeps of its own L0",
      blocks: tableBlocks(relativeTable(workloads, series)),
    },
    changeSection(changes),
    { id: "notes", title: "Not compared, and why", blocks: [{ kind: "items", items: notes }] },
  ];
  return {
    changes,
    report: {
      subject: {
        kind: "comparison",
        id: `compare-${reports.map(({ subject }) => subject.id).join("-")}`.slice(0, 100),
        of: reports.map(({ subject }) => subject.id),
      },
      title: `${reports.map(({ subject }) => subject.id).join(" against ")}`,
      hardware: unlike?.hardware ?? "real",
      timing: unlike?.timing ?? "wall",
      ...labelled(label),
      answers,
      sections,
      analysis: {
        cells: series.flatMap(cellsOf),
        comparisons: series.flatMap(comparisonsOf),
        failed: [],
        margin,
        warnings: [],
      },
      trials: [],
      notes,
    },
  };
}

/** Whether an interval says that a figure fell by more than the threshold (0.05: five percent). */
export function fellBeyond({ estimate }: Change, threshold: number): boolean {
  return estimate.standardError !== undefined && estimate.high < 1 - threshold;
}

function seriesOf(report: Report, index: number, all: readonly Report[]): readonly Series[] {
  const seen = new Map<string, Series>();
  const name = all.some((other, at) => at !== index && other.subject.id === report.subject.id)
    ? `${report.subject.id} (${index + 1})`
    : report.subject.id;
  const keyOf = ({ platform, resources, condition }: Cell) =>
    condition === undefined ? `${platform}, ${resources}` : `${platform}, ${resources}, ${condition}`;
  const found = new Set(report.analysis.cells.map(keyOf));
  for (const cell of report.analysis.cells) {
    const { platform, resources, condition } = cell;
    const key = keyOf(cell);
    const kind = report.hardware === "real" ? "" : ` [${groundText(report).replace(" hardware", "")}]`;
    const full = found.size > 1 ? `${name}: ${key}${kind}` : `${name}${kind}`;
    if (!seen.has(key)) seen.set(key, { name: full, report, platform, resources, condition });
  }
  return [...seen.values()];
}

function cellsOf({ report, platform, resources, condition }: Series): readonly Cell[] {
  return report.analysis.cells.filter(
    (one) => one.platform === platform && one.resources === resources && one.condition === condition,
  );
}

function comparisonsOf({ report, platform, resources, condition }: Series): readonly Comparison[] {
  return report.analysis.comparisons.filter(
    (one) =>
      one.platform === platform &&
      one.resources === resources &&
      one.condition === condition &&
      one.metric === "throughput",
  );
}

function toGround(series: Series, workload: string): readonly Comparison[] {
  return comparisonsOf(series).filter((one) => one.workload === workload && one.to === 0);
}

function answerFor(
  workload: string,
  series: readonly Series[],
  margin: number,
  label: string | undefined,
): Answer {
  const having = series.filter((one) => toGround(one, workload).length > 0);
  const deepest = Math.max(0, ...having.flatMap((one) => toGround(one, workload).map(({ level }) => level)));
  const parts = having.flatMap((one) => {
    const found = toGround(one, workload).find(({ level }) => level === deepest);
    return found === undefined ? [] : [`${ratioText(found.estimate)} in ${one.name}`];
  });
  const rows = having.flatMap((one) =>
    toGround(one, workload).map((found) => ({ ...found, series: one.name })),
  );
  const figure: RatioFigure = {
    kind: "ratios",
    id: `${workload}-ratios`,
    title: `What each layer leaves of ${workload}`,
    alt: `${rows.map((row) => `${row.series} L${row.level}: ${ratioText(row.estimate)}`).join("; ")}.`,
    ...labelled(label),
    axis: "throughput relative to its own L0",
    margin,
    rows: rows.map((row) => ({
      group: row.series,
      name: `L${row.level} to L0`,
      ratio: row.estimate.ratio,
      low: row.estimate.standardError === undefined ? undefined : row.estimate.low,
      high: row.estimate.standardError === undefined ? undefined : row.estimate.high,
      verdict: row.verdict.kind,
    })),
  };
  return {
    workload,
    sentence: `${workload}: L${deepest} keeps of its own L0 ${parts.join(", ") || "nothing that could be read"}`,
    figure: rows.length === 0 ? undefined : figure,
  };
}

function relativeTable(workloads: readonly string[], series: readonly Series[]): Table {
  const rows = workloads.flatMap((workload) => {
    const levels = [
      ...new Set(series.flatMap((one) => toGround(one, workload).map(({ level }) => level))),
    ].sort();
    return levels.map((level) => [
      workload,
      `L${level}`,
      ...series.map((one) => {
        const found = toGround(one, workload).find((other) => other.level === level);
        return found === undefined ? "--" : ratioText(found.estimate);
      }),
    ]);
  });
  return table(
    "relative",
    "Throughput relative to the same machine's L0, with 95% intervals",
    [words("workload"), words("D_virt"), ...series.map((one) => figures(one.name))],
    rows,
  );
}

interface Pair {
  readonly changes: readonly Draft[];
  readonly refusals: readonly string[];
}

function comparePair(first: Report, other: Report, workloads: readonly string[]): Pair {
  const [to, of] = [first.subject.id, other.subject.id];
  const facts = differences(first, other);
  const refusals: string[] = [];
  const kind = facts.length === 0 ? "absolute" : "relative";
  if (facts.length > 0) {
    refusals.push(`${of} against ${to}: no absolute figures, because they differ in ${listed(facts)}`);
  }
  if (
    first.subject.kind !== "run" ||
    other.subject.kind !== "run" ||
    first.hardware !== other.hardware ||
    first.timing !== other.timing
  ) {
    refusals.push(`${of} against ${to}: relative costs stand side by side and are not divided by each other`);
    return { changes: [], refusals };
  }
  if (first.timing === "functional") {
    refusals.push(`${of} against ${to}: the speeds of a functional machine are not divided by each other`);
    return { changes: [], refusals };
  }
  const conditions = sharedConditions(first, other);
  if (conditions.length === 0) {
    refusals.push(`${of} against ${to}: they have no condition in common, ${conditionsText(first, other)}`);
    return { changes: [], refusals };
  }
  const alone = [first, other].flatMap((report) =>
    conditionNames(report).flatMap((name) =>
      name === undefined || conditions.includes(name) ? [] : [`${name} (${report.subject.id} alone)`],
    ),
  );
  if (alone.length > 0) refusals.push(`${of} against ${to}: not measured in both: ${alone.join("; ")}`);
  const changes = workloads.flatMap((workload) => {
    const without = [first, other].filter((report) => !measures(report, workload));
    if (without.length > 0) {
      refusals.push(
        ...without.map(({ subject }) => `${of} against ${to}: ${subject.id} has no figures of ${workload}`),
      );
      return [];
    }
    const params = parameterDifferences(first, other, workload);
    if (params.length > 0) {
      refusals.push(`${of} against ${to}: ${workload} is another workload there: ${listed(params)}`);
      return [];
    }
    return conditions.flatMap((condition) => changesOf(workload, condition, first, other, kind));
  });
  return { changes, refusals };
}

/** By name; undefined is the one that a run without factors has. */
function conditionNames({ analysis }: Report): readonly (string | undefined)[] {
  return [...new Set(analysis.cells.map(({ condition }) => condition))];
}

function sharedConditions(first: Report, other: Report): readonly (string | undefined)[] {
  const names = conditionNames(other);
  return conditionNames(first).filter((name) => names.includes(name));
}

function conditionsText(first: Report, other: Report): string {
  const text = (report: Report) =>
    conditionNames(report)
      .map((name) => name ?? "no factors")
      .join("; ") || "no figures";
  return `${text(first)} / ${text(other)}`;
}

function measures({ analysis }: Report, workload: string): boolean {
  return analysis.cells.some((cell) => cell.workload === workload);
}

function listed(found: readonly Difference[]): string {
  const shown = found.slice(0, 6).map(({ fact, found: [one, another] }) => `${fact} (${one} / ${another})`);
  return `${shown.join(", ")}${found.length > shown.length ? `, and ${found.length - shown.length} more` : ""}`;
}

function changesOf(
  workload: string,
  condition: string | undefined,
  first: Report,
  other: Report,
  kind: Change["kind"],
): readonly Draft[] {
  const own = other.analysis.cells.filter(
    (cell) => cell.workload === workload && cell.condition === condition,
  );
  const levels = own.map(({ level }) => level);
  return levels.flatMap((level) => {
    if (kind === "relative" && level === 0) return [];
    const [of, to] = [other, first].map((report) => valuesAt(report, workload, condition, level, kind));
    if (of === undefined || to === undefined) return [];
    const estimate = welchLogRatio(of, to, CONFIDENCE);
    return estimate === undefined
      ? []
      : [
          {
            workload,
            of: other.subject.id,
            to: first.subject.id,
            level,
            ...(condition === undefined ? {} : { condition }),
            kind,
            estimate,
          },
        ];
  });
}

/** Per boot: throughput, or the share of L0's throughput in the same boot. */
function valuesAt(
  report: Report,
  workload: string,
  condition: string | undefined,
  level: number,
  kind: Change["kind"],
): readonly number[] {
  const at = (wanted: number) =>
    report.analysis.cells.find(
      (cell) => cell.workload === workload && cell.condition === condition && cell.level === wanted,
    )?.throughput;
  const [own, ground] = [at(level), at(0)];
  if (own === undefined) return [];
  if (kind === "absolute") return own.geometric;
  const base = new Map(ground?.boots.map((boot, index) => [boot, ground.geometric[index]]));
  return own.boots.flatMap((boot, index) => {
    const [value, below] = [own.geometric[index], base.get(boot)];
    return value === undefined || below === undefined ? [] : [value / below];
  });
}

function changeSection(changes: readonly Change[]): Section {
  const blocks = (["absolute", "relative"] as const).flatMap((kind): readonly Block[] => {
    const own = changes.filter((change) => change.kind === kind);
    return own.length === 0 ? [] : tableBlocks(changeTable(kind, own));
  });
  return {
    id: "changes",
    title: "Against the first",
    blocks:
      blocks.length > 0
        ? blocks
        : [{ kind: "paragraph", text: "Nothing may be divided by each other here; the reasons are below." }],
  };
}

function changeTable(kind: Change["kind"], changes: readonly Change[]): Table {
  const varied = changes.some(({ condition }) => condition !== undefined);
  return table(
    `changes-${kind}`,
    kind === "absolute"
      ? "Throughput against the first run's, at the same level with the same facts"
      : "The share of L0's throughput that a level keeps, against the first run's share",
    [
      words("workload"),
      words("run"),
      ...(varied ? [words("condition")] : []),
      words("D_virt"),
      figures("change"),
      figures("ratio"),
      figures("95% interval"),
      figures("p (Holm)"),
      words("verdict"),
      words("because"),
    ],
    changes.map((one) => [
      one.workload,
      one.of,
      ...(varied ? [one.condition ?? "--"] : []),
      `L${one.level}`,
      percent(one.estimate.ratio - 1, "signed"),
      significant(one.estimate.ratio, 4),
      intervalText(one.estimate),
      pText(one.holmP),
      one.verdict.kind,
      one.verdict.reason,
    ]),
    [...new Set(changes.flatMap(({ estimate }) => estimate.warnings))],
  );
}

function hardwareNote(reports: readonly Report[]): readonly string[] {
  const kinds = new Set(reports.map(groundText));
  return kinds.size > 1
    ? [
        `the reports are of ${[...kinds].join(" and ")}: what a layer costs there differs in kind, and is shown side by side only to be read so`,
      ]
    : [];
}
