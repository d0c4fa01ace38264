import type { Trial } from "../../../src/core/trial/plan.ts";

/** A trial of cpu at L0 on the way up of boot 1, except for what is said to be different. */
export function madeUpTrial(different: Partial<Omit<Trial, "id">> = {}): Trial {
  const trial: Omit<Trial, "id"> = {
    boot: 1,
    direction: "up",
    level: 0,
    workload: "cpu",
    run: 1,
    ...different,
  };
  return {
    ...trial,
    id: `b${trial.boot}-${trial.direction}-L${trial.level}-${trial.workload}-${trial.run}`,
  };
}
