import type { Timing } from "../core/base/timing.ts";
import type { Machines } from "../core/study/abilities.ts";
import { type Workload, workloadAt } from "../core/study/workload.ts";
import type { Trial } from "../core/trial/plan.ts";

/** Guesses times until something was seen, then what was seen. */
export interface Estimator {
  trialSeconds(trial: Pick<Trial, "workload" | "level">): number;
  bringUpSeconds(level: number): number;
  sawTrial(trial: Pick<Trial, "workload" | "level">, seconds: number): void;
  sawBringUp(level: number, seconds: number): void;
}

/**
 * First guesses, measured on a computer with 2 cores that QEMU emulates, where the pace is 1: a trial's slowdown by
 * level, what snapshots and the channel add, what a data set's copy and server add, and a machine's bring-up.
 * Each level below the last of a list costs four times more.
 */
const GUESSES = {
  slower: [1, 1.2, 2.2],
  around: [0.8, 1.2, 2.2],
  dataSet: [2.5, 4.5, 15],
  bringUp: [5, 12, 17],
};

/** Seconds until a machine that others made answers: a connection, or a guest that is started first. */
const GIVEN_BRING_UP = { "stay up": 2, started: 60 } as const;

/** Commands of a trial and of a bring-up, where a command takes all the time there is. */
const COMMANDS = { trial: 6, bringUp: 3 };

/** What a platform's machines are, and what their seconds are. */
export interface Timed {
  readonly machines: Machines;
  readonly timing: Timing;
}

/** `paces`: how many times longer things take than on a computer that QEMU emulates, L0 first. */
export function createEstimator(
  workloads: readonly Workload[],
  { machines, timing }: Timed,
  paces: readonly number[],
): Estimator {
  const seen = new Map<string, { total: number; count: number }>();
  let [seenTotal, guessedTotal] = [0, 0];
  const note = (key: string, seconds: number, guessed: number) => {
    const old = seen.get(key) ?? { total: 0, count: 0 };
    seen.set(key, { total: old.total + seconds, count: old.count + 1 });
    seenTotal += seconds;
    guessedTotal += guessed;
  };
  const known = (key: string, guessed: number) => {
    const found = seen.get(key);
    if (found !== undefined) return found.total / found.count;
    return guessedTotal > 0 ? guessed * (seenTotal / guessedTotal) : guessed;
  };
  const guessTrial = ({ workload, level }: Pick<Trial, "workload" | "level">) => {
    const named = workloads.find((one) => one.name === workload);
    if (named === undefined) return 0;
    if (machines.kind === "imagined") return COMMANDS.trial * machines.commandSeconds;
    const { dataSet, guessSeconds } = workloadAt(named, level);
    const pace = paces[level] ?? 1;
    const around = pace * atLevel(GUESSES.around, level);
    if (dataSet === undefined) return pace * guessSeconds * atLevel(GUESSES.slower, level) + around;
    // OLTP runs for a stated time, by the machine's own clock; the others do stated work.
    const stated = timing === "counted" ? pace : 1;
    return stated * guessSeconds + pace * atLevel(GUESSES.dataSet, level) + around;
  };
  const guessBringUp = (level: number) => {
    switch (machines.kind) {
      case "imagined":
        return COMMANDS.bringUp * machines.commandSeconds;
      case "given":
        return GIVEN_BRING_UP[machines.guests];
      case "made":
        return (paces[level] ?? 1) * atLevel(GUESSES.bringUp, level);
    }
  };
  return {
    trialSeconds: (trial) => known(`${trial.workload}@${trial.level}`, guessTrial(trial)),
    bringUpSeconds: (level) => known(`bring-up@${level}`, guessBringUp(level)),
    sawTrial: (trial, seconds) => note(`${trial.workload}@${trial.level}`, seconds, guessTrial(trial)),
    sawBringUp: (level, seconds) => note(`bring-up@${level}`, seconds, guessBringUp(level)),
  };
}

function atLevel(values: readonly number[], level: number): number {
  const last = values.length - 1;
  const value = values[Math.min(level, last)] ?? 0;
  return level <= last ? value : value * 4 ** (level - last);
}

/** Seconds that these trials take when run in order in one bring-up per boot. */
export function remainingSeconds(pending: readonly Trial[], upTo: number, estimator: Estimator): number {
  let seconds = 0;
  let depth = upTo;
  let before = pending[0];
  for (const trial of pending) {
    if (trial.boot !== before?.boot || trial.condition !== before.condition) depth = -1;
    before = trial;
    for (let level = depth + 1; level <= trial.level; level++) seconds += estimator.bringUpSeconds(level);
    depth = trial.level;
    seconds += estimator.trialSeconds(trial);
  }
  return seconds;
}

/** Seconds until the last of these is done, so many at a time and each begun as soon as a place is free. */
export function sideBySideSeconds(each: readonly number[], atOnce: number): number {
  const busyUntil: number[] = Array.from({ length: Math.max(1, atOnce) }, () => 0);
  for (const seconds of each) {
    const first = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[first] = (busyUntil[first] ?? 0) + seconds;
  }
  return Math.max(...busyUntil);
}
