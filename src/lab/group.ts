import { groupReport } from "../core/group-report.ts";
import type { PublishedStudy } from "../core/published.ts";
import type { Report } from "../core/report.ts";
import type { RunReport } from "../core/run-report.ts";
import { DEFAULT_DOUBTS } from "../core/study.ts";
import { reportOf } from "./analyse.ts";
import type { GroupRecord, RunRecord, Store } from "./ports.ts";
import { planOf } from "./so-far.ts";

/** A group's runs that have begun, by their place. */
export async function runsOfGroup(
  { id }: GroupRecord,
  store: Pick<Store, "runs">,
): Promise<ReadonlyMap<number, RunRecord>> {
  return runsByPlace((await store.runs()).filter(({ group }) => group?.id === id));
}

/** Runs of one group by their place in it. */
export function runsByPlace(runs: readonly RunRecord[]): ReadonlyMap<number, RunRecord> {
  return new Map(runs.flatMap((run) => (run.group === undefined ? [] : [[run.group.place, run] as const])));
}

/**
 * A group's report from what the store holds, complete or not, beside what was published of the same costs. The store
 * must stay open while it is rendered.
 */
export async function groupReportOf(
  group: GroupRecord,
  store: Store,
  published: readonly PublishedStudy[] = [],
): Promise<Report> {
  return groupReportFrom(group, await runsOfGroup(group, store), (run) => reportOf(run, store, published));
}

/** The same from runs that were looked up, by their place, and their reports. */
export async function groupReportFrom(
  group: GroupRecord,
  runs: ReadonlyMap<number, RunRecord>,
  reported: (run: RunRecord) => Promise<RunReport>,
): Promise<Report> {
  const members = [];
  for (const [index, study] of group.studies.entries()) {
    const run = runs.get(index + 1);
    // What a run was begun with may differ by an option; what it holds is what counts.
    members.push(run === undefined ? { study } : { study: run.study, report: await reported(run) });
  }
  return groupReport({ ...group, members });
}

/** Whether nothing of a run is left to measure or to judge. */
export async function isComplete(run: RunRecord, store: Store): Promise<boolean> {
  const { planned, stopped } = await planOf(run, store);
  if (run.study.repetitions.kind === "until" && stopped === undefined) return false;
  const { settled } = await store.counts(run.id, (run.study.doubts ?? DEFAULT_DOUBTS).repeat);
  if (settled < planned) return false;
  // One that was killed between storing and judging has its last trial, and no verdict on it.
  return (await store.verdicts(run.id)).size === (await store.attempts(run.id)).length;
}
