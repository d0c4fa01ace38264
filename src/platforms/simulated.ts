import { localMachine } from "../adapters/machine/local.ts";
import { simulatedMachine } from "../adapters/machine/simulated.ts";
import { levelSizes, nominalSizes, PLENTY } from "../core/level-sizes.ts";
import { ok } from "../core/problem.ts";
import { normal, randomStreamFor } from "../core/random.ts";
import { conditionsOf } from "../core/settings/condition.ts";
import type { Study } from "../core/study.ts";
import { sized } from "../core/workload.ts";
import type { LaunchPlan, PlatformStep, PreparedPlatform } from "../lab/ports.ts";

/** What the simulated lab knows and the analysis must find again. */
export interface Truth {
  /** Throughput at L0, transactions per second. */
  readonly throughputAtL0: number;
  /** What each level keeps of the throughput of the one below. */
  readonly kept: number;
  /** Standard deviation of the logarithm, between boots and between trials within one. */
  readonly betweenBoots: number;
  readonly withinBoots: number;
  /** What values of settings do to the throughput of a level. */
  readonly effects?: readonly TrueEffect[];
}

export interface TrueEffect {
  /** A key of the study's settings or factors, and its value. */
  readonly key: string;
  readonly value: string;
  readonly level: number;
  /** The share of the throughput that it leaves. */
  readonly leaves: number;
}

export const DEFAULT_TRUTH: Truth = {
  throughputAtL0: 1000,
  kept: 0.8,
  betweenBoots: 0.01,
  withinBoots: 0.005,
  effects: [
    { key: "hugepages", value: "2M", level: 1, leaves: 1.05 },
    { key: "hugepages", value: "2M", level: 2, leaves: 1.2 },
  ],
};

/** A slower machine whose layers cost more, for a study on two platforms. */
export const COSTLY_TRUTH: Truth = { ...DEFAULT_TRUTH, throughputAtL0: 50, kept: 0.6 };

/** A lab without machines, for trying the program itself: figures are drawn from known truth. */
export function prepareSimulated(
  study: Study,
  seed: number,
  truth: Truth,
  commandSeconds: number,
): PreparedPlatform {
  let stacks = 0;
  let random = randomStreamFor(seed, "stack 0");
  let bootEffect = 0;
  const effectAt = (level: number, condition: number | undefined) => {
    const values = {
      ...study.settings,
      ...conditionsOf(study).find(({ index }) => index === condition)?.values,
    };
    return (truth.effects ?? [])
      .filter((effect) => effect.level === level && values[effect.key] === effect.value)
      .reduce((product, { leaves }) => product * leaves, 1);
  };
  const step = (launch: LaunchPlan, level: number, condition: number | undefined): PlatformStep => ({
    level,
    driver: "simulated",
    launch,
    check: async () => [],
    start: async () => {
      if (level === 0) {
        random = randomStreamFor(seed, `stack ${++stacks}`);
        bootEffect = truth.betweenBoots * normal(random);
      }
      const own = study.workloads.map((one) => sized(one, launch.measured));
      return ok(
        simulatedMachine({
          name: `L${level}`,
          commandSeconds,
          answer: ({ argv }) => {
            const workload = own.find((one) => one.command.argv.join("\0") === argv.join("\0"));
            if (workload === undefined) return "";
            const noise = bootEffect + truth.withinBoots * normal(random);
            const throughputPerSecond =
              truth.throughputAtL0 * truth.kept ** level * effectAt(level, condition) * Math.exp(noise);
            return workload.render({ throughputPerSecond, threads: Number(workload.values["threads"] ?? 1) });
          },
        }),
      );
    },
  });
  return {
    hardware: "simulated",
    base: localMachine(),
    watched: "nothing",
    steps: (condition) => simulatedLaunches(study).map((launch, level) => step(launch, level, condition)),
    place: () => ({ dataDisk: "/simulated/data", scratchDisk: "/simulated/scratch" }),
    record: { truth: JSON.stringify(truth) },
    dispose: async () => {},
  };
}

/** The machines that there would be on a host that is large enough, so that figures depend on no host. */
export function simulatedLaunches(study: Study): readonly LaunchPlan[] {
  const measured = nominalSizes(study);
  return levelSizes(study, PLENTY).map((size, level) => ({
    argv: ["simulated", `L${level}`],
    ...size,
    measured: measured[level] ?? size,
  }));
}
