import type { GroupRecord, RunRecord } from "./ports.ts";
import type { StoreReader } from "./store.ts";

/** A group's runs that have begun, by their place. */
export async function runsOfGroup(
  { id }: GroupRecord,
  store: Pick<StoreReader, "runs">,
): Promise<ReadonlyMap<number, RunRecord>> {
  return runsByPlace((await store.runs()).filter(({ group }) => group?.id === id));
}

/** Runs of one group by their place in it. */
export function runsByPlace(runs: readonly RunRecord[]): ReadonlyMap<number, RunRecord> {
  return new Map(runs.flatMap((run) => (run.group === undefined ? [] : [[run.group.place, run] as const])));
}
