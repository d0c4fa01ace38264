import { localMachine } from "../adapters/machine/local.ts";
import { simulatedMachine } from "../adapters/machine/simulated.ts";
import { ok } from "../core/base/problem.ts";
import { normal, randomStreamFor } from "../core/base/random.ts";
import type { Truth } from "../core/machine/provenance.ts";
import { levelSizes, nominalSizes, PLENTY } from "../core/study/level-sizes.ts";
import { conditionsOf } from "../core/study/settings/condition.ts";
import type { Study } from "../core/study/study.ts";
import { workloadAt } from "../core/study/workload.ts";
import type { LaunchPlan, PlatformStep, ReadyPlatform } from "../lab/ports.ts";

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

const PLACE = { dataDisk: "/simulated/data", scratchDisk: "/simulated/scratch" };

/** What is drawn for the machines of one stack. */
interface Luck {
  readonly boot: number;
  random: () => number;
  ofBoot: number;
}

/** A lab without machines, for trying the program itself: figures are drawn from known truth. */
export function setUpSimulated(
  study: Study,
  seed: number,
  truth: Truth,
  commandSeconds: number,
): ReadyPlatform {
  const conditions = Math.max(1, conditionsOf(study).length);
  const started = new Map<number, number>();
  /** The same whichever boots go on beside this one. */
  const nextOf = (boot: number) => {
    const own = (started.get(boot) ?? 0) + 1;
    started.set(boot, own);
    return randomStreamFor(seed, `stack ${(boot - 1) * conditions + own}`);
  };
  const effectAt = (level: number, condition: number | undefined) => {
    const values = {
      ...study.settings,
      ...conditionsOf(study).find(({ index }) => index === condition)?.values,
    };
    return truth.effects
      .filter((effect) => effect.level === level && values[effect.key] === effect.value)
      .reduce((product, { leaves }) => product * leaves, 1);
  };
  const step = (
    launch: LaunchPlan,
    level: number,
    condition: number | undefined,
    luck: Luck,
  ): PlatformStep => ({
    level,
    driver: "simulated",
    launch,
    check: async () => [],
    start: async () => {
      if (level === 0) {
        luck.random = nextOf(luck.boot);
        luck.ofBoot = truth.betweenBoots * normal(luck.random);
      }
      const own = study.workloads.map((one) => workloadAt(one, level));
      return ok(
        simulatedMachine({
          name: `L${level}`,
          commandSeconds,
          answer: ({ argv }) => {
            const workload = own.find(
              (one) => one.commands(PLACE).measured.argv.join("\0") === argv.join("\0"),
            );
            if (workload === undefined) return "";
            const noise = luck.ofBoot + truth.withinBoots * normal(luck.random);
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
    timing: "wall",
    base: localMachine(),
    watched: "nothing",
    steps: (condition, stack) => {
      const luck = { boot: stack?.boot ?? 1, random: randomStreamFor(seed, "stack 0"), ofBoot: 0 };
      return simulatedLaunches(study).map((launch, level) => step(launch, level, condition, luck));
    },
    place: () => PLACE,
    origin: { kind: "imagined", truth },
    dispose: async () => {},
  };
}

/** The machines that there would be on a host that is large enough, so that figures depend on no host. */
export function simulatedLaunches(study: Study): readonly LaunchPlan[] {
  const measured = nominalSizes(study);
  return levelSizes(study, PLENTY).map((size, level) => ({
    argv: ["simulated", `L${level}`],
    ...size,
    pace: 1,
    measured: measured[level] ?? size,
  }));
}
