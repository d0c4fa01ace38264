import { randomStreamFor, shuffled } from "../base/random.ts";
import type { FixedRepetitions, Repetitions } from "../study/repetitions.ts";
import { conditionCount, conditionsOf, type Factors } from "../study/settings/condition.ts";

/** One execution of one workload at one level in one boot. */
export interface Trial {
  /** Unique in a run and stable over resumes: `b1-up-L0-cpu-1`, with factors `b1-c2-up-L0-cpu-1`. */
  readonly id: string;
  readonly boot: number;
  /** The index of its condition; absent where the study has no factors. */
  readonly condition?: number;
  readonly direction: Direction;
  readonly level: number;
  readonly workload: string;
  /** 1-based among the trials of one workload at one level in one direction. */
  readonly run: number;
}

export type Direction = "up" | "down";

/** The keys of a study that decide its plan. */
export interface Plannable {
  readonly levels: number;
  readonly factors: Factors;
  readonly workloads: readonly { readonly name: string }[];
}

export interface Boot {
  /** 1-based. */
  readonly index: number;
  readonly trials: readonly Trial[];
}

/**
 * The ordered trials of a run: per boot up the stack and down again, the way down being the exact mirror
 * of the way up, so that a steady drift of the host falls on all levels nearly alike. Where the way turns, the deepest
 * level may be measured once instead of twice.
 * The order of the workloads is drawn anew for each boot; the same study and seed give the same plan.
 * With factors a boot is a block: all of that under each condition in turn, in an order drawn for each boot.
 */
export function planBoots(
  study: Plannable & { readonly repetitions: FixedRepetitions },
  seed: number,
): readonly Boot[] {
  const { boots, runs, deepest } = study.repetitions;
  const shape = evenShape(study, runs);
  return Array.from({ length: boots }, (_, i) => planBoot(study, seed, i + 1, shape, deepest));
}

/** Whether the number of boots stands before any is measured. */
export function isFixed<S extends { readonly repetitions: Repetitions }>(
  study: S,
): study is S & { readonly repetitions: FixedRepetitions } {
  return study.repetitions.kind === "fixed";
}

/** The boots that are certain before any is measured: all of a fixed plan, the pilot of an adaptive one. */
export function certainBoots(
  study: Plannable & { readonly repetitions: Repetitions },
  seed: number,
): readonly Boot[] {
  if (isFixed(study)) return planBoots(study, seed);
  const { repetitions } = study;
  const pilot = repetitions.kind === "fixed" ? repetitions.boots : repetitions.boots.minimum;
  return Array.from({ length: pilot }, (_, i) => planBoot(study, seed, i + 1, evenShape(study, 1)));
}

/** Every workload as often. */
export function evenShape({ workloads }: Plannable, runs: number): BootShape {
  return new Map(workloads.map(({ name }) => [name, runs]));
}

/** Trials of each workload per level and direction in one boot; a workload that is not in it is left out. */
export type BootShape = ReadonlyMap<string, number>;

/** One boot; its order does not depend on what other boots have. */
export function planBoot(
  study: Plannable,
  seed: number,
  index: number,
  shape: BootShape,
  deepest: "once" | "twice" = "twice",
): Boot {
  const order = shuffled(
    study.workloads.map((workload) => workload.name),
    randomStreamFor(seed, `boot ${index}`),
  );
  const drawn = shuffled(conditionsOf(study), randomStreamFor(seed, `boot ${index} conditions`));
  const conditions = drawn.length === 0 ? [{}] : drawn.map((condition) => ({ condition: condition.index }));
  return {
    index,
    trials: conditions.flatMap((condition) =>
      palindrome(study.levels, order, shape, { boot: index, ...condition }, deepest),
    ),
  };
}

/** Up the stack and down again, under one condition of one boot. */
function palindrome(
  levels: number,
  order: readonly string[],
  shape: BootShape,
  within: Pick<Trial, "boot" | "condition">,
  deepest: "once" | "twice",
): readonly Trial[] {
  const upwards: Omit<Trial, "id" | "direction">[] = [];
  const most = Math.max(0, ...shape.values());
  for (let level = 0; level <= levels; level++) {
    for (let run = 1; run <= most; run++) {
      for (const workload of order) {
        if (run <= (shape.get(workload) ?? 0)) upwards.push({ ...within, level, workload, run });
      }
    }
  }
  const block = within.condition === undefined ? `b${within.boot}` : `b${within.boot}-c${within.condition}`;
  const named = (trial: Omit<Trial, "id" | "direction">, direction: Direction): Trial => ({
    ...trial,
    direction,
    id: `${block}-${direction}-L${trial.level}-${trial.workload}-${trial.run}`,
  });
  return [
    ...upwards.map((trial) => named(trial, "up")),
    ...[...upwards]
      .reverse()
      .filter(({ level }) => deepest === "twice" || level < levels)
      .map((trial) => named(trial, "down")),
  ];
}

/** A boot's parts that are brought up afresh: one for each condition, in the order drawn. */
export function bringUpsOf({ index, trials }: Boot): readonly Boot[] {
  const conditions = [...new Set(trials.map((trial) => trial.condition))];
  return conditions.map((condition) => ({
    index,
    trials: trials.filter((trial) => trial.condition === condition),
  }));
}

/** How many trials a study has at least and at most, without making its plan: the same number where it is fixed. */
export function plannedTrials({
  repetitions,
  levels,
  workloads,
  factors,
}: Plannable & { readonly repetitions: Repetitions }): {
  readonly least: number;
  readonly most: number;
} {
  const each = conditionCount(factors) * 2 * (levels + 1) * workloads.length;
  if (repetitions.kind === "fixed") {
    const turning = repetitions.deepest === "once" ? conditionCount(factors) * workloads.length : 0;
    const all = (each - turning) * repetitions.boots * repetitions.runs;
    return { least: all, most: all };
  }
  const { minimum, maximum } = repetitions.boots;
  return { least: each * minimum, most: each * (minimum + (maximum - minimum) * repetitions.runs.maximum) };
}
