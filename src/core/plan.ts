import { randomStreamFor, shuffled } from "./random.ts";
import { conditionCount, conditionsOf } from "./settings/condition.ts";
import type { Study, StudyData } from "./study.ts";

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

export interface Boot {
  /** 1-based. */
  readonly index: number;
  readonly trials: readonly Trial[];
}

/**
 * The ordered trials of a run: per boot up the stack and down again, the way down being the exact mirror
 * of the way up, so that a linear drift of the host cancels in every contrast between levels.
 * The order of the workloads is drawn anew for each boot; the same study and seed give the same plan.
 * With factors a boot is a block: all of that under each condition in turn, in an order drawn for each boot.
 */
export function planBoots(study: Study, seed: number): readonly Boot[] {
  return Array.from({ length: study.repetitions.boots }, (_, i) => planBoot(study, seed, i + 1));
}

function planBoot(study: Study, seed: number, index: number): Boot {
  const order = shuffled(
    study.workloads.map((workload) => workload.name),
    randomStreamFor(seed, `boot ${index}`),
  );
  const drawn = shuffled(conditionsOf(study), randomStreamFor(seed, `boot ${index} conditions`));
  const conditions = drawn.length === 0 ? [{}] : drawn.map((condition) => ({ condition: condition.index }));
  return {
    index,
    trials: conditions.flatMap((condition) => palindrome(study, order, { boot: index, ...condition })),
  };
}

/** Up the stack and down again, under one condition of one boot. */
function palindrome(
  study: Study,
  order: readonly string[],
  within: Pick<Trial, "boot" | "condition">,
): readonly Trial[] {
  const upwards: Omit<Trial, "id" | "direction">[] = [];
  for (let level = 0; level <= study.levels; level++) {
    for (let run = 1; run <= study.repetitions.runs; run++) {
      for (const workload of order) upwards.push({ ...within, level, workload, run });
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
    ...[...upwards].reverse().map((trial) => named(trial, "down")),
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

/** How many trials the plan of a study has, without making it. */
export function plannedTrials({ repetitions, levels, workloads, factors }: StudyData | Study): number {
  const conditions = conditionCount(factors ?? {});
  return repetitions.boots * conditions * 2 * (levels + 1) * repetitions.runs * workloads.length;
}
