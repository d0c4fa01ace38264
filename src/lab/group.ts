import { groupReport } from "../core/group-report.ts";
import type { Report } from "../core/report.ts";
import { DEFAULT_DOUBTS } from "../core/study.ts";
import { reportOf } from "./analyse.ts";
import type { GroupRecord, RunRecord, Store } from "./ports.ts";
import { planOf } from "./so-far.ts";

/** A group's runs that have begun, by their place. */
export async function runsOfGroup(
  { id }: GroupRecord,
  store: Pick<Store, "runs">,
): Promise<ReadonlyMap<number, RunRecord>> {
  const runs = await store.runs();
  return new Map(runs.flatMap((run) => (run.group?.id === id ? [[run.group.place, run] as const] : [])));
}

/** A group's report from what the store holds; complete or not. The store must stay open while it is rendered. */
export async function groupReportOf(group: GroupRecord, store: Store): Promise<Report> {
  const runs = await runsOfGroup(group, store);
  const members = [];
  for (const [index, study] of group.studies.entries()) {
    const run = runs.get(index + 1);
    // What a run was begun with may differ by an option; what it holds is what counts.
    members.push(run === undefined ? { study } : { study: run.study, report: await reportOf(run, store) });
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
