import { type Hypervised, hypervisorOf } from "../core/hypervisors.ts";
import type { Trial } from "../core/plan.ts";
import type { Size } from "../core/resources-policy.ts";
import { sized, type Workload } from "../core/workload.ts";
import type { Hardware } from "./ports.ts";

/** Guesses times until something was seen, then what was seen. */
export interface Estimator {
  trialSeconds(trial: Pick<Trial, "workload" | "level">): number;
  bringUpSeconds(level: number): number;
  sawTrial(trial: Pick<Trial, "workload" | "level">, seconds: number): void;
  sawBringUp(level: number, seconds: number): void;
}

/**
 * First guesses, measured on an emulated computer with 2 cores: a trial's slowdown by level, what
 * snapshots and the channel add, what a data set's copy and server add, and a machine's bring-up.
 * Each level below the last of a list costs four times more.
 */
const EMULATED = {
  slower: [1, 1.2, 2.2],
  around: [0.8, 1.2, 2.2],
  dataSet: [2.5, 4.5, 15],
  bringUp: [5, 12, 17],
};
const REAL = { slower: [0.3, 0.32, 0.4], around: [0.2, 0.2, 0.3], dataSet: [1, 1, 2], bringUp: [0.5, 2, 3] };
const SIMULATED = { slower: [0], around: [0], dataSet: [0], bringUp: [0] };

/**
 * How many times longer a guest of QEMU's TCG takes for anything than one of KVM would: on an emulated computer,
 * where the emulator is itself emulated, it came up in four to nine minutes instead of 17 s.
 */
const EMULATED_GUEST = { emulated: 20, real: 10, simulated: 1 } as const;

/** How many times longer things take at a level than the first guesses: the platform's own factor and its chain's. */
export function slownessOf(study: Hypervised, hardware: Hardware, platform = 1): (level: number) => number {
  return (level) => {
    const below = Array.from({ length: level }, (_, index) => hypervisorOf(study, index + 1));
    return platform * EMULATED_GUEST[hardware] ** below.filter((one) => one === "tcg").length;
  };
}

/** `measured` has the size at each level; without it the workloads are taken as they are. `slower` as slownessOf. */
export function createEstimator(
  workloads: readonly Workload[],
  hardware: Hardware,
  measured: readonly Size[] = [],
  slower: (level: number) => number = () => 1,
): Estimator {
  const guess = hardware === "emulated" ? EMULATED : hardware === "real" ? REAL : SIMULATED;
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
    const size = measured[level];
    const found = size === undefined ? named : sized(named, size);
    if (hardware === "simulated") return 0;
    // OLTP runs for a stated time; the others do stated work, which takes longer the deeper it runs.
    const run =
      found.dataSet === undefined ? found.guessSeconds * atLevel(guess.slower, level) : found.guessSeconds;
    const dataSet = found.dataSet === undefined ? 0 : atLevel(guess.dataSet, level);
    return slower(level) * (run + atLevel(guess.around, level) + dataSet);
  };
  const guessBringUp = (level: number) => slower(level) * atLevel(guess.bringUp, level);
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
