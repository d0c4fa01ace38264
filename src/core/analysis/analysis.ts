import {
  HEADLINE,
  METRIC_IDS,
  METRICS,
  type Metric,
  metricsOf,
  type PerMetric,
  perMetric,
} from "../base/metrics.ts";
import { optional } from "../base/optional.ts";
import type { Problem } from "../base/problem.ts";
import type { BlockResidual } from "../stats/block-residual.ts";
import { type Judged, judgedInFamilies } from "../stats/families.ts";
import { type FiellerSet, fiellerPaired } from "../stats/fieller.ts";
import { type HedgesG, hedgesG } from "../stats/hedges.ts";
import { estimateMean, type MeanEstimate, meanOf, relativeChange } from "../stats/mean.ts";
import { type OutlierRule, outlierMarks } from "../stats/outliers.ts";
import { type ExactTest, signFlipTest } from "../stats/permutation.ts";
import { type RatioEstimate, welchLogRatio, widened } from "../stats/ratio.ts";
import { type TTest, welch } from "../stats/t-test.ts";
import { type VarianceComponents, varianceComponents } from "../stats/variance-components.ts";
import type { Condition } from "../study/settings/condition.ts";
import type { Trial } from "../trial/plan.ts";
import { bootLag1, dependenceWarning } from "./dependence.ts";
import {
  type BootValues,
  cellKey,
  type Gathered,
  roundingIn,
  type SettledBoot,
  settledLevels,
  sidesOf,
} from "./gather.ts";
import {
  CONFIDENCE,
  levelRatio,
  levelResidual,
  type PerBoot,
  pairedRatio,
  pairs,
  ratiosWithinBoots,
  roundingOf,
} from "./within-boots.ts";

export interface FailedTrial {
  readonly trial: Trial;
  readonly problem: Problem;
}

/** What the analysis must know of the experiment beside its readings. */
export interface Design {
  readonly platform: string;
  /** The resources policy's name. */
  readonly resources: string;
  readonly workloads: readonly string[];
  /** The deepest level. */
  readonly levels: number;
  /** 0.02: ratios between 1/1.02 and 1.02 count as equivalent. */
  readonly margin: number;
  /** Absent where the study has no factors. */
  readonly conditions?: readonly Condition[];
  /** The deepest level was measured once in each boot, where the way turns. */
  readonly deepest?: "once";
  /** Where boots were added until the intervals were narrow; absent where their number was fixed beforehand. */
  readonly repetitions?: "until";
}

/** What levels that are compared have in common. */
interface Topic {
  readonly workload: string;
  readonly platform: string;
  readonly resources: string;
  /** Its name; absent where the study has no factors. */
  readonly condition?: string;
}

/** One workload at one level of one platform: the boot is the unit of replication. */
export interface Cell extends PerMetric<Quantity>, Topic {
  readonly level: number;
  /** How many trials the figures rest on. */
  readonly trials: number;
  /** How many of them are doubted. */
  readonly doubted: number;
}

/**
 * The ratios rest on the geometric means of boots, out of which a drift that is linear in the logarithm is taken (trend.ts);
 * arithmetic means would keep a trace of it.
 */
export interface Quantity extends PerBoot {
  /** Per second, or seconds. */
  readonly estimate: MeanEstimate;
  /** One value per boot, in the order of `boots`; empty where only means are known. */
  readonly perBoot: readonly number[];
  readonly changeFromPreviousLevel: number | undefined;
  readonly ratioToL0: number | undefined;
  /** Rules that mark a boot's value as far from the others, for each value; nothing is dropped. */
  readonly marks: readonly (readonly OutlierRule[])[];
  /** Undefined unless there are several boots with several trials each. */
  readonly components: VarianceComponents | undefined;
}

/** One level against one below it. */
export interface Comparison extends ComparisonDraft, Judged {}

/** What is found of a comparison before its family, all of one metric in a report, is known. */
export interface ComparisonDraft extends Topic {
  readonly metric: Metric;
  readonly level: number;
  /** The level it is compared with. */
  readonly to: number;
  /** The headline: within boots where both levels were measured in the same ones, its spread from all levels. */
  readonly estimate: RatioEstimate;
  readonly fieller: FiellerSet;
  readonly tests: OtherTests;
  /** Within boots; undefined where there are too few of them, or only means are known. */
  readonly hedges: HedgesG | undefined;
}

/** Other tests of a comparison, for the same design as the headline's. */
export type OtherTests =
  | {
      readonly kind: "within boots";
      /** Student's paired t on the logarithms: the ratio's own spread alone. */
      readonly paired: RatioEstimate;
      readonly signFlip: ExactTest;
      /** How much boots resemble those before them, from ten boots on. */
      readonly lag1?: number;
    }
  | {
      /** Published means, and levels that were never measured in the same boot. */
      readonly kind: "unrelated";
      /** On the two means. */
      readonly welch: TTest | undefined;
    };

export interface Analysis {
  readonly cells: readonly Cell[];
  readonly comparisons: readonly Comparison[];
  readonly failed: readonly FailedTrial[];
  readonly margin: number;
  /** Sentences that belong under every table made from this. */
  readonly warnings: readonly string[];
}

/**
 * An interval that was stopped when it was narrow is too narrow on average: of simulated studies with 15 to 20 boots
 * 93 in a hundred held the truth, and with this much more width 94 to 96 (docs/statistics.md).
 */
const STOPPED_WIDENING = 1.04;

const STOPPED_WARNING = `boots were added until the intervals were narrow enough, which makes them too narrow on average; they are ${Math.round((STOPPED_WIDENING - 1) * 100)}% wider for that`;

/** The headline's estimate where its width decided how many boots there are. */
export function afterStopping(estimate: RatioEstimate): RatioEstimate {
  return widened(estimate, STOPPED_WIDENING, STOPPED_WARNING);
}

/**
 * Estimates from readings. Within a boot the trials of one direction are averaged,
 * then the two directions; each boot counts once.
 */
export function analyse(gathered: Gathered, failed: readonly FailedTrial[], design: Design): Analysis {
  const warnings = new Set<string>();
  const cells: Cell[] = [];
  const conditions: readonly (Condition | undefined)[] = design.conditions ?? [undefined];
  const topics = design.workloads.flatMap((name) => conditions.map((one) => [name, one] as const));
  for (const [workload, condition] of topics) {
    const found: Cell[] = [];
    const levels = Array.from({ length: design.levels + 1 }, (_, level) =>
      gathered.get(cellKey(workload, level, condition?.index)),
    );
    const settled = new Map(METRIC_IDS.map((metric) => [metric, settledLevels(levels, metric)]));
    const at = (metric: Metric, level: number) => settled.get(metric)?.[level] ?? NO_BOOTS;
    const under = condition === undefined ? "" : ` under ${condition.name}`;
    for (let level = 0; level <= design.levels; level++) {
      const own = levels[level];
      const boots = own?.metrics.get(HEADLINE);
      if (own === undefined || boots === undefined) {
        warnings.add(`${workload} at L${level}${under}: no trial could be read`);
        continue;
      }
      const oneSided = [...boots.values()].filter((boot) => sidesOf(boot).length < 2).length;
      const turning = design.deepest === "once" && level === design.levels;
      if (oneSided > 0 && !turning) {
        warnings.add(
          `${workload} at L${level}${under}: ${oneSided} boot(s) were measured in one direction only, so drift does not cancel there`,
        );
      }
      const previous = found.find((cell) => cell.level === level - 1);
      const ground = found.find((cell) => cell.level === 0);
      found.push({
        workload,
        platform: design.platform,
        resources: design.resources,
        ...optional({ condition: condition?.name }),
        level,
        ...perMetric(
          quantity(boots, at(HEADLINE, level), previous?.[HEADLINE], ground?.[HEADLINE]),
          (metric) => {
            const values = own.metrics.get(metric);
            return values === undefined
              ? undefined
              : quantity(values, at(metric, level), previous?.[metric], ground?.[metric]);
          },
        ),
        trials: own.trials,
        doubted: own.doubted,
      });
    }
    cells.push(...found);
  }
  const comparisons = compareLevels(cells, design);
  const found = [...bootWarnings(cells), ...outlierWarnings(cells), ...dependenceWarnings(comparisons)];
  for (const warning of found) warnings.add(warning);
  return { cells, comparisons, failed, margin: design.margin, warnings: [...warnings] };
}

function dependenceWarnings(comparisons: readonly Comparison[]): readonly string[] {
  const lagged = comparisons.flatMap(({ workload, condition, level, to, metric, tests, estimate }) =>
    metric !== HEADLINE || tests.kind === "unrelated" || tests.lag1 === undefined
      ? []
      : [
          {
            name: `${workload}${condition === undefined ? "" : ` under ${condition}`} L${level} to L${to}`,
            boots: estimate.boots ?? 0,
            lag1: tests.lag1,
          },
        ],
  );
  const warning = dependenceWarning(lagged);
  return warning === undefined ? [] : [warning];
}

const NO_BOOTS: ReadonlyMap<number, SettledBoot> = new Map();

function bootWarnings(cells: readonly Cell[]): readonly string[] {
  const boots = Math.min(...cells.map((cell) => cell[HEADLINE].estimate.n));
  if (cells.length === 0 || boots >= ENOUGH_BOOTS) return [];
  return [
    boots === 1
      ? "one boot: there is no standard error, and nothing can be said of the spread"
      : `${boots} boots: a standard error on ${boots - 1} degree(s) of freedom is itself very uncertain; differences near it mean nothing`,
  ];
}

/** What the simulated studies of docs/statistics.md showed of such boots. */
function outlierWarnings(cells: readonly Cell[]): readonly string[] {
  const marked = cells.flatMap((cell) =>
    metricsOf(cell).flatMap(([, { marks }]) => marks.filter((rules) => rules.length > 0)),
  ).length;
  if (marked === 0) return [];
  return [
    `${marked} value(s) of a boot lie far from the others; they are marked and kept in every figure. Among six ordinary boots one is marked in a quarter of cases. Where trials now and then take twice as long, 95% intervals are too wide and hold the truth about 98 times in a hundred`,
  ];
}

/** The least with which 15 comparisons can be told from chance by an exact test. */
const ENOUGH_BOOTS = 6;

function quantity(
  boots: ReadonlyMap<number, BootValues>,
  settled: ReadonlyMap<number, SettledBoot>,
  previous: Quantity | undefined,
  ground: Quantity | undefined,
): Quantity {
  const ordered = [...boots].sort(([a], [b]) => a - b);
  const sides = ordered.map(([, boot]) => sidesOf(boot));
  const perBoot = sides.map((own) => meanOf(own.map(({ sum, count }) => sum / count)));
  const geometric = ordered.map(([boot]) => Math.exp(settled.get(boot)?.log ?? Number.NaN));
  const estimate = estimateMean(perBoot) ?? { n: 0, mean: Number.NaN, standardError: undefined };
  const before = previous?.estimate;
  const base = ground?.estimate;
  return {
    estimate,
    perBoot,
    boots: ordered.map(([boot]) => boot),
    geometric,
    rounding: roundings(ordered.map(([, boot]) => boot)),
    changeFromPreviousLevel: before === undefined ? undefined : relativeChange(before.mean, estimate.mean),
    ratioToL0: base === undefined ? undefined : estimate.mean / base.mean,
    marks: outlierMarks(perBoot),
    components: varianceComponents(ordered.map(([, { values }]) => values)),
  };
}

/** One for each boot; none where the resolution of some reading is not known. */
function roundings(boots: readonly BootValues[]): readonly number[] {
  const found = boots.flatMap((boot) => roundingIn(boot) ?? []);
  return found.length < boots.length ? [] : found;
}

/** Every level against L0 and against the level below it, per workload and metric, with p adjusted per metric. */
function compareLevels(cells: readonly Cell[], { margin, repetitions }: Design): readonly Comparison[] {
  const drafts: ComparisonDraft[] = [];
  for (const metric of METRIC_IDS) {
    for (const cell of cells) {
      const levels = cells.filter((other) => sameTopic(other, cell));
      const residual = levelResidual(levels.flatMap((one) => one[metric] ?? []));
      for (const to of new Set([0, cell.level - 1])) {
        const base = levels.find((other) => other.level === to);
        const draft =
          base === undefined || cell.level === 0 ? undefined : compare(cell, base, metric, residual);
        if (draft === undefined) continue;
        drafts.push(repetitions === "until" ? draftAfterStopping(draft) : draft);
      }
    }
  }
  return judged(drafts, margin);
}

function draftAfterStopping(draft: ComparisonDraft): ComparisonDraft {
  const { estimate, tests } = draft;
  return {
    ...draft,
    estimate: afterStopping(estimate),
    tests: tests.kind === "unrelated" ? tests : { ...tests, paired: afterStopping(tests.paired) },
  };
}

/** Whether two cells differ in their level alone. */
export function sameTopic(a: Topic, b: Topic): boolean {
  return (
    a.workload === b.workload &&
    a.platform === b.platform &&
    a.resources === b.resources &&
    a.condition === b.condition
  );
}

/** Verdicts over the whole family of each metric. */
export function judged(drafts: readonly ComparisonDraft[], margin: number): readonly Comparison[] {
  return judgedInFamilies(
    drafts,
    ({ metric }) => metric,
    ({ metric }) => METRICS[metric].better,
    margin,
  );
}

/** Undefined where the workload has no such figure, or it is not positive, so that there is no ratio to speak of. */
function compare(
  cell: Cell,
  base: Cell,
  metric: Metric,
  residual: BlockResidual,
): ComparisonDraft | undefined {
  const [of, to] = [cell[metric], base[metric]];
  if (of === undefined || to === undefined) return undefined;
  const [ofShared, toShared] = pairs(of, to);
  const estimate =
    levelRatio(of, to, residual) ??
    welchLogRatio(of.geometric, to.geometric, CONFIDENCE, roundingOf([of, to]));
  if (estimate === undefined) return undefined;
  const paired = pairedRatio(of, to);
  const logs = ratiosWithinBoots(of, to).map(Math.log);
  return {
    workload: cell.workload,
    platform: cell.platform,
    resources: cell.resources,
    ...optional({ condition: cell.condition }),
    metric,
    level: cell.level,
    to: base.level,
    estimate,
    fieller: fiellerPaired(ofShared, toShared, CONFIDENCE, [roundingOf([of]), roundingOf([to])]),
    tests:
      paired === undefined
        ? { kind: "unrelated", welch: welch(of.estimate, to.estimate) }
        : {
            kind: "within boots",
            paired,
            signFlip: signFlipTest(logs),
            ...optional({ lag1: bootLag1(logs) }),
          },
    hedges: hedgesG(ofShared, toShared),
  };
}
