import { join } from "node:path";
import { stringify } from "yaml";
import { systemClock } from "../adapters/clock.ts";
import { ensurePackages } from "../adapters/debian.ts";
import { ensureFolder, writeFileIn } from "../adapters/files.ts";
import { lockLab, storeLockName } from "../adapters/lab-lock.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { thisProcess } from "../adapters/process-life.ts";
import { openLiveBoard } from "../adapters/store/live-board.ts";
import { ALLOTMENTS, allotmentOf } from "../core/allotment.ts";
import { nominalSizes } from "../core/level-sizes.ts";
import { settledTrials } from "../core/observation.ts";
import { certainBoots } from "../core/plan.ts";
import { failed, ok, type Problem, problemText, type Result } from "../core/problem.ts";
import { withOptions } from "../core/repetitions.ts";
import { expressionProblems } from "../core/resources.ts";
import { type PolicyName, underPolicy } from "../core/resources-policy.ts";
import { settingProblems } from "../core/settings/check.ts";
import { type HardwareChoice, type Study, studyData, studyDocument, studyFromData } from "../core/study.ts";
import { reportOf } from "../lab/analyse.ts";
import { announce } from "../lab/announce.ts";
import { createEstimator } from "../lab/estimate.ts";
import type { PreparedPlatform, RunRecord, Store } from "../lab/ports.ts";
import { createRemaining } from "../lab/remaining.ts";
import { runPlan } from "../lab/run.ts";
import { outputs } from "../outputs/index.ts";
import { terminalText } from "../outputs/terminal.ts";
import { platformNamed } from "../platforms/index.ts";
import { references } from "../references/index.ts";
import { workloads } from "../workloads/index.ts";
import {
  ask,
  type Context,
  cacheOf,
  EXIT,
  type ExitCode,
  exitCodeFor,
  findRun,
  isInteractive,
  labFolderOf,
  loadStudy,
  openStore,
  type StoreOption,
  say,
  storePath,
  sweep,
} from "./context.ts";
import { createProgress } from "./progress.ts";
import { writeOutputs, writtenText } from "./write-outputs.ts";

export interface StudyOptions extends StoreOption {
  readonly hardware?: HardwareChoice;
  readonly levels?: number;
  readonly boots?: number;
  readonly runs?: number;
  /** Relative half-width. */
  readonly until?: number;
  /** Seconds. */
  readonly budget?: number;
  readonly workloads?: readonly string[];
  readonly resources?: PolicyName;
}

export interface RunOptions extends StudyOptions {
  readonly seed?: number;
  readonly yes?: boolean;
  readonly out?: string;
}

/** `dvirt run [STUDY]`: the whole job. */
export async function runCommand(context: Context, name: string, options: RunOptions): Promise<ExitCode> {
  const loaded = await loadStudyWith(context, name, options);
  if (!loaded.ok) return tell(context, loaded.problems);
  const study = loaded.value;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  return withLab(context, study, seed, options, `dvirt run ${study.name}`, async (platform, store) => {
    const run: RunRecord = {
      id: runId(systemClock.now(), study.name, seed),
      createdAt: systemClock.now(),
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
    };
    await store.addRun(run);
    return measure(context, run, study, platform, store, options);
  });
}

/** `dvirt resume [RUN]`: goes on with the first trial that is not in the store. */
export async function resumeCommand(context: Context, name: string, options: RunOptions): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const found = await findRun(opened.value, name);
  await opened.value.close();
  if (!found.ok) return tell(context, found.problems);
  const run = found.value;
  const stored = studyFromData(run.study, workloads);
  if (stored === undefined) {
    return tell(context, [
      {
        code: "study-unreadable",
        at: run.id,
        what: "this version of dvirt cannot read the run's study",
        hint: `use dvirt ${run.record["dvirt"]}`,
      },
    ]);
  }
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
    return measure(context, run, study, platform, store, options);
  });
}

/** A condition changes how machines are made, never their sizes. */
function allotmentsText(study: Study, platform: PreparedPlatform): string {
  return JSON.stringify(platform.steps(undefined).map(({ launch }) => allotmentOf(launch, study.workloads)));
}

export async function loadStudyWith(
  context: Context,
  name: string,
  options: StudyOptions,
): Promise<Result<Study>> {
  const loaded = await loadStudy(context, name);
  if (!loaded.ok) return loaded;
  const study = loaded.value;
  const unknown = (options.workloads ?? []).filter(
    (wanted) => !study.workloads.some((own) => own.name === wanted),
  );
  if (unknown.length > 0) {
    return failed({
      code: "bad-option",
      at: "--workloads",
      what: `study ${study.name} has no ${unknown.join(", no ")}`,
      hint: study.workloads.map((own) => own.name).join(","),
    });
  }
  const levels = options.levels ?? study.levels;
  const misplaced = settingProblems({ ...study, levels }, () => "--levels");
  if (misplaced.length > 0) return failed(...misplaced);
  const policy = options.resources ?? study.resources.policy;
  const resources = underPolicy(study.resources, policy, levels);
  if (resources === undefined) {
    return failed({
      code: "bad-option",
      at: "--resources",
      what: `study ${study.name} is ${study.resources.policy} and says no guest and no reserve, which ${policy} needs`,
      hint: "a study of its own with resources.guest and resources.reserve",
    });
  }
  if (options.budget !== undefined && options.until === undefined && study.repetitions.kind === "fixed") {
    return failed({
      code: "bad-option",
      at: "--budget",
      what: `study ${study.name} has a fixed number of boots, which no budget ends`,
      hint: "--until 5% --budget 1h, or repetitions.until in the study",
    });
  }
  const changed: Study = {
    ...study,
    hardware: options.hardware ?? study.hardware,
    levels,
    resources,
    repetitions: withOptions(study.repetitions, options),
    workloads: study.workloads.filter((own) => options.workloads?.includes(own.name) ?? true),
  };
  const misfit = expressionProblems(changed, nominalSizes(changed));
  return misfit.length > 0 ? failed(...misfit) : ok(changed);
}

/** Packages, lock, sweep, platform, store: in that order, and all given back afterwards. */
export async function withLab(
  context: Context,
  study: Study,
  seed: number,
  options: RunOptions,
  what: string,
  body: (platform: PreparedPlatform, store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal } = context;
  const platform = platformNamed(study.platform);
  const packages = await ensurePackages(
    {
      needs: await platform.needs(cacheOf(context), study),
      path: context.environment["PATH"] ?? "",
      ask: options.yes !== true && isInteractive(context) ? (question) => ask(context, question) : undefined,
      say: (text) => say(context, text),
    },
    localMachine(),
    signal,
  );
  if (!packages.ok) return tell(context, packages.problems);
  // A lab without machines shares only its store.
  const lockName = platform.lock ?? storeLockName(storePath(context, options));
  const lock = await lockLab(lockName, { pid: process.pid, what, since: systemClock.now() });
  if (!lock.ok) return tell(context, lock.problems);
  try {
    // A folder that cannot be had is better known before hours of measuring than after.
    if (options.out !== undefined) await ensureFolder(options.out);
    if (platform.lock !== undefined) await sweep(context);
    const opened = await openStore(context, options);
    if (!opened.ok) return tell(context, opened.problems);
    try {
      await ensureFolder(cacheOf(context));
      const prepared = await platform.prepare({
        study,
        seed,
        cache: cacheOf(context),
        labFolder: labFolderOf(context),
        say: (text) => say(context, text),
        signal,
      });
      if (!prepared.ok) return tell(context, prepared.problems);
      try {
        return await body(prepared.value, opened.value);
      } finally {
        await prepared.value.dispose();
      }
    } finally {
      await opened.value.close();
    }
  } finally {
    await lock.value.release();
  }
}

async function measure(
  context: Context,
  run: RunRecord,
  study: Study,
  platform: PreparedPlatform,
  store: Store,
  options: RunOptions,
): Promise<ExitCode> {
  const extent = study.repetitions.kind === "fixed" ? "all" : "at least";
  const boots = certainBoots(study, run.seed);
  const remaining = createRemaining({
    boots,
    done: settledTrials(await store.attempts(run.id), study.doubts.repeat),
    estimator: createEstimator(
      study.workloads,
      platform.hardware,
      platform.steps(undefined).map(({ launch }) => launch.measured),
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
      `stopped; everything was torn down and nothing measured is lost. Go on with: dvirt resume ${run.id}`,
    );
    return EXIT.stopped;
  } finally {
    live.close();
  }
  progress.close();
  const report = await reportOf(run, store, references);
  context.output.write(`${terminalText(report)}\n`);
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
    say(context, `the run is not complete. Go on with: dvirt resume ${run.id}`);
    return tell(context, result.problems);
  }
  return report.analysis.failed.length > 0 ? EXIT.finding : EXIT.fine;
}

/** `2026-11-23-quick-1a2b3c`: sorts by day, says what it was, and is short to type. */
function runId(now: string, study: string, seed: number): string {
  const stamp = now.slice(0, 19).replaceAll(":", "").replace("T", "-");
  return `${stamp}-${study}-${seed.toString(36)}`;
}

export function tell(context: Context, problems: readonly Problem[]): ExitCode {
  if (context.signal.aborted) {
    say(context, "stopped; everything was torn down");
    return EXIT.stopped;
  }
  for (const problem of problems) say(context, problemText(problem));
  return exitCodeFor(problems);
}
