import { meanOf } from "../stats/mean.ts";
import type { When } from "../trial/observation.ts";

/** What the trials of one direction gave at a level in one boot. */
export interface Visit {
  /** Mean logarithm. */
  readonly log: number;
  /** The mean of its trials; undefined where they do not live in the host's time, or were measured in several bring-ups. */
  readonly at: When | undefined;
}

/** A level in one boot, with the visits that there were. */
export type Visits = readonly Visit[];

export interface Settled {
  /** Mean logarithm over the visits, as it would be in the middle of the boot. */
  readonly log: number;
  /** Variance of that mean for its trials' sake; undefined with one visit, or where nothing is left to tell it by. */
  readonly variance: number | undefined;
}

/**
 * The levels of one workload in one boot, a linear trend of the host taken out (docs/adr/0010). Machines are brought up on
 * the way up alone, so a deep level's visits lie later in the boot than those of L0, and a drift does not cancel by the
 * order alone. The slope is what the two visits of each level say together, so what levels cost does not bend it. There is
 * none where times are not known, or where a boot took several bring-ups and was no time without a gap.
 */
export function settled(levels: readonly (Visits | undefined)[]): readonly (Settled | undefined)[] {
  const { slope, middle, kept } = trendOf(levels);
  return levels.map((visits): Settled | undefined => {
    if (visits === undefined || visits.length === 0) return undefined;
    const log = meanOf(visits.map((visit) => visit.log - slope * (secondsOf(visit) - middle)));
    const [first, second] = visits;
    if (first === undefined || second === undefined || kept <= 0) return { log, variance: undefined };
    const rest = second.log - first.log - slope * (secondsOf(second) - secondsOf(first));
    return { log, variance: rest ** 2 / 4 / kept };
  });
}

interface Trend {
  /** Of the logarithm, per second; 0 where none is known. */
  readonly slope: number;
  /** Of the boot: the mean over its levels. */
  readonly middle: number;
  /** The share of the differences between two visits that the slope has not taken up. */
  readonly kept: number;
}

const NO_TREND: Trend = { slope: 0, middle: 0, kept: 1 };

function trendOf(levels: readonly (Visits | undefined)[]): Trend {
  const present = levels.flatMap((visits) => (visits === undefined || visits.length === 0 ? [] : [visits]));
  const [bringUp, ...more] = new Set(present.flat().map(({ at }) => at?.bringUp));
  if (bringUp === undefined || more.length > 0) return NO_TREND;
  let [products, squares, both] = [0, 0, 0];
  for (const [first, second] of present) {
    if (first === undefined || second === undefined) continue;
    const seconds = secondsOf(second) - secondsOf(first);
    products += (second.log - first.log) * seconds;
    squares += seconds ** 2;
    both += 1;
  }
  if (squares === 0) return NO_TREND;
  const middle = meanOf(present.map((visits) => meanOf(visits.map(secondsOf))));
  return { slope: products / squares, middle, kept: 1 - 1 / both };
}

/** 0 where it is not known, and no slope to multiply it. */
function secondsOf({ at }: Visit): number {
  return at?.midSeconds ?? 0;
}
