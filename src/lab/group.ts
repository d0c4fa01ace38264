import type { PublishedStudy } from "../core/published/published.ts";
import type { Report } from "../core/report/parts/report.ts";
import type { RunEvidence } from "../core/report/run/run-evidence.ts";
import { groupReport } from "../core/report/several/group-report.ts";
import { evidenceOf } from "./analyse.ts";
import { runsOfGroup } from "./group-runs.ts";
import type { GroupRecord, RunRecord } from "./ports.ts";
import { planOf } from "./so-far.ts";
import type { StoreReader } from "./store.ts";

/**
 * A group's report from what the store holds, complete or not, beside what was published of the same costs. The store
 * must stay open while it is rendered.
 */
export async function groupReportOf(
  group: GroupRecord,
  store: StoreReader,
  published: readonly PublishedStudy[] = [],
): Promise<Report> {
  return groupReportFrom(group, await runsOfGroup(group, store), (run) => evidenceOf(run, store, published));
}

/** From runs that were looked up, by their place, and what they left. */
export async function groupReportFrom(
  group: GroupRecord,
  runs: ReadonlyMap<number, RunRecord>,
  evidence: (run: RunRecord) => Promise<RunEvidence>,
): Promise<Report> {
  const members = [];
  for (const [index, study] of group.studies.entries()) {
    const run = runs.get(index + 1);
    // What a run was begun with may differ by an option; what it holds is what counts.
    members.push(run === undefined ? { study } : { study: run.study, run: await evidence(run) });
  }
  return groupReport({ ...group, members });
}

/** Whether nothing of a run is left to measure or to judge. */
export async function isComplete(run: RunRecord, store: StoreReader): Promise<boolean> {
  const { planned, stopped } = await planOf(run, store);
  if (run.study.repetitions.kind === "until" && stopped === undefined) return false;
  const { settled } = await store.counts(run.id, run.study.doubts.repeat);
  if (settled < planned) return false;
  // One that was killed between storing and judging has its last trial, and no outcome on it.
  for await (const _ of store.unjudged(run.id)) return false;
  return true;
}
