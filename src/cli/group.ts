import { optional } from "../core/base/optional.ts";
import { ok, type Result } from "../core/base/problem.ts";
import { groupStudyText } from "../core/report/several/group-sections.ts";
import { type StudyData, studyFromData } from "../core/study/study.ts";
import { groupReportOf, isComplete } from "../lab/group.ts";
import { runsOfGroup } from "../lab/group-runs.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import type { StoreReader } from "../lab/store.ts";
import { platformNamed } from "../platforms/index.ts";
import { references } from "../references/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, type StoreOption, say, tell } from "./context.ts";
import { beginRun, goOnWith, studyUnreadable } from "./measure.ts";
import { fromStore, openStore, withStore } from "./open-store.ts";
import { reportText } from "./report.ts";
import { installedFor, type LabOptions } from "./with-lab.ts";
import { writeReport } from "./write-outputs.ts";

/**
 * Measures what is left of a group, platform after platform, and shows its report. A platform that cannot be
 * measured keeps no other from being measured.
 */
export async function measureGroup(
  context: Context,
  group: GroupRecord,
  options: LabOptions,
): Promise<ExitCode> {
  const pending = await pendingOf(context, group, options);
  if (!pending.ok) return tell(context, pending.problems);
  // What is missing is better known before hours of measuring than between them.
  for (const { study } of pending.value) {
    const readable = studyFromData(study, workloads);
    const installed = await installedFor(context, platformNamed(study.platform), readable, options);
    if (!installed.ok) return tell(context, installed.problems);
  }
  const codes: ExitCode[] = [];
  for (const member of pending.value) {
    const { study, place } = member;
    say(context, `platform ${place} of ${group.studies.length}: ${study.platform}`);
    const code = await measureMember(context, group, member, options);
    if (code === EXIT.stopped) return code;
    codes.push(code);
  }
  const shown = await showGroup(context, group, options);
  return worst([...codes, shown]);
}

interface Pending {
  readonly study: StudyData;
  readonly place: number;
  /** Absent where it has not begun. */
  readonly run: RunRecord | undefined;
}

async function pendingOf(
  context: Context,
  group: GroupRecord,
  options: StoreOption,
): Promise<Result<readonly Pending[]>> {
  const pending = async (store: StoreReader) => {
    const runs = await runsOfGroup(group, store);
    const found: Pending[] = [];
    for (const [index, study] of group.studies.entries()) {
      const run = runs.get(index + 1);
      if (run !== undefined && (await isComplete(run, store))) continue;
      found.push({ study, place: index + 1, run });
    }
    return ok(found);
  };
  // A new group may be the first in its store.
  return fromStore(context, options, pending, openStore);
}

async function measureMember(
  context: Context,
  group: GroupRecord,
  { study, place, run }: Pending,
  options: LabOptions,
): Promise<ExitCode> {
  const order = { context, options, member: { group, place } };
  if (run !== undefined) return goOnWith(order, run);
  const readable = studyFromData(study, workloads);
  return readable === undefined
    ? tell(context, [studyUnreadable(group.id)])
    : beginRun(order, readable, group.seed);
}

/** The report of what has been measured by now, on the terminal and in files. */
async function showGroup(context: Context, group: GroupRecord, options: LabOptions): Promise<ExitCode> {
  return withStore(context, options, async (store) => {
    const runs = await runsOfGroup(group, store);
    if (runs.size === 0) return EXIT.fine;
    const report = await groupReportOf(group, store, references);
    context.output.write(`${reportText(context, report, options)}\n`);
    const study = groupStudyText(group.studies);
    const written = await writeReport(context, report, { ...optional({ out: options.out }), study });
    if (!written.ok) return tell(context, written.problems);
    for (const run of runs.values()) if (!(await isComplete(run, store))) return unfinished(context, group);
    return runs.size < group.studies.length ? unfinished(context, group) : EXIT.fine;
  });
}

/** What kept it from being finished was told, with its own exit code. */
function unfinished(context: Context, { id }: GroupRecord): ExitCode {
  say(context, `the group is not complete. Go on with: dvirt resume ${id}`);
  return EXIT.fine;
}

/** A platform that could not be measured weighs more than a trial that failed. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return (
    codes.find((code) => code !== EXIT.fine && code !== EXIT.found) ??
    codes.find((code) => code === EXIT.found) ??
    EXIT.fine
  );
}
