import { type Metric, metricsOf } from "../base/metrics.ts";
import type { Reading } from "../study/workload.ts";
import type { When } from "../trial/observation.ts";
import type { Trial } from "../trial/plan.ts";
import { type Settled, settled, type Visit } from "./trend.ts";
import { roundingVariance, sumOfBoth } from "./within-boots.ts";

/** A trial that could be read, with the figures it gave. */
export interface MeasuredTrial {
  readonly trial: Pick<Trial, "boot" | "condition" | "direction" | "level" | "workload">;
  readonly reading: Pick<Reading, "metrics" | "resolution">;
  /** Whether some guard doubts it; absent where nobody asked one. */
  readonly doubted?: boolean;
  /** Absent where the machine does not live in the host's time, and of trials that an older version judged. */
  readonly when?: When;
}

/** The trials of one direction. */
export interface Side {
  count: number;
  sum: number;
  /** Sum of natural logarithms. */
  logs: number;
  /** Sum of the trials' middles on the host's clock; no number where one of them is not known. */
  seconds: number;
  /** That they were all measured in; no number where they were not. */
  bringUp: number | undefined;
}

/** One metric in one boot. */
export interface BootValues {
  readonly up: Side;
  readonly down: Side;
  readonly values: number[];
  /** Sum of what the rounding of each reading adds to the variance of its logarithm; undefined if one is unknown. */
  rounding: number | undefined;
}

interface GatheredCell {
  trials: number;
  doubted: number;
  /** By boot. */
  readonly metrics: Map<Metric, Map<number, BootValues>>;
}

export function cellKey(workload: string, level: number, condition: number | undefined): string {
  return `${condition ?? 0}/${level}/${workload}`;
}

/** Readings by workload, level and condition: all that an analysis needs of them, gathered one by one. */
export type Gathered = Map<string, GatheredCell>;

export async function gather(measured: AsyncIterable<MeasuredTrial>): Promise<Gathered> {
  const gathered: Gathered = new Map();
  for await (const one of measured) addReading(gathered, one);
  return gathered;
}

export function addReading(to: Gathered, { trial, reading, doubted, when }: MeasuredTrial): void {
  const key = cellKey(trial.workload, trial.level, trial.condition);
  const cell = ensured(to, key, (): GatheredCell => ({ trials: 0, doubted: 0, metrics: new Map() }));
  cell.trials += 1;
  cell.doubted += doubted === true ? 1 : 0;
  for (const [metric, value] of metricsOf(reading.metrics)) {
    const boots = ensured(cell.metrics, metric, () => new Map<number, BootValues>());
    const boot = ensured(boots, trial.boot, emptyBoot);
    addTo(boot[trial.direction], value, when);
    boot.values.push(value);
    boot.rounding = sumOfBoth(boot.rounding, roundingVariance(value, reading.resolution?.[metric]));
  }
}

function addTo(side: Side, value: number, when: When | undefined): void {
  const { midSeconds = Number.NaN, bringUp = Number.NaN } = when ?? {};
  side.count += 1;
  side.sum += value;
  side.logs += Math.log(value);
  side.seconds += midSeconds;
  side.bringUp = side.bringUp === undefined || side.bringUp === bringUp ? bringUp : Number.NaN;
}

/** The directions that a boot was measured in. */
export function sidesOf({ up, down }: BootValues): readonly Side[] {
  return [up, down].filter(({ count }) => count > 0);
}

/** A level in one boot, a trend within the boot taken out where its trials' times are known. */
export interface SettledBoot extends Settled {
  /** The mean over its readings of what rounding adds to the variance of the logarithm; undefined where that is not known. */
  readonly rounding: number | undefined;
}

/** Level by level and boot by boot. */
export function settledLevels(
  levels: readonly (GatheredCell | undefined)[],
  metric: Metric,
): readonly ReadonlyMap<number, SettledBoot>[] {
  const values = levels.map((level) => level?.metrics.get(metric));
  const found = levels.map(() => new Map<number, SettledBoot>());
  for (const boot of new Set(values.flatMap((level) => [...(level?.keys() ?? [])]))) {
    const own = values.map((level) => level?.get(boot));
    settled(own.map((one) => one && sidesOf(one).map(visitOf))).forEach((one, level) => {
      const of = own[level];
      if (one !== undefined && of !== undefined)
        found[level]?.set(boot, { ...one, rounding: roundingIn(of) });
    });
  }
  return found;
}

/** The mean over a boot's readings. */
export function roundingIn({ rounding, values }: BootValues): number | undefined {
  return rounding === undefined ? undefined : rounding / values.length;
}

function visitOf({ count, logs, seconds, bringUp = Number.NaN }: Side): Visit {
  const log = logs / count;
  const middle = seconds / count;
  return Number.isFinite(middle) && Number.isFinite(bringUp)
    ? { log, at: { midSeconds: middle, bringUp } }
    : { log, at: undefined };
}

function ensured<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function emptyBoot(): BootValues {
  const side = (): Side => ({ count: 0, sum: 0, logs: 0, seconds: 0, bringUp: undefined });
  return { up: side(), down: side(), values: [], rounding: 0 };
}
