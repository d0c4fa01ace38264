import { type BlockResidual, blockResidual } from "../stats/block-residual.ts";
import { meanOf } from "../stats/mean.ts";
import { blockedLogRatio, type RatioEstimate } from "../stats/ratio.ts";

/** The confidence of every interval. */
export const CONFIDENCE = 0.95;

/** One metric of one workload at one level. */
export interface PerBoot {
  readonly boots: readonly number[];
  /** One geometric mean per boot, in their order. */
  readonly geometric: readonly number[];
  /**
   * In each of them the mean over its readings of (step / reading)² / 12: the variance of a rounding error on the
   * logarithm (Sheppard 1898). Empty where the resolution of one is not known.
   */
  readonly rounding: readonly number[];
}

/**
 * What rounding adds to the variance of a difference of levels, however many boots there are: readings that agree have
 * the same rounding error, and no mean over boots averages that away. Undefined where it is not known of one of them.
 */
export function roundingOf(levels: readonly PerBoot[]): number | undefined {
  let sum = 0;
  for (const { rounding } of levels) {
    if (rounding.length === 0) return undefined;
    sum += meanOf(rounding);
  }
  return sum;
}

/** The geometric means of the boots that both have, in the same order. */
export function pairs(of: PerBoot, to: PerBoot): readonly [readonly number[], readonly number[]] {
  const values = new Map(to.boots.map((boot, index) => [boot, to.geometric[index]]));
  const shared: readonly [number[], number[]] = [[], []];
  of.boots.forEach((boot, index) => {
    const [above, below] = [of.geometric[index], values.get(boot)];
    if (above === undefined || below === undefined) return;
    shared[0].push(above);
    shared[1].push(below);
  });
  return shared;
}

/** The ratio of the geometric means within each boot that has both. */
export function ratiosWithinBoots(of: PerBoot, to: PerBoot): readonly number[] {
  const [above, below] = pairs(of, to);
  return above.map((value, at) => value / (below[at] ?? Number.NaN));
}

/** What boots and levels leave unexplained of one metric of one workload under one condition. */
export function levelResidual(levels: readonly PerBoot[]): BlockResidual {
  const boots = [...new Set(levels.flatMap((level) => level.boots))];
  const logs = levels.map(
    ({ boots: own, geometric }) => new Map(own.map((boot, at) => [boot, logOf(geometric[at])])),
  );
  return blockResidual(boots.map((boot) => logs.map((level) => level.get(boot))));
}

/** The headline: one level to another, within the boots that have both. */
export function levelRatio(of: PerBoot, to: PerBoot, residual: BlockResidual): RatioEstimate | undefined {
  const [above, below] = pairs(of, to).map((side) => side.map(Math.log));
  const logs = (above ?? []).map((log, at) => log - (below?.[at] ?? Number.NaN));
  return blockedLogRatio({ logs, residual, weight: 2, rounding: roundingOf([of, to]) }, CONFIDENCE);
}

/** The same by Student's paired t-test: with the ratio's own spread alone. */
export function pairedRatio(of: PerBoot, to: PerBoot): RatioEstimate | undefined {
  return levelRatio(of, to, levelResidual([of, to]));
}

/** Of a value's logarithm, as the value is rounded to a multiple of `step`. */
export function roundingVariance(value: number, step: number | undefined): number | undefined {
  return step === undefined ? undefined : (step / value) ** 2 / 12;
}

/** Undefined where either is. */
export function sumOfBoth(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** Undefined where there is none. */
function logOf(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? Math.log(value) : undefined;
}
