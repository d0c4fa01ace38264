import { settled, type Visit } from "../../../src/core/analysis/trend.ts";
import { normal } from "../../../src/core/base/random.ts";
import { blockResidual } from "../../../src/core/stats/block-residual.ts";
import { blockedLogRatio, type RatioEstimate } from "../../../src/core/stats/ratio.ts";

/** Levels in the order in which a boot visits them. */
export type Order = readonly number[];

export const TWICE: Order = [0, 1, 2, 2, 1, 0];
export const ONCE: Order = [0, 1, 2, 1, 0];
export const BACK: Order = [0, 1, 2, 0];

/** Seconds of a bring-up and of a visit with five workloads, on a computer that QEMU emulates (src/lab/estimate.ts). */
const BRING_UP = [5, 12, 17];
const VISIT = [14, 18, 33];

interface Timed {
  readonly level: number;
  readonly from: number;
  readonly seconds: number;
}

/** A machine comes up before its first visit. */
function timeline(order: Order): readonly Timed[] {
  let at = 0;
  return order.map((level, index) => {
    if (!order.slice(0, index).includes(level)) at += BRING_UP[level] ?? 0;
    const seconds = VISIT[level] ?? 0;
    const visit = { level, from: at, seconds };
    at += seconds;
    return visit;
  });
}

export function bootSeconds(order: Order): number {
  const last = timeline(order).at(-1);
  return last === undefined ? 0 : last.from + last.seconds;
}

/** What spoils a boot; shares are of the logarithm. */
export interface Spoiled {
  readonly name: string;
  /** Change from a boot's first second to its last, steady, the same in each boot. */
  readonly drift?: number;
  /** The first visit to L0 alone is so much slower. */
  readonly slowStart?: number;
  /** The first visit to each machine is so much slower. */
  readonly firstVisits?: number;
  /** Slow at first and faster with each second, by half every tenth of a boot. */
  readonly settling?: number;
  /** How much a boot's ratio is like that of the boot before. */
  readonly dependence?: number;
}

export interface Noise {
  /** Standard deviation of one machine in one boot, by level. */
  readonly machine: readonly number[];
  readonly trial: readonly number[];
}

/** Half of a boot's variance from the machine and half from trials, where each level is visited twice. */
export function halfEach(noise: number): Noise {
  const levels = [1, 1, 1.5].map((factor) => factor * noise);
  return { machine: levels.map((one) => one / Math.SQRT2), trial: levels };
}

export type Trend = "taken out" | "left in";

/** Logarithms by boot and level, as the analysis makes them of a boot's visits. */
export function study(
  order: Order,
  boots: number,
  kept: readonly number[],
  noise: Noise,
  spoiled: Spoiled,
  trend: Trend,
  random: () => number,
): readonly (readonly (number | undefined)[])[] {
  const whole = bootSeconds(order);
  const { drift = 0, slowStart = 0, firstVisits = 0, settling = 0, dependence = 0 } = spoiled;
  let before: readonly number[] | undefined;
  return Array.from({ length: boots }, () => {
    const boot = 0.05 * normal(random);
    const fresh = noise.machine.map((sigma) => sigma * normal(random));
    // First-order autoregressive, of unchanging variance.
    const machines: readonly number[] = fresh.map((own, level) =>
      before === undefined ? own : dependence * (before[level] ?? 0) + Math.sqrt(1 - dependence ** 2) * own,
    );
    before = machines;
    // A workload has its place in a visit, mirrored on the way down.
    const place = random();
    const visits = new Map<number, Visit[]>();
    timeline(order).forEach(({ level, from, seconds }, index) => {
      const first = !visits.has(level);
      const at = from + seconds * (index * 2 < order.length ? place : 1 - place);
      const slow =
        (index === 0 ? slowStart : 0) + (first ? firstVisits : 0) + settling * 0.5 ** ((10 * at) / whole);
      const log =
        Math.log(kept[level] ?? 1) +
        boot +
        (machines[level] ?? 0) +
        (noise.trial[level] ?? 0) * normal(random) +
        (drift * at) / whole -
        slow;
      const own = visits.get(level) ?? [];
      visits.set(level, own);
      own.push({ log, at: trend === "taken out" ? { midSeconds: at, bringUp: 1 } : undefined });
    });
    return settled([0, 1, 2].map((level) => visits.get(level))).map((one) => one?.log);
  });
}

/** A level to another, as a report's headline is made. */
export function ratioOf(
  rows: readonly (readonly (number | undefined)[])[],
  of: number,
  to: number,
): RatioEstimate {
  const logs = rows.map((row) => (row[of] ?? Number.NaN) - (row[to] ?? Number.NaN));
  const estimate = blockedLogRatio({ logs, residual: blockResidual(rows), weight: 2 }, 0.95);
  if (estimate === undefined) throw new Error("every boot has every level");
  return estimate;
}
