import { HEADLINE } from "../base/metrics.ts";
import type { BlockResidual } from "../stats/block-residual.ts";
import { estimateMean, meanOf } from "../stats/mean.ts";
import { type RatioEstimate, withBoots } from "../stats/ratio.ts";
import { tQuantile } from "../stats/t-distribution.ts";
import type { AdaptiveRepetitions } from "../study/repetitions.ts";
import { conditionsOf } from "../study/settings/condition.ts";
import { type Boot, type BootShape, type Plannable, planBoot, type Trial } from "../trial/plan.ts";
import { type Analysis, afterStopping, type Comparison } from "./analysis.ts";
import {
  addReading,
  cellKey,
  type Gathered,
  type MeasuredTrial,
  type SettledBoot,
  settledLevels,
} from "./gather.ts";
import { levelRatio, levelResidual, type PerBoot, sumOfBoth } from "./within-boots.ts";

/** What the store holds of a run, as far as it decides what is measured next. */
export interface SoFar {
  readonly readings: readonly MeasuredTrial[];
  /** Every trial that was executed, read or not. */
  readonly trials: readonly Pick<Trial, "boot">[];
  /** Trials that need not be executed again. */
  readonly settled: ReadonlySet<string>;
  /** How long each boot took in all its bring-ups, from the first launch to the last trial's end. */
  readonly bootSeconds: ReadonlyMap<number, BootSeconds>;
}

export interface BootSeconds {
  readonly all: number;
  /** Those of them in which no boot before it was up: what it adds to the run. */
  readonly added: number;
  /** From launch to the first command answered, summed over its machines. */
  readonly bringUp: number;
}

/** The part of a study that decides how an adaptive run goes on. */
export interface AdaptiveStudy extends Plannable {
  readonly repetitions: AdaptiveRepetitions;
}

/** Why nothing more is measured of a workload. */
export type StopReason = "width reached" | "maximum of boots" | "budget" | "a level without readings";

export interface PlanSoFar {
  /** The boots that were measured, and the one that comes next or goes on. */
  readonly boots: readonly Boot[];
  /** Why it ended, by workload; undefined while it goes on. */
  readonly stopped: ReadonlyMap<string, StopReason> | undefined;
}

/**
 * The plan of an adaptive run as far as it is decided. What boot k has depends on boots before k alone, so a run that
 * was stopped anywhere goes on as it would have.
 */
export function planSoFar(study: AdaptiveStudy, seed: number, soFar: SoFar): PlanSoFar {
  const boots: Boot[] = [];
  const stopped = new Map<string, StopReason>();
  const ratios = headlineRatios(study, soFar.readings);
  for (let index = 1; ; index++) {
    const shape = nextShape(study, soFar, ratios, index - 1, stopped);
    if (shape.size === 0) return { boots, stopped };
    const boot = planBoot(study, seed, index, shape);
    boots.push(boot);
    if (!boot.trials.every(({ id }) => soFar.settled.has(id))) return { boots, stopped: undefined };
  }
}

/** One headline ratio over the boots that measured both its levels, in their order. */
export interface HeadlineRatio {
  readonly workload: string;
  readonly level: number;
  /** The level it is compared with. */
  readonly to: number;
  readonly boots: readonly Middle[];
  /** What the first so many boots of all levels leave unexplained. */
  readonly residualAt: (boots: number) => BlockResidual;
}

interface Middle {
  readonly boot: number;
  /** Geometric means within the boot. */
  readonly of: number;
  readonly to: number;
  /** What the rounding of their readings adds to either; undefined where that is not known. */
  readonly roundings: { readonly of: number | undefined; readonly to: number | undefined };
  /** Variance of the boot's logarithm of the ratio for its trials' sake, after their trend; undefined with one direction alone. */
  readonly withinVariance: number | undefined;
}

/** Per condition and workload, each level against L0 and the level below: what the answers rest on. */
export function headlineRatios(
  study: Plannable,
  readings: readonly MeasuredTrial[],
): readonly HeadlineRatio[] {
  const gathered: Gathered = new Map();
  for (const one of readings) addReading(gathered, one);
  const conditions = conditionsOf(study).map(({ index }) => index);
  const found: HeadlineRatio[] = [];
  for (const { name } of study.workloads) {
    for (const condition of conditions.length === 0 ? [undefined] : conditions) {
      const levels = settledLevels(
        Array.from({ length: study.levels + 1 }, (_, level) => gathered.get(cellKey(name, level, condition))),
        HEADLINE,
      );
      const residualAt = residualsOf(levels);
      for (let level = 1; level <= study.levels; level++) {
        for (const base of new Set([0, level - 1])) {
          const boots = middles(levels[level] ?? new Map(), levels[base] ?? new Map());
          found.push({ workload: name, level, to: base, boots, residualAt });
        }
      }
    }
  }
  return found;
}

/** Worked out once for each number of boots: several ratios ask for it. */
function residualsOf(levels: readonly ReadonlyMap<number, SettledBoot>[]): HeadlineRatio["residualAt"] {
  const all = levels.map((level) =>
    [...level].map(([boot, { log }]) => ({ boot, mean: Math.exp(log), rounding: undefined })),
  );
  const known = new Map<number, BlockResidual>();
  return (boots) => {
    const found =
      known.get(boots) ??
      levelResidual(all.map((level) => perBoot(level.filter(({ boot }) => boot <= boots))));
    known.set(boots, found);
    return found;
  };
}

interface BootMean {
  readonly boot: number;
  readonly mean: number;
  readonly rounding: number | undefined;
}

function perBoot(values: readonly BootMean[]): PerBoot {
  const rounding = values.flatMap((one) => one.rounding ?? []);
  return {
    boots: values.map(({ boot }) => boot),
    geometric: values.map(({ mean }) => mean),
    rounding: rounding.length < values.length ? [] : rounding,
  };
}

function middles(
  of: ReadonlyMap<number, SettledBoot>,
  to: ReadonlyMap<number, SettledBoot>,
): readonly Middle[] {
  return [...of]
    .flatMap(([boot, above]): Middle[] => {
      const below = to.get(boot);
      if (below === undefined) return [];
      return [
        {
          boot,
          of: Math.exp(above.log),
          to: Math.exp(below.log),
          roundings: { of: above.rounding, to: below.rounding },
          withinVariance: sumOfBoth(above.variance, below.variance),
        },
      ];
    })
    .sort((a, b) => a.boot - b.boot);
}

/**
 * What the boot after `done` boots has, nothing where none is to follow; workloads that end here are noted in
 * `stopped`. Looks at widths and times alone, never at what a ratio is.
 */
export function nextShape(
  study: AdaptiveStudy,
  soFar: SoFar,
  ratios: readonly HeadlineRatio[],
  done: number,
  stopped: Map<string, StopReason>,
): BootShape {
  const { boots, ratioHalfWidth } = study.repetitions;
  const active = study.workloads.map(({ name }) => name).filter((name) => !stopped.has(name));
  if (done < boots.minimum) return new Map(active.map((name) => [name, 1]));
  for (const name of active) {
    const own = ratios.filter(({ workload }) => workload === name);
    // Twice in a row: an interval that looks narrow once may owe it to luck (docs/statistics.md).
    const narrow = [done, done - 1].every(
      (at) => at >= boots.minimum && Math.max(...own.map((one) => widthAt(one, at))) <= ratioHalfWidth,
    );
    const silent = own.some((one) => one.boots.filter(({ boot }) => boot <= done).length < 2);
    if (narrow) stopped.set(name, "width reached");
    else if (silent) stopped.set(name, "a level without readings");
    else if (done >= boots.maximum) stopped.set(name, "maximum of boots");
  }
  const going = active.filter((name) => !stopped.has(name));
  const shape = new Map(going.map((name) => [name, runsPerBoot(study, soFar, ratios, name)]));
  if (shape.size > 0 && !fitsBudget(study, soFar, done, shape)) {
    for (const name of shape.keys()) stopped.set(name, "budget");
    return new Map();
  }
  return shape;
}

/** What the report of a fixed run would print after so many boots; undefined without any. */
export function ratioAt({ boots, residualAt }: HeadlineRatio, at: number): RatioEstimate | undefined {
  const own = boots.filter(({ boot }) => boot <= at);
  return levelRatio(
    perBoot(own.map(({ boot, of, roundings }) => ({ boot, mean: of, rounding: roundings.of }))),
    perBoot(own.map(({ boot, to, roundings }) => ({ boot, mean: to, rounding: roundings.to }))),
    residualAt(at),
  );
}

/** The half-width that the report would print; Infinity where there is no interval. */
function widthAt(ratio: HeadlineRatio, at: number): number {
  const estimate = ratioAt(ratio, at);
  return estimate === undefined ? Number.POSITIVE_INFINITY : halfWidth(afterStopping(estimate));
}

/** The ratios that a study's answers rest on, and that its width is asked of. */
export function headline(
  { comparisons }: Pick<Analysis, "comparisons">,
  workload: string,
): readonly Comparison[] {
  return comparisons.filter((one) => one.workload === workload && one.metric === HEADLINE);
}

/** Infinite where there is no interval, or nothing to compare. */
export function widest(comparisons: readonly Comparison[]): number {
  if (comparisons.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...comparisons.map(({ estimate }) => halfWidth(estimate)));
}

/** Relative: how far the interval reaches to either side, as a factor less one. */
export function halfWidth({ low, high }: RatioEstimate): number {
  return Math.sqrt(high / low) - 1;
}

/** The half-width that so many boots more would give, if the spread stays what it is. */
export function halfWidthAfter({ estimate }: Comparison, more: number): number | undefined {
  const then = withBoots(estimate, (estimate.boots ?? 0) + more);
  if (then === undefined) return undefined;
  return Math.exp(tQuantile((1 + estimate.confidence) / 2, then.df) * then.standardError) - 1;
}

/**
 * Trials per level and direction in a boot that buy the most width for the time: √(cost of a boot / cost of a round of
 * trials × variance within / variance between), after Kalibera & Jones 2013, from the pilot's boots alone, so that
 * all later boots are alike.
 */
function runsPerBoot(
  study: AdaptiveStudy,
  soFar: SoFar,
  ratios: readonly HeadlineRatio[],
  workload: string,
): number {
  const { boots, runs } = study.repetitions;
  const spreads = ratios.flatMap((one) => {
    if (one.workload !== workload) return [];
    const pilot = one.boots.filter(({ boot }) => boot <= boots.minimum);
    const within = pilot.flatMap(({ withinVariance }) => withinVariance ?? []);
    const logs = estimateMean(pilot.map(({ of, to }) => Math.log(of / to)));
    if (logs?.standardError === undefined || within.length === 0) return [];
    const total = logs.standardError ** 2 * logs.n;
    return [{ total, within: Math.min(meanOf(within), total) }];
  });
  const worst = spreads.sort((a, b) => b.total - a.total)[0];
  if (worst === undefined || worst.within === 0) return 1;
  const between = worst.total - worst.within;
  if (between === 0) return runs.maximum;
  const best = Math.sqrt((costOfBringUp(soFar, boots.minimum) * worst.within) / between);
  return Math.max(1, Math.min(runs.maximum, Math.round(best)));
}

/** A workload's share of a bring-up in rounds of its own trials, over the pilot, where all workloads share it. */
function costOfBringUp({ bootSeconds }: SoFar, pilot: number): number {
  const spans = [...bootSeconds].filter(([boot]) => boot <= pilot).map(([, span]) => span);
  const bringUp = spans.reduce((sum, one) => sum + one.bringUp, 0);
  const trials = spans.reduce((sum, one) => sum + one.all, 0) - bringUp;
  return trials <= 0 ? 1 : bringUp / trials;
}

function fitsBudget(study: AdaptiveStudy, soFar: SoFar, done: number, shape: BootShape): boolean {
  const { budgetSeconds } = study.repetitions;
  if (budgetSeconds === undefined) return true;
  const spans = [...soFar.bootSeconds].filter(([boot]) => boot <= done).map(([, span]) => span);
  const spent = spans.reduce((sum, { added }) => sum + added, 0);
  const all = spans.reduce((sum, one) => sum + one.all, 0);
  const bringUps = spans.reduce((sum, one) => sum + one.bringUp, 0);
  const executed = soFar.trials.filter(({ boot }) => boot <= done).length;
  const perTrial = executed === 0 ? 0 : (all - bringUps) / executed;
  const conditions = Math.max(1, conditionsOf(study).length);
  const next = [...shape.values()].reduce((sum, runs) => sum + runs, 0) * 2 * (study.levels + 1) * conditions;
  return spent + bringUps / Math.max(1, spans.length) + next * perTrial <= budgetSeconds;
}
