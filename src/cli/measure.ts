import { join } from "node:path";
import { stringify } from "yaml";
import { systemClock } from "../adapters/clock.ts";
import { writeFileIn } from "../adapters/files.ts";
import { thisProcess } from "../adapters/process-life.ts";
import { openLiveBoard } from "../adapters/store/live-board.ts";
import { ALLOTMENTS, allotmentOf } from "../core/allotment.ts";
import { settledTrials } from "../core/observation.ts";
import { certainBoots } from "../core/plan.ts";
import type { Problem, Result } from "../core/problem.ts";
import { type Study, studyData, studyDocument, studyFromData } from "../core/study.ts";
import { reportOf } from "../lab/analyse.ts";
import { announce } from "../lab/announce.ts";
import { createEstimator, slownessOf } from "../lab/estimate.ts";
import type { GroupRecord, PreparedPlatform, RunRecord, Store } from "../lab/ports.ts";
import { createRemaining } from "../lab/remaining.ts";
import { runPlan } from "../lab/run.ts";
import { outputs } from "../outputs/index.ts";
import { terminalText } from "../outputs/terminal.ts";
import { platformNamed } from "../platforms/index.ts";
import { references } from "../references/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, say, storePath, tell } from "./context.ts";
import { createProgress } from "./progress.ts";
import { type LabOptions, withLab } from "./with-lab.ts";
import { writeOutputs, writtenText } from "./write-outputs.ts";

/** Which of a group's runs is measured; its report is the group's to show. */
export interface MemberOf {
  readonly group: GroupRecord;
  readonly place: number;
}

/** Measures a study on its platform in a new run. */
export async function beginRun(
  context: Context,
  study: Study,
  seed: number,
  options: LabOptions,
  member?: MemberOf,
): Promise<ExitCode> {
  return withLab(context, study, seed, options, `dvirt run ${study.name}`, async (platform, store) => {
    const createdAt = systemClock.now();
    const run: RunRecord = {
      id:
        member === undefined
          ? stampedId(createdAt, study.name, seed)
          : `${member.group.id}-${study.platform}`,
      createdAt,
      study: studyData(study),
      seed,
      hardware: platform.hardware,
      timing: platform.timing ?? "wall",
      record: {
        ...platform.record,
        [ALLOTMENTS]: allotmentsText(study, platform),
        dvirt: context.version,
        node: process.version,
      },
      ...(member === undefined ? {} : { group: { id: member.group.id, place: member.place } }),
    };
    // A group without a run would say nothing: it is stored once its first lab is there.
    if (member !== undefined && !(await store.groups()).some(({ id }) => id === member.group.id)) {
      await store.addGroup(member.group);
    }
    await store.addRun(run);
    return measure(context, run, study, platform, store, options, member);
  });
}

/** Goes on with the first trial of a run that is not in the store. */
export async function goOnWith(
  context: Context,
  run: RunRecord,
  options: LabOptions,
  member?: MemberOf,
): Promise<ExitCode> {
  const stored = studyFromData(run.study, workloads);
  if (stored === undefined) return tell(context, [studyUnreadable(run.id, run.record["dvirt"])]);
  const hardware = run.hardware === "simulated" ? stored.hardware : run.hardware;
  const study: Study = { ...stored, hardware };
  return withLab(context, study, run.seed, options, `dvirt resume ${run.id}`, async (platform, store) => {
    if (platform.record["image"] !== run.record["image"]) {
      return tell(context, [
        {
          code: "image-changed",
          at: run.id,
          what: `the run was begun on guest image ${run.record["image"]}, and the image here is ${platform.record["image"]}; observations of the two may not be merged`,
          hint: "dvirt run begins a new run",
        },
      ]);
    }
    const allotments = run.record[ALLOTMENTS];
    if (allotments !== undefined && allotments !== allotmentsText(study, platform)) {
      return tell(context, [
        {
          code: "host-changed",
          at: run.id,
          what: "this host gives the levels other CPUs or memory than the run was begun with; observations of the two may not be merged",
          hint: "resume where the run was begun, or dvirt run begins a new one",
        },
      ]);
    }
    return measure(context, run, study, platform, store, options, member);
  });
}

/** What an older or newer dvirt stored, and this one does not understand. */
export function studyUnreadable(at: string, version = "as it was"): Problem {
  return {
    code: "study-unreadable",
    at,
    what: "this version of dvirt cannot read the run's study",
    hint: `use dvirt ${version}`,
  };
}

/** A condition changes how machines are made, never their sizes. */
function allotmentsText(study: Study, platform: PreparedPlatform): string {
  return JSON.stringify(platform.steps(undefined).map(({ launch }) => allotmentOf(launch, study.workloads)));
}

async function measure(
  context: Context,
  run: RunRecord,
  study: Study,
  platform: PreparedPlatform,
  store: Store,
  options: LabOptions,
  member: MemberOf | undefined,
): Promise<ExitCode> {
  const resumed = member?.group.id ?? run.id;
  const extent = study.repetitions.kind === "fixed" ? "all" : "at least";
  const boots = certainBoots(study, run.seed);
  const remaining = createRemaining({
    boots,
    done: settledTrials(await store.attempts(run.id), study.doubts.repeat),
    estimator: createEstimator(
      study.workloads,
      platform.hardware,
      platform.steps(undefined).map(({ launch }) => launch.measured),
      slownessOf(study, platform.hardware, platformNamed(study.platform).slower),
    ),
    clock: systemClock,
  });
  const progress = createProgress({ output: context.errors, boots, extent, remaining, clock: systemClock });
  const opened = await openLiveBoard(storePath(context, options));
  if (!opened.ok) return tell(context, opened.problems);
  const live = announce(
    opened.value,
    { run: run.id, process: thisProcess(), extent },
    remaining,
    systemClock,
  );
  let result: Result<"complete">;
  try {
    result = await runPlan({
      id: run.id,
      study,
      seed: run.seed,
      platform,
      store,
      clock: systemClock,
      emit: (event) => {
        remaining.event(event);
        progress.event(event);
        live.event(event);
      },
      signal: context.signal,
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    progress.close();
    say(
      context,
      `stopped; everything was torn down and nothing measured is lost. Go on with: dvirt resume ${resumed}`,
    );
    return EXIT.stopped;
  } finally {
    live.close();
  }
  progress.close();
  const report = await reportOf(run, store, references);
  if (member === undefined) context.output.write(`${terminalText(report)}\n`);
  const folder = join(options.out ?? "dvirt-results", run.id);
  await writeFileIn(folder, "study.yaml", stringify(studyDocument(run.study)));
  const written = await writeOutputs(
    report,
    outputs.filter((output) => output.made === "always"),
    folder,
  );
  if (!written.ok) return tell(context, written.problems);
  say(context, `written to ${folder}: ${writtenText([...written.value, "study.yaml"])}`);
  if (!result.ok) {
    say(context, `the run is not complete. Go on with: dvirt resume ${resumed}`);
    return tell(context, result.problems);
  }
  return report.analysis.failed.length > 0 ? EXIT.finding : EXIT.fine;
}

/** `2026-11-23-quick-1a2b3c`: sorts by day, says what it was, and is short to type. */
export function stampedId(now: string, study: string, seed: number): string {
  const stamp = now.slice(0, 19).replaceAll(":", "").replace("T", "-");
  return `${stamp}-${study}-${seed.toString(36)}`;
}
