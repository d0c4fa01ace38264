import { afterStopping } from "../../analysis/analysis.ts";
import { CONFIDENCE, type PerBoot, ratiosWithinBoots, roundingOf } from "../../analysis/within-boots.ts";
import { HEADLINE } from "../../base/metrics.ts";
import { optional } from "../../base/optional.ts";
import { groundText } from "../../base/timing.ts";
import {
  figures,
  paragraph,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import { percent, pText } from "../../document/figure-text.ts";
import type { Of } from "../../document/of.ts";
import { type Judged, judgedInFamilies } from "../../stats/families.ts";
import { type ExactTest, permutationTest } from "../../stats/permutation.ts";
import { type RatioEstimate, ratioOfRatios, welchLogRatio } from "../../stats/ratio.ts";
import { CONDITION, JUDGED, LEVEL, WORKLOAD } from "../parts/columns.ts";
import { type Difference, differences, parameterDifferences } from "../parts/comparability.ts";
import type { Report } from "../parts/report.ts";

/** What a comparison reads of a report, and what it calls it. */
export interface Compared extends Pick<Report, "subject" | "analysis" | "hardware" | "timing"> {
  readonly name: string;
}

/** One figure of a later report against the same figure of the first. */
export interface Change extends Draft, Judged {}

interface Draft {
  readonly workload: string;
  readonly of: string;
  readonly to: string;
  readonly level: number;
  /** Both have it; absent where neither has factors. */
  readonly condition?: string;
  readonly kind: Kind;
  readonly estimate: RatioEstimate;
  /** Of the two runs' boots, which takes nothing for granted of their spread. */
  readonly permutation: ExactTest;
  /** The later one's trials; undefined where they are not ours. */
  readonly behind: Of | undefined;
}

/** `absolute`: throughput itself; `relative`: the share of L0's throughput that the level keeps. */
type Kind = "absolute" | "relative";

/** Every figure of the others against the first's, and why some are not compared. */
export function changesBetween(
  reports: readonly Compared[],
  margin: number,
): { readonly changes: readonly Change[]; readonly notes: readonly string[] } {
  const [first, ...others] = reports;
  const workloads = workloadsOf(reports);
  const pairs = first === undefined ? [] : others.map((other) => comparePair({ first, other }, workloads));
  const changes = judgedInFamilies(
    pairs.flatMap((pair) => pair.changes),
    () => "changes",
    () => "higher",
    margin,
  );
  return { changes, notes: [...pairs.flatMap(({ refusals }) => refusals), ...hardwareNote(reports)] };
}

export function workloadsOf(reports: readonly Compared[]): readonly string[] {
  return [...new Set(reports.flatMap(({ analysis }) => analysis.cells.map(({ workload }) => workload)))];
}

/** Whether an interval says that a figure fell by more than the threshold (0.05: five percent). */
export function fellBeyond({ estimate }: Change, threshold: number): boolean {
  return estimate.standardError !== undefined && estimate.high < 1 - threshold;
}

/** The run behind a report's figures; undefined for a published study. */
export function runBehind({ subject }: Compared): Of | undefined {
  return subject.kind === "run" ? { run: subject.id } : undefined;
}

function hardwareNote(reports: readonly Compared[]): readonly string[] {
  const kinds = new Set(reports.map(groundText));
  return kinds.size > 1
    ? [
        `the reports are of ${[...kinds].join(" and ")}: what a layer costs there differs in kind, and is shown side by side only to be read so`,
      ]
    : [];
}

interface Pair {
  readonly first: Compared;
  readonly other: Compared;
}

interface Outcome {
  readonly changes: readonly Draft[];
  /** Sentences that say what is not compared, and why. */
  readonly refusals: readonly string[];
}

function comparePair(pair: Pair, workloads: readonly string[]): Outcome {
  const { first, other } = pair;
  const facts = differences(first, other);
  const kind = facts.length === 0 ? "absolute" : "relative";
  const refused = (why: string) => `${other.name} against ${first.name}: ${why}`;
  const noFigures =
    facts.length === 0 ? [] : [refused(`no absolute figures, because they differ in ${listed(facts)}`)];
  const whole = refusalOf(pair);
  if (whole !== undefined) return { changes: [], refusals: [...noFigures, refused(whole)] };
  const conditions = sharedConditions(pair);
  const alone = [first, other].flatMap((report) =>
    conditionNames(report).flatMap((name) =>
      name === undefined || conditions.includes(name) ? [] : [`${name} (${report.name} alone)`],
    ),
  );
  const refusals = [
    ...noFigures,
    ...(alone.length === 0 ? [] : [refused(`not measured in both: ${alone.join("; ")}`)]),
  ];
  const changes: Draft[] = [];
  for (const workload of workloads) {
    const why = workloadRefusals(workload, pair);
    if (why.length > 0) refusals.push(...why.map(refused));
    else for (const condition of conditions) changes.push(...changesOf(pair, { workload, condition, kind }));
  }
  return { changes, refusals };
}

/** Why no figure of a pair is divided by another; undefined where some may be. */
function refusalOf(pair: Pair): string | undefined {
  const { first, other } = pair;
  if (
    first.subject.kind !== "run" ||
    other.subject.kind !== "run" ||
    first.hardware !== other.hardware ||
    first.timing !== other.timing
  ) {
    return "relative costs stand side by side and are not divided by each other";
  }
  if (first.timing === "functional") {
    return "the speeds of a functional machine are not divided by each other";
  }
  if (sharedConditions(pair).length > 0) return undefined;
  return `they have no condition in common, ${conditionsText(first)} / ${conditionsText(other)}`;
}

function workloadRefusals(workload: string, { first, other }: Pair): readonly string[] {
  const without = [first, other].filter(
    ({ analysis }) => !analysis.cells.some((cell) => cell.workload === workload),
  );
  if (without.length > 0) return without.map(({ name }) => `${name} has no figures of ${workload}`);
  const params = parameterDifferences(first, other, workload);
  return params.length === 0 ? [] : [`${workload} is another workload there: ${listed(params)}`];
}

/** By name; undefined is the one that a run without factors has. */
function conditionNames({ analysis }: Compared): readonly (string | undefined)[] {
  return [...new Set(analysis.cells.map(({ condition }) => condition))];
}

function sharedConditions({ first, other }: Pair): readonly (string | undefined)[] {
  const names = conditionNames(other);
  return conditionNames(first).filter((name) => names.includes(name));
}

function conditionsText(report: Compared): string {
  const names = conditionNames(report).map((name) => name ?? "no factors");
  return names.join("; ") || "no figures";
}

function listed(found: readonly Difference[]): string {
  const shown = found.slice(0, 6).map(({ of, fact, found: [one, another] }) => {
    const named = of === undefined ? fact : `${of}: ${fact}`;
    return `${named} (${one} / ${another})`;
  });
  return `${shown.join(", ")}${found.length > shown.length ? `, and ${found.length - shown.length} more` : ""}`;
}

interface Subject {
  readonly workload: string;
  readonly condition: string | undefined;
  readonly kind: Kind;
}

function changesOf(pair: Pair, subject: Subject): readonly Draft[] {
  const { first, other } = pair;
  const { workload, condition, kind } = subject;
  return cellsOf(other, subject).flatMap(({ level }): readonly Draft[] => {
    if (kind === "relative" && level === 0) return [];
    const estimate =
      kind === "absolute" ? ofThroughput(pair, subject, level) : ofShares(pair, subject, level);
    if (estimate === undefined) return [];
    const [of, to] = [other, first].map((report) => logsAt(report, subject, level));
    const run = runBehind(other);
    return [
      {
        workload,
        of: other.name,
        to: first.name,
        level,
        ...optional({ condition }),
        kind,
        estimate,
        permutation: permutationTest(of ?? [], to ?? []),
        behind: run && { ...run, workload, level },
      },
    ];
  });
}

/** A level's throughput in one run to that in the other: boots of two runs are unrelated. */
function ofThroughput({ first, other }: Pair, subject: Subject, level: number): RatioEstimate | undefined {
  const [of, to] = [throughputAt(other, subject, level), throughputAt(first, subject, level)];
  if (of === undefined || to === undefined) return undefined;
  const found = welchLogRatio(of.geometric, to.geometric, CONFIDENCE, roundingOf([of, to]));
  return found !== undefined && [first, other].some(stoppedOnWidth) ? afterStopping(found) : found;
}

/** What a level keeps of L0 in one run to that in the other, each as its own report has it, from within its boots. */
function ofShares({ first, other }: Pair, subject: Subject, level: number): RatioEstimate | undefined {
  const [of, to] = [other, first].map(({ analysis }) =>
    analysis.comparisons.find(
      (one) =>
        one.metric === HEADLINE &&
        one.workload === subject.workload &&
        one.condition === subject.condition &&
        one.level === level &&
        one.to === 0,
    ),
  );
  return of === undefined || to === undefined ? undefined : ratioOfRatios(of.estimate, to.estimate);
}

function stoppedOnWidth({ subject }: Compared): boolean {
  return subject.kind === "run" && subject.study.repetitions.kind === "until";
}

function cellsOf({ analysis }: Compared, { workload, condition }: Subject) {
  return analysis.cells.filter((cell) => cell.workload === workload && cell.condition === condition);
}

function throughputAt(report: Compared, subject: Subject, level: number): PerBoot | undefined {
  return cellsOf(report, subject).find((cell) => cell.level === level)?.throughput;
}

/** Per boot, the logarithm of throughput, or of the share of L0's throughput in the same boot. */
function logsAt(report: Compared, subject: Subject, level: number): readonly number[] {
  const [own, ground] = [throughputAt(report, subject, level), throughputAt(report, subject, 0)];
  if (own === undefined) return [];
  if (subject.kind === "absolute") return own.geometric.map(Math.log);
  return ground === undefined ? [] : ratiosWithinBoots(own, ground).map(Math.log);
}

export function changeSection(changes: readonly Change[], title: string): Section | undefined {
  const tables = (["absolute", "relative"] as const).map((kind) => {
    const own = changes.filter((change) => change.kind === kind);
    return own.length === 0 ? undefined : changeTable(kind, own);
  });
  const nothing = paragraph("Nothing may be divided by each other here; the reasons are below.");
  return section("changes", title, changes.length === 0 ? [nothing] : tables);
}

const TITLES: Readonly<Record<Kind, string>> = {
  absolute: "Throughput against the first run's, at the same level with the same facts",
  relative: "The share of L0's throughput that a level keeps, against the first run's share",
};

function changeTable(kind: Kind, changes: readonly Change[]): Table {
  return table(changes, {
    id: `changes-${kind}`,
    title: TITLES[kind],
    columns: [
      WORKLOAD,
      words("run", ({ of }) => of),
      changes.some(({ condition }) => condition !== undefined) ? CONDITION : undefined,
      LEVEL,
      figures("change", ({ estimate }) => percent(estimate.ratio - 1, "signed")),
      ...JUDGED,
      figures("p (permutation)", ({ permutation }) =>
        permutation.kind === "exact" ? pText(permutation.p) : undefined,
      ),
    ],
    of: ({ behind }) => behind,
    terminal: "end",
    footnotes: [
      "Boots of two runs are unrelated: Welch's t on logarithms, each run with the spread of its own report. The permutation test's p is not adjusted.",
      ...new Set(changes.flatMap(({ estimate }) => estimate.warnings)),
    ],
  });
}
