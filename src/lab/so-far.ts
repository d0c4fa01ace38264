import type { MeasuredTrial } from "../core/analysis.ts";
import { settledTrials } from "../core/observation.ts";
import { plannedTrials } from "../core/plan.ts";
import { type BootSeconds, type PlanSoFar, planSoFar, type SoFar } from "../core/stopping.ts";
import { DEFAULT_DOUBTS, type DoubtsPolicy } from "../core/study.ts";
import type { RunRecord, Store } from "./ports.ts";

/** What the store holds of a run, as far as it decides what is measured next. */
export async function soFarOf(
  store: Pick<Store, "readings" | "trials" | "attempts" | "machines">,
  run: string,
  doubts: DoubtsPolicy,
): Promise<SoFar> {
  const trials = [...store.trials(run)];
  return {
    readings: [...headlineReadings(store.readings(run), doubts)],
    trials: trials.map(({ trial }) => trial),
    settled: settledTrials(await store.attempts(run), doubts.repeat),
    bootSeconds: bootSecondsOf(await store.machines(run), trials),
  };
}

/** The readings that the headline figures rest on. */
export function* headlineReadings(
  readings: Iterable<MeasuredTrial>,
  policy: DoubtsPolicy,
): Generator<MeasuredTrial> {
  for (const one of readings) {
    if (policy.headline === "keep" || one.doubted !== true) yield one;
  }
}

/** Per bring-up from its first launch to its last trial's end; a boot that took several costs their sum. */
export function bootSecondsOf(
  machines: Awaited<ReturnType<Store["machines"]>>,
  trials: readonly { readonly bringUp: number; readonly startedAt: string; readonly seconds: number }[],
): ReadonlyMap<number, BootSeconds> {
  const found = new Map<number, BootSeconds>();
  for (const bringUp of new Set(machines.map((machine) => machine.bringUp))) {
    const own = machines.filter((machine) => machine.bringUp === bringUp);
    const begun = Math.min(...own.map(({ launchedAt }) => Date.parse(launchedAt))) / 1000;
    const ends = trials
      .filter((trial) => trial.bringUp === bringUp)
      .map(({ startedAt, seconds }) => Date.parse(startedAt) / 1000 + seconds);
    const ready = own.reduce((sum, { readySeconds }) => sum + readySeconds, 0);
    const boot = own[0]?.boot ?? 0;
    const before = found.get(boot) ?? { all: 0, bringUp: 0 };
    const all = Math.max(ready, ...ends.map((end) => end - begun));
    found.set(boot, { all: before.all + all, bringUp: before.bringUp + ready });
  }
  return found;
}

/** How many trials the run has by its plan, as far as that is decided, and why no more. */
export async function planOf(
  { id, study, seed }: RunRecord,
  store: Store,
): Promise<{ readonly planned: number; readonly stopped: PlanSoFar["stopped"] }> {
  const { repetitions } = study;
  if (repetitions.kind === "fixed") return { planned: plannedTrials(study).most, stopped: undefined };
  const soFar = await soFarOf(store, id, study.doubts ?? DEFAULT_DOUBTS);
  const { boots, stopped } = planSoFar({ ...study, repetitions }, seed, soFar);
  return { planned: boots.reduce((sum, boot) => sum + boot.trials.length, 0), stopped };
}
