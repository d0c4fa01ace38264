import { meanOf } from "../stats/mean.ts";

/** What the trials of one direction gave at a level in one boot. */
export interface Visit {
  /** Mean logarithm. */
  readonly log: number;
  /** The mean middle of its trials on the host's clock; undefined where they do not live in the host's time. */
  readonly seconds: number | undefined;
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
 * The levels of one workload in one boot, a linear trend of the host taken out. Machines are brought up on the way up
 * alone, so a deep level's two visits lie later in the boot than those of L0, and a drift does not cancel by the order
 * alone. The slope is what the two visits of each level say together; without times there is none. The direction in
 * which a level differs from others says nothing of the slope, so the levels' costs do not bend it.
 */
export function settled(levels: readonly (Visits | undefined)[]): readonly (Settled | undefined)[] {
  const both = levels.flatMap((visits) => {
    const [first, second] = visits ?? [];
    return first === undefined || second === undefined ? [] : [differenceOf(first, second)];
  });
  const slope = slopeOf(both);
  const kept = both.length - (slope === undefined ? 0 : 1);
  const middles = levels.map((visits) => (visits === undefined ? undefined : middleOf(visits)));
  const middle = meanOf(middles.flatMap((one) => one ?? []));
  return levels.map((visits, level): Settled | undefined => {
    if (visits === undefined || visits.length === 0) return undefined;
    const late = slope === undefined ? 0 : slope * ((middles[level] ?? middle) - middle);
    const log = meanOf(visits.map((visit) => visit.log)) - late;
    const [first, second] = visits;
    if (first === undefined || second === undefined || kept === 0) return { log, variance: undefined };
    const { log: apart, seconds } = differenceOf(first, second);
    const rest = apart - (slope ?? 0) * (seconds ?? 0);
    return { log, variance: ((rest ** 2 / 4) * both.length) / kept };
  });
}

interface Difference {
  readonly log: number;
  readonly seconds: number | undefined;
}

function differenceOf(first: Visit, second: Visit): Difference {
  const timed = first.seconds !== undefined && second.seconds !== undefined;
  return {
    log: second.log - first.log,
    seconds: timed ? (second.seconds ?? 0) - (first.seconds ?? 0) : undefined,
  };
}

/** Least squares; undefined where no level was visited twice at known times. */
function slopeOf(both: readonly Difference[]): number | undefined {
  let [products, squares] = [0, 0];
  for (const { log, seconds } of both) {
    if (seconds === undefined) return undefined;
    products += log * seconds;
    squares += seconds ** 2;
  }
  return squares > 0 ? products / squares : undefined;
}

/** Undefined where some visit has no time. */
function middleOf(visits: Visits): number | undefined {
  const times = visits.flatMap(({ seconds }) => seconds ?? []);
  return times.length === visits.length && times.length > 0 ? meanOf(times) : undefined;
}
