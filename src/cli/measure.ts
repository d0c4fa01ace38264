import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { systemClock } from "../adapters/clock.ts";
import { thisProcess } from "../adapters/process-life.ts";
import { openLiveBoard } from "../adapters/store/live-board.ts";
import { optional } from "../core/base/optional.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import { type Allotment, allotmentOf } from "../core/machine/allotment.ts";
import { imageOf } from "../core/machine/provenance.ts";
import type { RunReport } from "../core/report/run/run-report.ts";
import { groundOf } from "../core/study/clock.ts";
import { fittedTo, stackDiskBytes } from "../core/study/resources.ts";
import { type Study, type StudyData, studyData, studyDocument, studyFromData } from "../core/study/study.ts";
import { settledTrials } from "../core/trial/observation.ts";
import { type Boot, certainBoots } from "../core/trial/plan.ts";
import { reportOf } from "../lab/analyse.ts";
import { createEstimator } from "../lab/estimate.ts";
import { announce, type LiveBoard } from "../lab/live.ts";
import type { GroupRecord, ReadyPlatform, RunRecord } from "../lab/ports.ts";
import { createRemaining, type Remaining } from "../lab/remaining.ts";
import { runPlan } from "../lab/run.ts";
import type { Store } from "../lab/store.ts";
import { platformNamed } from "../platforms/index.ts";
import { references } from "../references/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, say, storePath, tell } from "./context.ts";
import { createProgress } from "./progress.ts";
import { reportText } from "./report.ts";
import { type Stacks, stacksOn } from "./stacks.ts";
import { type LabOptions, withLab } from "./with-lab.ts";
import { writeReport } from "./write-outputs.ts";

/** Which of a group's runs is measured; its report is the group's to show. */
export interface MemberOf {
  readonly group: GroupRecord;
  readonly place: number;
}

/** Who wants a run measured, and how. */
export interface Order {
  readonly context: Context;
  readonly options: LabOptions;
  /** Absent where the run stands alone. */
  readonly member?: MemberOf;
}

/** Everything that measuring a run takes. */
interface Job extends Order {
  readonly run: RunRecord;
  readonly study: Study;
  readonly platform: ReadyPlatform;
  readonly store: Store;
  readonly stacks: Stacks;
}

/** Measures a study on its platform in a new run. */
export async function beginRun(order: Order, study: Study, seed: number): Promise<ExitCode> {
  const { context, options, member } = order;
  const lab = { context, study, seed, options, what: `dvirt run ${study.name}` };
  return withLab(lab, async (platform, store) => {
    const fitted = onMachines(study, platform);
    if (!fitted.ok) return tell(context, fitted.problems);
    const stacks = await roomFor(order, fitted.value.study, certainBoots(study, seed).length, platform);
    if (!stacks.ok) return tell(context, stacks.problems);
    const run = newRun(order, seed, fitted.value, platform);
    // A group without a run would say nothing: it is stored once its first lab is there.
    if (member !== undefined && !(await store.groups()).some(({ id }) => id === member.group.id)) {
      await store.addGroup(member.group);
    }
    await store.addRun(run);
    return measure({ ...order, run, study: fitted.value.study, platform, store, stacks: stacks.value });
  });
}

/** Decides how many boots are measured side by side, and lays out what their stacks need. */
async function roomFor(
  { context, options }: Order,
  study: Study,
  boots: number,
  { hardware, timing, makeRoom }: ReadyPlatform,
): Promise<Result<Stacks>> {
  const platform = platformNamed(study.platform);
  const ground = { ...groundOf(study, platform, hardware === "real" ? "real" : "emulated"), timing };
  const stacks = await stacksOn(context, {
    asked: options.parallel,
    study,
    ground,
    boots,
    laidOutBytes: makeRoom === undefined ? 0 : stackDiskBytes(study, ground),
  });
  if (stacks.ok) await makeRoom?.(stacks.value.count);
  return stacks;
}

function newRun(
  { context, member, options }: Order,
  seed: number,
  { study, allotments }: Fitted,
  { hardware, timing, origin }: ReadyPlatform,
): RunRecord {
  const createdAt = systemClock.now();
  const program = { dvirt: context.version, node: process.version };
  const provenance = { ...optional({ label: options.label }), program, origin, allotments };
  const common = { createdAt, study: studyData(study), seed, hardware, timing, provenance };
  if (member === undefined) return { id: stampedId(createdAt, study.name, seed), ...common };
  const { group, place } = member;
  return { id: `${group.id}-${study.platform}`, ...common, group: { id: group.id, place } };
}

/** Goes on with the first trial of a run that is not in the store; `--boots` gives it more of them. */
export async function goOnWith(order: Order, begun: RunRecord): Promise<ExitCode> {
  const { context, options } = order;
  const extended = withBoots(begun.study, options.boots);
  if (!extended.ok) return tell(context, extended.problems);
  const run = { ...begun, study: extended.value };
  const stored = studyFromData(run.study, workloads);
  if (stored === undefined) {
    return tell(context, [studyUnreadable(run.id, run.provenance.program.dvirt)]);
  }
  const hardware = run.hardware === "simulated" ? stored.hardware : run.hardware;
  const study: Study = { ...stored, hardware };
  const lab = { context, study, seed: run.seed, options, what: `dvirt resume ${run.id}` };
  return withLab(lab, async (platform, store) => {
    const fitted = onMachines(study, platform);
    if (!fitted.ok) return tell(context, fitted.problems);
    const changed = changedSince(run, platform, fitted.value.allotments);
    if (changed !== undefined) return tell(context, [changed]);
    if (run.study !== begun.study) await store.extendRun(run);
    const settled = settledTrials(await store.attempts(run.id), study.doubts.repeat);
    const left = certainBoots(study, run.seed).filter(
      ({ trials }) => !trials.every(({ id }) => settled.has(id)),
    );
    const stacks = await roomFor(order, fitted.value.study, left.length, platform);
    if (!stacks.ok) return tell(context, stacks.problems);
    return measure({ ...order, run, study: fitted.value.study, platform, store, stacks: stacks.value });
  });
}

/** The study with that many boots in all, which no measured trial depends on. */
function withBoots(study: StudyData, boots: number | undefined): Result<StudyData> {
  if (boots === undefined) return ok(study);
  const { repetitions } = study;
  if (repetitions.kind === "fixed" && boots >= repetitions.boots) {
    return ok({ ...study, repetitions: { ...repetitions, boots } });
  }
  return failed({
    code: "bad-option",
    at: "--boots",
    what:
      repetitions.kind === "fixed"
        ? `the run has ${repetitions.boots} boots, and none of them is taken away`
        : "the run goes on until its intervals are narrow enough, and decides by itself how many boots it needs",
    hint: repetitions.kind === "fixed" ? `--boots ${repetitions.boots + 1} or more` : "leave --boots out",
  });
}

/** Why what would be measured here may not be merged with what the run holds. */
function changedSince(
  { id, provenance }: RunRecord,
  { origin }: ReadyPlatform,
  allotments: readonly Allotment[],
): Problem | undefined {
  const [before, now] = [imageOf(provenance.origin)?.id, imageOf(origin)?.id];
  if (before !== now) {
    return {
      code: "image-changed",
      at: id,
      what: `the run was begun on guest image ${before}, and the image here is ${now}; observations of the two may not be merged`,
      hint: "dvirt run begins a new run",
    };
  }
  if (isDeepStrictEqual(provenance.allotments, allotments)) return undefined;
  return {
    code: "host-changed",
    at: id,
    what: "this host gives the levels other CPUs or memory than the run was begun with; observations of the two may not be merged",
    hint: "resume where the run was begun, or dvirt run begins a new one",
  };
}

/** What another dvirt stored, and this one does not understand. */
export function studyUnreadable(at: string, version = "as it was"): Problem {
  return {
    code: "study-unreadable",
    at,
    what: "this version of dvirt cannot read the run's study",
    hint: `use dvirt ${version}`,
  };
}

/** A study as the machines here can run it, and what each level gets. No condition changes a size. */
interface Fitted {
  readonly study: Study;
  readonly allotments: readonly Allotment[];
}

function onMachines(study: Study, platform: ReadyPlatform): Result<Fitted> {
  const launches = platform.steps(undefined).map(({ launch }) => launch);
  const fitted = fittedTo(
    study,
    launches.map(({ measured }) => measured),
  );
  if (!fitted.ok) return fitted;
  const { workloads: own } = fitted.value;
  return ok({
    study: fitted.value,
    allotments: launches.map((launch, level) => allotmentOf(launch, own, level)),
  });
}

async function measure(job: Job): Promise<ExitCode> {
  const { context, options, run, member } = job;
  const board = await openLiveBoard(storePath(context, options));
  if (!board.ok) return tell(context, board.problems);
  const resumed = member?.group.id ?? run.id;
  const result = await runWatched(job, board.value);
  if (result === "stopped") {
    say(
      context,
      `stopped; everything was torn down and nothing measured is lost. Go on with: dvirt resume ${resumed}`,
    );
    return EXIT.stopped;
  }
  const shown = await showRun(job);
  if (!shown.ok) return tell(context, shown.problems);
  if (!result.ok) {
    say(context, `the run is not complete. Go on with: dvirt resume ${resumed}`);
    return tell(context, result.problems);
  }
  return shown.value.analysis.failed.length > 0 ? EXIT.found : EXIT.fine;
}

/** Measures what is left of the run; how far it is stands on the terminal and on the board meanwhile. */
async function runWatched(job: Job, board: LiveBoard): Promise<Result<"complete"> | "stopped"> {
  const { context, run, study, platform, store } = job;
  const stacks = job.stacks.count;
  const extent = study.repetitions.kind === "fixed" ? "all" : "at least";
  const boots = certainBoots(study, run.seed);
  const remaining = await remainingOf(job, boots);
  const shown = { boots, extent, stacks, remaining, clock: systemClock } as const;
  const progress = createProgress({ output: context.errors, ...shown });
  const live = announce(board, { run: run.id, process: thisProcess(), extent }, remaining, systemClock);
  try {
    return await runPlan({
      ...{ id: run.id, study, seed: run.seed, platform, stacks, store },
      ...{ clock: systemClock, signal: context.signal },
      emit: (event) => {
        remaining.event(event);
        progress.event(event);
        live.event(event);
      },
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return "stopped";
  } finally {
    progress.close();
    live.close();
  }
}

async function remainingOf(
  { run, study, platform, store, stacks }: Job,
  boots: readonly Boot[],
): Promise<Remaining> {
  return createRemaining({
    boots,
    stacks: stacks.count,
    done: settledTrials(await store.attempts(run.id), study.doubts.repeat),
    estimator: createEstimator(
      study.workloads,
      { machines: platformNamed(study.platform).machines, timing: run.timing },
      platform.steps(undefined).map(({ launch }) => launch.pace * stacks.crowding),
    ),
    clock: systemClock,
  });
}

/** A run's report on the terminal, unless its group has one of its own, and in files. */
async function showRun({ context, options, run, store, member }: Job): Promise<Result<RunReport>> {
  const report = await reportOf(run, store, references);
  if (member === undefined) context.output.write(`${reportText(context, report, options)}\n`);
  const study = stringify(studyDocument(run.study));
  const written = await writeReport(context, report, { ...optional({ out: options.out }), study });
  return written.ok ? ok(report) : written;
}

/** `2026-11-23-quick-1a2b3c`: sorts by day, says what it was, and is short to type. */
export function stampedId(now: string, study: string, seed: number): string {
  const stamp = now.slice(0, 19).replaceAll(":", "").replace("T", "-");
  return `${stamp}-${study}-${seed.toString(36)}`;
}
