import type { MeasuredTrial } from "../core/analysis/gather.ts";
import { type BootSeconds, type PlanSoFar, planSoFar, type SoFar } from "../core/analysis/stopping.ts";
import { allOf } from "../core/report/parts/report.ts";
import type { StudyData } from "../core/study/study.ts";
import { settledTrials } from "../core/trial/observation.ts";
import { plannedTrials } from "../core/trial/plan.ts";
import type { MachineRecord, RunRecord } from "./ports.ts";
import type { RunReader } from "./store.ts";

/** What the store holds of a run, as far as it decides what is measured next. */
export async function soFarOf(store: RunReader, run: Measuring): Promise<SoFar> {
  const trials = await allOf(store.trials(run.id));
  const { doubts } = run.study;
  return {
    readings: await allOf(headlineReadings(store.readings(run.id), run)),
    trials: trials.map(({ trial }) => trial),
    settled: settledTrials(await store.attempts(run.id), doubts.repeat),
    bootSeconds: bootSecondsOf(await store.machines(run.id), trials),
  };
}

/** What decides which readings of a run count, and how. */
export interface Measuring extends Pick<RunRecord, "id" | "hardware" | "timing"> {
  readonly study: Pick<StudyData, "doubts">;
}

/**
 * The readings that the headline figures rest on. When a trial was measured says something only where its machine lives in
 * the host's time: a computer whose clock counts instructions does not feel what the host does.
 */
export async function* headlineReadings(
  readings: AsyncIterable<MeasuredTrial>,
  { study, hardware, timing }: Measuring,
): AsyncGenerator<MeasuredTrial> {
  const inHostTime = timing === "wall" && hardware !== "simulated";
  for await (const { when, ...one } of readings) {
    if (study.doubts.headline === "leave-out" && one.doubted === true) continue;
    yield inHostTime && when !== undefined ? { ...one, when } : one;
  }
}

/** Per bring-up from its first launch to its last trial's end; a boot that took several costs their sum. */
export function bootSecondsOf(
  machines: readonly MachineRecord[],
  trials: readonly { readonly bringUp: number; readonly startedAt: string; readonly seconds: number }[],
): ReadonlyMap<number, BootSeconds> {
  const found = new Map<number, BootSeconds>();
  const before: Span[] = [];
  const spans = [...new Set(machines.map((machine) => machine.bringUp))].map((bringUp): Span => {
    const own = machines.filter((machine) => machine.bringUp === bringUp);
    const from = Math.min(...own.map(({ launchedAt }) => Date.parse(launchedAt))) / 1000;
    const ends = trials
      .filter((trial) => trial.bringUp === bringUp)
      .map(({ startedAt, seconds }) => Date.parse(startedAt) / 1000 + seconds);
    const ready = own.reduce((sum, { readySeconds, settleSeconds }) => sum + readySeconds + settleSeconds, 0);
    return { boot: own[0]?.boot ?? 0, from, to: Math.max(from + ready, ...ends), ready };
  });
  for (const span of spans.sort((a, b) => a.boot - b.boot)) {
    const { boot, from, to, ready } = span;
    const so = found.get(boot) ?? { all: 0, added: 0, bringUp: 0 };
    const added = secondsOutside(span, before);
    found.set(boot, { all: so.all + to - from, added: so.added + added, bringUp: so.bringUp + ready });
    before.push(span);
  }
  return found;
}

/** One bring-up, in seconds since the epoch. */
interface Span {
  readonly boot: number;
  readonly from: number;
  readonly to: number;
  /** From launch to the first command answered, summed over its machines. */
  readonly ready: number;
}

/** The part of a span in which none of the others was. */
function secondsOutside({ from, to }: Span, others: readonly Span[]): number {
  let [outside, at] = [0, from];
  for (const other of others.toSorted((a, b) => a.from - b.from)) {
    if (other.to <= at || other.from >= to) continue;
    outside += Math.max(0, other.from - at);
    at = other.to;
  }
  return outside + Math.max(0, to - at);
}

/** How many trials the run has by its plan, as far as that is decided, and why no more. */
export async function planOf(
  run: RunRecord,
  store: RunReader,
): Promise<{ readonly planned: number; readonly stopped: PlanSoFar["stopped"] }> {
  const { study, seed } = run;
  const { repetitions } = study;
  if (repetitions.kind === "fixed") return { planned: plannedTrials(study).most, stopped: undefined };
  const soFar = await soFarOf(store, run);
  const { boots, stopped } = planSoFar({ ...study, repetitions }, seed, soFar);
  return { planned: boots.reduce((sum, boot) => sum + boot.trials.length, 0), stopped };
}
