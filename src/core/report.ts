import type { Allotment } from "./allotment.ts";
import { type Analysis, type Cell, type Comparison, type Metric, sameSeries } from "./analysis.ts";
import type { Confinement } from "./confinement.ts";
import { figures, type Section, type Table, type TableCell, table, words } from "./document.ts";
import type { Effect } from "./effects.ts";
import type { MachineFacts } from "./facts.ts";
import type { BarFigure, BarPanel, RatioFigure, RatioRow } from "./figure.ts";
import type { KvmWork } from "./kvm-work.ts";
import type { Doubt } from "./observation.ts";
import type { Trial } from "./plan.ts";
import type { Problem } from "./problem.ts";
import type { RatioEstimate } from "./stats/ratio.ts";
import type { StudyData } from "./study.ts";
import { TIMING_LABELS, type Timing } from "./timing.ts";
import { significant } from "./units.ts";
import type { Reading } from "./workload.ts";

/** Everything an output needs, as data; an output turns it into bytes and adds nothing. */
export interface Report {
  readonly subject: Subject;
  readonly title: string;
  /** `mixed`: of a group whose platforms differ in it; its subject says which is which. */
  readonly hardware: HardwareKind | "mixed";
  readonly timing: Timing | "mixed";
  /** Must stand wherever a figure of this report stands; absent for real hardware. */
  readonly label?: string;
  /** The conclusion, one per workload. */
  readonly answers: readonly Answer[];
  /** The whole report in reading order, the answers first. */
  readonly sections: readonly Section[];
  readonly analysis: Analysis;
  /** Of a run's factors; absent where it has none. */
  readonly effects?: readonly Effect[];
  /** Every trial, read when asked for, as often as asked for; none for a published study. */
  readonly trials: Iterable<TrialRow>;
  readonly notes: readonly string[];
}

type HardwareKind = "real" | "emulated" | "simulated";

/** What a run stands on. */
export interface Ground {
  readonly hardware: HardwareKind;
  readonly timing: Timing;
}

/** What the report is about. */
export type Subject =
  | {
      readonly kind: "run";
      /** The run's name. */
      readonly id: string;
      readonly createdAt: string;
      readonly study: StudyData;
      readonly seed: number;
      readonly planned: number;
      /** Image hash, package versions, program version … by name. */
      readonly record: Readonly<Record<string, string>>;
      readonly levels: readonly LevelFacts[];
    }
  | {
      readonly kind: "group";
      /** The group's name. */
      readonly id: string;
      readonly createdAt: string;
      readonly seed: number;
      /** One for each platform, in the order of the study. */
      readonly members: readonly GroupMember[];
    }
  | { readonly kind: "reference"; readonly id: string; readonly citation: string }
  | { readonly kind: "comparison"; readonly id: string; readonly of: readonly string[] };

/** One platform of a group. */
export interface GroupMember {
  readonly platform: string;
  readonly study: StudyData;
  /** Its run and what that stands on; absent where it has not begun. */
  readonly run?: string;
  readonly hardware?: HardwareKind;
  readonly timing?: Timing;
}

/** Whose a figure is: in a group each platform has a run of its own. */
export function originOf(
  { subject, hardware, timing }: Report,
  platform: string | undefined,
): Pick<Report, "hardware" | "timing"> & { readonly run: string } {
  const members = subject.kind === "group" ? subject.members : [];
  const own = members.find((member) => member.platform === platform);
  return {
    run: own?.run ?? subject.id,
    hardware: own?.hardware ?? hardware,
    timing: own?.timing ?? timing,
  };
}

/** The first facts seen at a level. */
export interface LevelFacts {
  readonly level: number;
  readonly driver: string;
  readonly facts: MachineFacts;
  /** What the resources policy gave it; absent for runs from before that was kept. */
  readonly allotment?: Allotment;
  /** What it said of the control group that was measured; absent where nothing is confined. */
  readonly confinement?: Confinement;
  /** The CPUs of the level below that its vCPUs were on, in order: `0, 1`; absent where they were not pinned. */
  readonly pinning?: string;
}

export interface Answer {
  readonly workload: string;
  readonly sentence: string;
  readonly figure: RatioFigure | undefined;
}

export interface TrialRow {
  readonly trial: Trial;
  /** In the report of a group, where each platform's trials have the same names. */
  readonly platform?: string;
  /** Which attempt at the trial this is; earlier ones lost their machine, or were doubted. */
  readonly attempt: number;
  readonly bringUp: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** By the host's clock. */
  readonly seconds: number;
  /** Absent where the trial failed or is not judged yet. */
  readonly reading: Reading | undefined;
  readonly problem: Problem | undefined;
  /** What KVM counted on the levels that hosted the trial; none where it could not be read. */
  readonly kvm: readonly KvmWork[];
  /** What guards doubt of it; empty where it failed. */
  readonly doubts: readonly Doubt[];
}

export const LABELS: Readonly<Record<HardwareKind, string | undefined>> = {
  real: undefined,
  emulated:
    "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates. The costs of entering and leaving guests are the emulator's, not a processor's; do not set them beside figures of real hardware.",
  simulated:
    "SIMULATED: no machine was measured; the figures were drawn from known truth to try the program.",
};

/** What must stand with every figure of such a ground; undefined for real hardware. */
export function labelOf({ hardware, timing }: Ground): string | undefined {
  return TIMING_LABELS[timing] ?? LABELS[hardware];
}

/** Title and label of a figure or a page, ready to be spread into it. */
export function labelled(label: string | undefined): { readonly label?: string } {
  return label === undefined ? {} : { label };
}

/** The study's table of one workload under one policy (its tables 5 to 14): one row per platform and level. */
export function resultTable(id: string, title: string, cells: readonly Cell[]): Table {
  return table(
    id,
    title,
    [
      words("Platform"),
      words("D_virt"),
      ...quantityTitles("Transactional throughput", "TPSec"),
      ...quantityTitles("Mean response time", "Time (ms)"),
      figures("boots"),
    ],
    cells.map((cell) => [
      cell.platform,
      `L${cell.level}`,
      ...quantityCells(cell, "throughput", 1),
      ...quantityCells(cell, "response", 1000),
      String(cell.throughput.estimate.n),
    ]),
  );
}

function quantityTitles(group: string, name: string) {
  return [name, "ΔL(n-1)", "StdErr", "StdErr %"].map((title) => figures(title, group));
}

function quantityCells(cell: Cell, metric: Metric, factor: number): readonly TableCell[] {
  const quantity = cell[metric];
  const { mean, standardError } = quantity.estimate;
  const marked = quantity.marks.flatMap((marks, index) =>
    marks.length === 0 ? [] : [`boot ${quantity.boots[index]} (${marks.join(", ")})`],
  );
  const text = significant(mean * factor, 5);
  const doubts = [
    ...(marked.length === 0 ? [] : [`far from the others, and kept in the figure: ${marked.join("; ")}`]),
    ...(cell.doubted > 0 ? [`rests on ${cell.doubted} doubted trial(s) of ${cell.trials}`] : []),
  ];
  return [
    doubts.length === 0 ? text : { text, doubt: doubts.join("; ") },
    percent(quantity.changeFromPreviousLevel, "signed"),
    standardError === undefined ? "--" : significant(standardError * factor, 3),
    standardError === undefined ? "--" : percent(standardError / mean, "plain"),
  ];
}

export function percent(value: number | undefined, form: "signed" | "plain"): string {
  if (value === undefined || !Number.isFinite(value)) return "--";
  const text = `${significant(value * 100, 3)}%`;
  return form === "signed" && value > 0 ? `+${text}` : text;
}

/** The study's figures 2 to 16: throughput and response time by level and platform, side by side. */
export function resultFigure(
  id: string,
  title: string,
  cells: readonly Cell[],
  metrics: readonly Metric[],
  label: string | undefined,
): BarFigure {
  const panels = metrics.map((metric): BarPanel => {
    const factor = metric === "throughput" ? 1 : 1000;
    return {
      title: metric === "throughput" ? "Transactional throughput" : "Mean response time",
      unit: metric === "throughput" ? "transactions/s" : "ms",
      better: metric === "throughput" ? "higher" : "lower",
      bars: cells.map((cell) => ({
        platform: cell.condition ?? cell.platform,
        level: `L${cell.level}`,
        value: cell[metric].estimate.mean * factor,
        standardError: scaled(cell[metric].estimate.standardError, factor),
        points: cell[metric].perBoot.map((value) => value * factor),
      })),
    };
  });
  const alt = panels
    .map(
      (panel) =>
        `${panel.title} in ${panel.unit}: ${panel.bars.map((bar) => `${bar.platform} ${bar.level} ${significant(bar.value, 4)}`).join(", ")}`,
    )
    .join(". ");
  return { kind: "bars", id, title, alt: `${alt}.`, ...labelled(label), panels };
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Levels against levels with their intervals: what a reader should look at first. */
export function ratioFigure(
  id: string,
  title: string,
  comparisons: readonly Comparison[],
  margin: number,
  label: string | undefined,
): RatioFigure {
  const platforms = new Set(comparisons.map((one) => one.platform));
  const rows = comparisons.map((one): RatioRow => {
    const bounded = one.estimate.standardError !== undefined;
    return {
      group: groupName(one, platforms.size > 1 ? "several" : "one"),
      name: `L${one.level} to L${one.to}`,
      ratio: one.estimate.ratio,
      low: bounded ? one.estimate.low : undefined,
      high: bounded ? one.estimate.high : undefined,
      verdict: one.verdict.kind,
    };
  });
  const alt = comparisons
    .map(
      (one) =>
        `${barName(one, platforms.size > 1 ? "several" : "one")} L${one.level} to L${one.to}: ${ratioText(one.estimate)}, ${one.verdict.kind}`,
    )
    .join("; ");
  return {
    kind: "ratios",
    id,
    title,
    alt: `${alt}.`,
    ...labelled(label),
    axis: "throughput relative to the other level",
    margin,
    rows,
  };
}

function groupName({ platform, resources, condition, workload }: Comparison, platforms: Platforms): string {
  if (platforms === "one") return condition ?? workload;
  return `${platform}, ${condition ?? resources}`;
}

/** Whether a report is of several platforms, so that each figure must say whose it is. */
type Platforms = "one" | "several";

/** What tells the bars of a figure apart beside their level. */
function barName({ platform, condition }: Dimensions, platforms: Platforms): string {
  if (condition === undefined) return platform;
  return platforms === "one" ? condition : `${platform}, ${condition}`;
}

/** `0.87 [0.85, 0.89]`, or the ratio alone where it has no interval. */
export function ratioText(estimate: RatioEstimate): string {
  const ratio = significant(estimate.ratio, 3);
  return estimate.standardError === undefined
    ? `${ratio} (no interval)`
    : `${ratio} [${significant(estimate.low, 3)}, ${significant(estimate.high, 3)}]`;
}

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

/** Every comparison of one metric: ratio, interval, adjusted p, verdict and its reason. */
export function comparisonTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  titles: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(
    `comparisons-${metric}`,
    metric === "throughput"
      ? "Throughput: each level against those below"
      : "Mean response time: each level against those below",
    [
      words("workload"),
      ...seriesColumns(titles),
      words("levels"),
      figures("ratio"),
      figures("95% interval"),
      figures("p (Holm)"),
      words("verdict"),
      words("because"),
    ],
    own.map((one) => [
      one.workload,
      ...seriesCells(titles, one),
      `L${one.level} to L${one.to}`,
      significant(one.estimate.ratio, 4),
      intervalText(one.estimate),
      pText(one.holmP),
      one.verdict.kind,
      one.verdict.reason,
    ]),
    own.length === 0
      ? []
      : [
          `p is adjusted over the ${own.filter((one) => one.holmP !== undefined).length} comparisons of this table (Holm). It is not the probability that two levels are equal.`,
          ...new Set(own.flatMap((one) => one.estimate.warnings)),
        ],
  );
}

/** The same comparisons by other methods, so that nobody has to trust one. */
export function methodsTable(
  metric: Metric,
  comparisons: readonly Comparison[],
  titles: ColumnChoice,
): Table {
  const own = comparisons.filter((one) => one.metric === metric);
  return table(
    `methods-${metric}`,
    `${metric === "throughput" ? "Throughput" : "Mean response time"}: the same ratios by other methods`,
    [
      words("workload"),
      ...seriesColumns(titles),
      words("levels"),
      figures("boots unrelated"),
      figures("Fieller"),
      figures("t (Welch)"),
      figures("df"),
      figures("p"),
      figures("p (permutation)"),
      figures("Hedges' g"),
      figures("p (equivalence)"),
    ],
    own.map((one) => [
      one.workload,
      ...seriesCells(titles, one),
      `L${one.level} to L${one.to}`,
      one.unpaired === undefined ? "--" : intervalText(one.unpaired),
      fiellerText(one),
      one.test === undefined ? "--" : significant(one.test.t, 3),
      one.test === undefined ? "--" : significant(one.test.df, 3),
      pText(one.test?.p),
      one.permutation.kind === "exact" ? pText(one.permutation.p) : "--",
      one.hedges === undefined ? "--" : significant(one.hedges.g, 3),
      pText(one.equivalence.p),
    ]),
    [...new Set(own.flatMap((one) => (one.permutation.kind === "exact" ? [] : [one.permutation.reason])))],
  );
}

type Dimensions = Pick<Cell, "platform" | "resources" | "condition">;

/** Which of a comparison's dimensions need a column: those that differ within the report. */
export interface ColumnChoice {
  readonly platform: "shown" | "same";
  readonly resources: "shown" | "same";
  readonly condition: "shown" | "same";
}

export function columnChoice(cells: readonly Dimensions[]): ColumnChoice {
  const shown = (values: readonly (string | undefined)[]) => (new Set(values).size > 1 ? "shown" : "same");
  return {
    platform: shown(cells.map((cell) => cell.platform)),
    resources: shown(cells.map((cell) => cell.resources)),
    condition: shown(cells.map((cell) => cell.condition)),
  };
}

function seriesColumns(choice: ColumnChoice) {
  return [
    ...(choice.platform === "shown" ? [words("platform")] : []),
    ...(choice.resources === "shown" ? [words("resources")] : []),
    ...(choice.condition === "shown" ? [words("condition")] : []),
  ];
}

function seriesCells(choice: ColumnChoice, one: Dimensions): readonly string[] {
  return [
    ...(choice.platform === "shown" ? [one.platform] : []),
    ...(choice.resources === "shown" ? [one.resources] : []),
    ...(choice.condition === "shown" ? [one.condition ?? "--"] : []),
  ];
}

function intervalText(estimate: RatioEstimate): string {
  return estimate.standardError === undefined
    ? "--"
    : `${significant(estimate.low, 4)} to ${significant(estimate.high, 4)}`;
}

/** Fieller's set; where it is no interval it says so instead of hiding it. */
function fiellerText({ fieller }: Comparison): string {
  switch (fieller.kind) {
    case "bounded":
      return `${significant(fieller.low, 4)} to ${significant(fieller.high, 4)}`;
    case "exclusive":
      return `outside ${significant(fieller.below, 4)} to ${significant(fieller.above, 4)}`;
    case "unbounded":
      return "unbounded";
  }
}

export function pText(p: number | undefined): string {
  if (p === undefined) return "--";
  return p < 0.0001 ? "<0.0001" : significant(p, 2);
}

/** Throughput per CPU, where the levels have different numbers of them; undefined where they do not. */
export function perCpuTable(
  id: string,
  cells: readonly Cell[],
  cpusOf: (cell: Cell) => number | undefined,
): Table | undefined {
  const stated = cells.flatMap((cell) => {
    const cpus = cpusOf(cell);
    return cpus === undefined ? [] : [{ cell, cpus }];
  });
  const known = stated.filter(({ cell, cpus }) =>
    stated.some((other) => sameSeries(other.cell, cell) && other.cpus !== cpus),
  );
  if (known.length === 0) return undefined;
  const rows = known.map(({ cell, cpus }) => {
    const each = cell.throughput.estimate.mean / cpus;
    const before = known.find(({ cell: other }) => other.level === cell.level - 1 && sameSeries(other, cell));
    const change =
      before === undefined ? undefined : each / (before.cell.throughput.estimate.mean / before.cpus) - 1;
    return [
      cell.workload,
      cell.condition ?? cell.platform,
      `L${cell.level}`,
      String(cpus),
      significant(cell.throughput.estimate.mean, 5),
      percent(cell.throughput.changeFromPreviousLevel, "signed"),
      significant(each, 5),
      percent(change, "signed"),
    ];
  });
  return table(
    id,
    "Throughput per CPU, where the levels have different numbers of CPUs",
    [
      words("workload"),
      words("platform"),
      words("D_virt"),
      figures("CPUs"),
      figures("TPSec"),
      figures("ΔL(n-1)"),
      figures("TPSec per CPU"),
      figures("ΔL(n-1) per CPU"),
    ],
    rows,
    [
      "A fall in throughput from level to level mixes lost CPUs with lost speed; per CPU only the speed is left, for workloads that use every CPU.",
    ],
  );
}

/** Where the spread comes from, and what it says of how to spend time. */
export function spreadTable(cells: readonly Cell[]): Table | undefined {
  const rows = cells.flatMap((cell) => {
    const { components, estimate } = cell.throughput;
    if (components === undefined) return [];
    const share = (variance: number) => percent(Math.sqrt(variance) / estimate.mean, "plain");
    return [
      [
        cell.condition === undefined ? cell.workload : `${cell.workload}, ${cell.condition}`,
        `L${cell.level}`,
        String(components.boots),
        String(components.runs),
        share(components.betweenVariance),
        share(components.withinVariance),
        significant(components.intraclassCorrelation, 2),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return table(
    "spread",
    "Where the spread of throughput comes from",
    [
      words("workload"),
      words("D_virt"),
      figures("boots"),
      figures("trials"),
      figures("between boots"),
      figures("within a boot"),
      figures("intraclass correlation"),
    ],
    rows,
    [
      "Standard deviations in percent of the mean. What differs between boots is not averaged away by more trials in a boot.",
      ...new Set(cells.flatMap((cell) => cell.throughput.components?.warnings ?? [])),
    ],
  );
}

/** The study's table 4. */
export function keyTable(): Table {
  return table(
    "key",
    "Key to the symbols",
    [words("symbol"), words("meaning")],
    [
      [
        "D_virt",
        "degree of virtualization: L0 no hypervisor below that the study counts, L1 a guest, L2 a guest of a guest",
      ],
      ["TPSec", "transactional throughput, transactions per second"],
      ["Time", "mean response time of a transaction, milliseconds"],
      ["ΔL(n-1)", "relative change from the level below"],
      ["StdErr", "standard error of the mean over boots; StdErr % the same in percent of the mean"],
      [
        "ratio",
        "of the geometric means over boots; within boots where both levels were measured in the same ones",
      ],
    ],
  );
}
