import type { Observation, Outcome } from "../../src/core/trial/observation.ts";
import type { JudgedObservation, StoreReader } from "../../src/lab/store.ts";

/** All that a run left, in the order of storing; for runs as small as a test's. */
async function keptOf(store: StoreReader, run: string): Promise<readonly JudgedObservation[]> {
  const attempts = await store.attempts(run);
  const trials = [...new Set(attempts.map(({ trial }) => trial))];
  const kept = (await Promise.all(trials.map((trial) => store.trial(run, trial)))).flat();
  const byKey = new Map(kept.map((one) => [keyOf(one.observation), one]));
  return attempts.flatMap(({ trial, attempt }) => byKey.get(`${trial}#${attempt}`) ?? []);
}

export async function observationsOf(store: StoreReader, run: string): Promise<readonly Observation[]> {
  return (await keptOf(store, run)).map(({ observation }) => observation);
}

/** By `trial#attempt`. */
export async function outcomesOf(store: StoreReader, run: string): Promise<ReadonlyMap<string, Outcome>> {
  const kept = await keptOf(store, run);
  return new Map(
    kept.flatMap(({ observation, outcome }) =>
      outcome === undefined ? [] : [[keyOf(observation), outcome] as const],
    ),
  );
}

function keyOf({ trial, attempt }: Observation): string {
  return `${trial.id}#${attempt}`;
}
