import { join } from "node:path";
import { writeFileIn } from "../adapters/files.ts";
import { groupStudyText } from "../core/group-sections.ts";
import { ok, type Result } from "../core/problem.ts";
import { type StudyData, studyFromData } from "../core/study.ts";
import { groupReportOf, isComplete, runsOfGroup } from "../lab/group.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import { outputs } from "../outputs/index.ts";
import { terminalText } from "../outputs/terminal.ts";
import { platformNamed } from "../platforms/index.ts";
import { references } from "../references/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption, say, tell } from "./context.ts";
import { beginRun, goOnWith, studyUnreadable } from "./measure.ts";
import { installedFor, type LabOptions } from "./with-lab.ts";
import { writeOutputs, writtenText } from "./write-outputs.ts";

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
  const opened = await openStore(context, options);
  if (!opened.ok) return opened;
  try {
    const runs = await runsOfGroup(group, opened.value);
    const found: Pending[] = [];
    for (const [index, study] of group.studies.entries()) {
      const run = runs.get(index + 1);
      if (run !== undefined && (await isComplete(run, opened.value))) continue;
      found.push({ study, place: index + 1, run });
    }
    return ok(found);
  } finally {
    await opened.value.close();
  }
}

async function measureMember(
  context: Context,
  group: GroupRecord,
  { study, place, run }: Pending,
  options: LabOptions,
): Promise<ExitCode> {
  const member = { group, place };
  if (run !== undefined) return goOnWith(context, run, options, member);
  const readable = studyFromData(study, workloads);
  return readable === undefined
    ? tell(context, [studyUnreadable(group.id)])
    : beginRun(context, readable, group.seed, options, member);
}

/** The report of what has been measured by now, on the terminal and in files. */
async function showGroup(context: Context, group: GroupRecord, options: LabOptions): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const store = opened.value;
  try {
    const runs = await runsOfGroup(group, store);
    if (runs.size === 0) return EXIT.fine;
    const report = await groupReportOf(group, store, references);
    context.output.write(`${terminalText(report)}\n`);
    const folder = join(options.out ?? "dvirt-results", group.id);
    await writeFileIn(folder, "study.yaml", groupStudyText(group.studies));
    const made = outputs.filter((output) => output.made === "always");
    const written = await writeOutputs(report, made, folder);
    if (!written.ok) return tell(context, written.problems);
    say(context, `written to ${folder}: ${writtenText([...written.value, "study.yaml"])}`);
    for (const run of runs.values()) if (!(await isComplete(run, store))) return unfinished(context, group);
    return runs.size < group.studies.length ? unfinished(context, group) : EXIT.fine;
  } finally {
    await opened.value.close();
  }
}

/** What kept it from being finished was told, with its own exit code. */
function unfinished(context: Context, { id }: GroupRecord): ExitCode {
  say(context, `the group is not complete. Go on with: dvirt resume ${id}`);
  return EXIT.fine;
}

/** A lab that was not to be had weighs more than a trial that failed. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return (
    codes.find((code) => code !== EXIT.fine && code !== EXIT.finding) ??
    codes.find((code) => code === EXIT.finding) ??
    EXIT.fine
  );
}
