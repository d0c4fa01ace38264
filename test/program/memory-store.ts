import type { FailedTrial } from "../../src/core/analysis.ts";
import {
  type Doubt,
  type Observation,
  settledTrials,
  trialLost,
  type Verdict,
} from "../../src/core/observation.ts";
import type { NestedEntries } from "../../src/core/run-evidence.ts";
import {
  type GroupRecord,
  type MachineRecord,
  type RunRecord,
  type Store,
  verdictKey,
} from "../../src/lab/ports.ts";

const keyOf = ({ trial, attempt }: Observation) => verdictKey({ trial: trial.id, attempt });

/**
 * A store that forgets at the end of the test, and throws where append-only would be broken. It says what it holds
 * by going through all of it, so that a store that is quick can be held against it.
 */
export function memoryStore(): Store {
  const groups: GroupRecord[] = [];
  const runs: RunRecord[] = [];
  const machines = new Map<string, MachineRecord[]>();
  const observations = new Map<string, Observation[]>();
  const verdicts = new Map<string, Map<string, Verdict>>();
  const of = <T>(map: Map<string, T[]>, run: string): T[] => {
    const found = map.get(run) ?? [];
    map.set(run, found);
    return found;
  };
  const judged = (run: string) => verdicts.get(run) ?? new Map<string, Verdict>();
  const attempts = (run: string) =>
    of(observations, run).map((one) => ({
      trial: one.trial.id,
      attempt: one.attempt,
      lost: trialLost(one),
      doubted: doubtsOf(judged(run).get(keyOf(one))).length > 0,
    }));
  const decisive = (run: string) =>
    speaking(of(observations, run)).map((one) => ({ one, verdict: judged(run).get(keyOf(one)) }));
  return {
    addGroup: async (group) => {
      groups.push(group);
    },
    groups: async () => groups,
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
    attempts: async (run) => attempts(run),
    addVerdict: async (run, observation, verdict) => {
      const key = verdictKey(observation);
      const own = judged(run);
      verdicts.set(run, own);
      if (own.has(key)) throw new Error(`${key} was judged twice`);
      if (!of(observations, run).some((other) => keyOf(other) === key)) {
        throw new Error(`${key} was judged before its observation was stored`);
      }
      own.set(key, verdict);
    },
    verdicts: async (run) => judged(run),
    readings: (run) => {
      const speaks = new Map(decisive(run).map(({ one }) => [keyOf(one), one]));
      return [...judged(run)].flatMap(([key, verdict]) => {
        const one = speaks.get(key);
        if (one === undefined || verdict.kind === "failed") return [];
        return [{ trial: one.trial, reading: verdict.reading, doubted: verdict.doubts.length > 0 }];
      });
    },
    guardOutcomes: async (run) => {
      const measured = decisive(run).flatMap(({ one, verdict }) =>
        verdict?.kind === "measured" ? [{ one, verdict }] : [],
      );
      return {
        judged: measured.map(({ verdict }) => ({ unknown: verdict.unknown, trials: 1 })),
        doubted: measured
          .filter(({ verdict }) => verdict.doubts.length > 0)
          .map(({ one, verdict }) => ({
            trial: { id: one.trial.id, workload: one.trial.workload, level: one.trial.level },
            attempt: one.attempt,
            doubts: verdict.doubts,
          })),
      };
    },
    failures: async (run) =>
      decisive(run).flatMap(({ one, verdict }): readonly FailedTrial[] =>
        verdict?.kind === "failed" ? [{ trial: one.trial, problem: verdict.problem }] : [],
      ),
    counts: async (run, repeat) => ({
      executed: new Set(attempts(run).map(({ trial }) => trial)).size,
      repeats: attempts(run).filter(({ attempt }) => attempt > 1).length,
      doubtRepeats: attempts(run).filter(
        ({ trial, attempt, doubted }) =>
          doubted && attempts(run).some((other) => other.trial === trial && other.attempt > attempt),
      ).length,
      settled: settledTrials(attempts(run), repeat).size,
    }),
    trials: (run) =>
      decisive(run).map(({ one, verdict }) => ({
        trial: one.trial,
        attempt: one.attempt,
        bringUp: one.bringUp,
        startedAt: one.startedAt,
        seconds: one.completed.seconds,
        reading: verdict?.kind === "measured" ? verdict.reading : undefined,
        problem: verdict?.kind === "failed" ? verdict.problem : undefined,
        kvm: verdict?.kind === "measured" ? (verdict.kvm ?? []) : [],
        doubts: doubtsOf(verdict),
      })),
    nestedEntries: async (run) => {
      const counted = of(observations, run).flatMap((one) => {
        const verdict = judged(run).get(keyOf(one));
        if (verdict?.kind !== "measured") return [];
        const { workload, level } = one.trial;
        return verdict.nestedEntries.map(({ level: host, count }) => ({ workload, level, host, count }));
      });
      const found = new Map<string, NestedEntries>();
      for (const { workload, level, host, count } of counted) {
        const key = JSON.stringify([workload, level, host]);
        const { least = count, most = count } = found.get(key) ?? {};
        found.set(key, { workload, level, host, least: Math.min(least, count), most: Math.max(most, count) });
      }
      return [...found.values()].sort(
        (a, b) =>
          Number(a.workload > b.workload) - Number(a.workload < b.workload) ||
          a.level - b.level ||
          a.host - b.host,
      );
    },
    close: async () => {},
  };
}

function doubtsOf(verdict: Verdict | undefined): readonly Doubt[] {
  return verdict?.kind === "measured" ? verdict.doubts : [];
}

/** Of each trial the last attempt that kept its machine, or the last of all, in the order of storing. */
function speaking(observations: readonly Observation[]): readonly Observation[] {
  const byTrial = new Map<string, Observation[]>();
  for (const one of observations) byTrial.set(one.trial.id, [...(byTrial.get(one.trial.id) ?? []), one]);
  return observations.filter((one) => {
    const own = byTrial.get(one.trial.id) ?? [];
    const kept = own.filter((other) => !trialLost(other));
    return one === (kept.length > 0 ? kept : own).at(-1);
  });
}
