import type { FailedTrial } from "../../src/core/analysis/analysis.ts";
import type { NestedEntries } from "../../src/core/report/run/run-evidence.ts";
import {
  type Doubt,
  type Outcome,
  settledTrials,
  type TrialAttempt,
  trialLost,
} from "../../src/core/trial/observation.ts";
import type { JudgedObservation, RunCounts } from "../../src/lab/store.ts";

/** What a store must say of a run, worked out by going through all that it left, in the order of storing. */
export function modelOf(kept: readonly JudgedObservation[]) {
  const speaks = speaking(kept);
  const measured = speaks.flatMap(({ observation, outcome }) =>
    outcome?.kind === "measured" ? [{ observation, outcome }] : [],
  );
  return {
    readings: measured.map(({ observation: { trial }, outcome: { reading, doubts } }) => ({
      doubted: doubts.length > 0,
      boot: trial.boot,
      direction: trial.direction,
      level: trial.level,
      workload: trial.workload,
      metrics: reading.metrics,
      resolution: reading.resolution,
    })),
    trials: speaks.map(({ observation: one, outcome }) => ({
      trial: one.trial,
      attempt: one.attempt,
      bringUp: one.bringUp,
      startedAt: one.startedAt,
      seconds: one.completed.seconds,
      reading: outcome?.kind === "measured" ? outcome.reading : undefined,
      problem: outcome?.kind === "failed" ? outcome.problem : undefined,
      kvm: outcome?.kind === "measured" ? outcome.kvm : [],
      doubts: doubtsOf(outcome),
    })),
    failures: speaks.flatMap(({ observation, outcome }): readonly FailedTrial[] =>
      outcome?.kind === "failed" ? [{ trial: observation.trial, problem: outcome.problem }] : [],
    ),
    counts: [0, 1, 2].map((repeat) => countsOf(attemptsOf(kept), repeat)),
    guards: {
      judged: measured.map(({ outcome }) => ({ unknown: outcome.unknown, trials: 1 })),
      doubted: measured
        .filter(({ outcome }) => outcome.doubts.length > 0)
        .map(({ observation: { trial, attempt }, outcome }) => ({
          trial: { id: trial.id, workload: trial.workload, level: trial.level },
          attempt,
          doubts: outcome.doubts,
        })),
    },
    nestedEntries: nestedEntriesOf(kept),
    unjudged: kept.flatMap(({ observation, outcome }) => (outcome === undefined ? [observation] : [])),
  };
}

/** Of each trial the last attempt that kept its machine, or the last of all, in the order of storing. */
function speaking(kept: readonly JudgedObservation[]): readonly JudgedObservation[] {
  return kept.filter((one) => {
    const own = kept.filter(({ observation }) => observation.trial.id === one.observation.trial.id);
    const sound = own.filter(({ observation }) => !trialLost(observation));
    return one === (sound.length > 0 ? sound : own).at(-1);
  });
}

function attemptsOf(kept: readonly JudgedObservation[]): readonly TrialAttempt[] {
  return kept.map(({ observation, outcome }) => ({
    trial: observation.trial.id,
    attempt: observation.attempt,
    lost: trialLost(observation),
    doubted: doubtsOf(outcome).length > 0,
  }));
}

function countsOf(attempts: readonly TrialAttempt[], repeat: number): RunCounts {
  const isLast = ({ trial, attempt }: TrialAttempt) =>
    !attempts.some((other) => other.trial === trial && other.attempt > attempt);
  return {
    executed: new Set(attempts.map(({ trial }) => trial)).size,
    repeats: attempts.filter(({ attempt }) => attempt > 1).length,
    doubtRepeats: attempts.filter((one) => one.doubted && !isLast(one)).length,
    settled: settledTrials(attempts, repeat).size,
  };
}

function nestedEntriesOf(kept: readonly JudgedObservation[]): readonly NestedEntries[] {
  const found = new Map<string, NestedEntries>();
  for (const { observation, outcome } of kept) {
    const { workload, level } = observation.trial;
    for (const { level: host, count } of outcome?.kind === "measured" ? outcome.nestedEntries : []) {
      const key = JSON.stringify([workload, level, host]);
      const { least = count, most = count } = found.get(key) ?? {};
      found.set(key, { workload, level, host, least: Math.min(least, count), most: Math.max(most, count) });
    }
  }
  return [...found.values()].sort(
    (a, b) =>
      Number(a.workload > b.workload) - Number(a.workload < b.workload) ||
      a.level - b.level ||
      a.host - b.host,
  );
}

function doubtsOf(outcome: Outcome | undefined): readonly Doubt[] {
  return outcome?.kind === "measured" ? outcome.doubts : [];
}
