import { type Observation, trialLost, type Verdict } from "../../src/core/observation.ts";
import { type MachineRecord, type RunRecord, type Store, verdictKey } from "../../src/lab/ports.ts";

const keyOf = ({ trial, attempt }: Observation) => verdictKey({ trial: trial.id, attempt });

/** A store that forgets at the end of the test, and throws where append-only would be broken. */
export function memoryStore(): Store {
  const runs: RunRecord[] = [];
  const machines = new Map<string, MachineRecord[]>();
  const observations = new Map<string, Observation[]>();
  const verdicts = new Map<string, Map<string, Verdict>>();
  const of = <T>(map: Map<string, T[]>, run: string): T[] => {
    const found = map.get(run) ?? [];
    map.set(run, found);
    return found;
  };
  return {
    addRun: async (run) => {
      runs.push(run);
    },
    runs: async () => runs,
    addMachine: async (run, machine) => {
      of(machines, run).push(machine);
    },
    machines: async (run) => of(machines, run),
    addObservation: async (run, observation) => {
      const own = of(observations, run);
      if (own.some((other) => keyOf(other) === keyOf(observation))) {
        throw new Error(`${keyOf(observation)} was measured twice`);
      }
      own.push(observation);
    },
    observations: async (run) => of(observations, run),
    attempts: async (run) =>
      of(observations, run).map((one) => ({
        trial: one.trial.id,
        attempt: one.attempt,
        lost: trialLost(one),
      })),
    addVerdict: async (run, observation, verdict) => {
      const trial = verdictKey(observation);
      const own = verdicts.get(run) ?? new Map<string, Verdict>();
      verdicts.set(run, own);
      if (own.has(trial)) throw new Error(`${trial} was judged twice`);
      if (!of(observations, run).some((other) => keyOf(other) === trial)) {
        throw new Error(`${trial} was judged before its observation was stored`);
      }
      own.set(trial, verdict);
    },
    verdicts: async (run) => verdicts.get(run) ?? new Map(),
    close: async () => {},
  };
}
