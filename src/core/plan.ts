import { randomStreamFor, shuffled } from "./random.ts";
import type { Study, StudyData } from "./study.ts";

/** One execution of one workload at one level in one boot. */
export interface Trial {
  /** Unique in a run and stable over resumes: `b1-up-L0-cpu-1`. */
  readonly id: string;
  readonly boot: number;
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
 */
export function planBoots(study: Study, seed: number): readonly Boot[] {
  return Array.from({ length: study.repetitions.boots }, (_, i) => planBoot(study, seed, i + 1));
}

function planBoot(study: Study, seed: number, index: number): Boot {
  const order = shuffled(
    study.workloads.map((workload) => workload.name),
    randomStreamFor(seed, `boot ${index}`),
  );
  const upwards: Omit<Trial, "id" | "direction">[] = [];
  for (let level = 0; level <= study.levels; level++) {
    for (let run = 1; run <= study.repetitions.runs; run++) {
      for (const workload of order) upwards.push({ boot: index, level, workload, run });
    }
  }
  const named = (trial: Omit<Trial, "id" | "direction">, direction: Direction): Trial => ({
    ...trial,
    direction,
    id: `b${trial.boot}-${direction}-L${trial.level}-${trial.workload}-${trial.run}`,
  });
  return {
    index,
    trials: [
      ...upwards.map((trial) => named(trial, "up")),
      ...[...upwards].reverse().map((trial) => named(trial, "down")),
    ],
  };
}

/** How many trials the plan of a study has, without making it. */
export function plannedTrials({ repetitions, levels, workloads }: StudyData | Study): number {
  return repetitions.boots * 2 * (levels + 1) * repetitions.runs * workloads.length;
}
