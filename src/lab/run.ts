import { planSoFar } from "../core/analysis/stopping.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import { FACTS, mustMatchDifferences, parseFacts } from "../core/machine/facts.ts";
import { declaredOf, imageOf, type Origin } from "../core/machine/provenance.ts";
import { conditionsOf } from "../core/study/settings/condition.ts";
import type { Study } from "../core/study/study.ts";
import { type Workload, workloadAt } from "../core/study/workload.ts";
import type { GuardContext } from "../core/trial/guards/guard.ts";
import { guardResults } from "../core/trial/guards/index.ts";
import {
  type GuardResult,
  judge,
  machineLost,
  type Observation,
  type Outcome,
  settledTrials,
  type TrialAttempt,
  trialLost,
} from "../core/trial/observation.ts";
import { type Boot, bringUpsOf, certainBoots, type Trial } from "../core/trial/plan.ts";
import { warmingCommand } from "../core/trial/warm.ts";
import type { EventSink, StackEventSink } from "./events.ts";
import type { Clock, MachineRecord, ReadyPlatform, RunRecord } from "./ports.ts";
import { type Slot, sideBySide } from "./side-by-side.ts";
import { soFarOf } from "./so-far.ts";
import { createStack, type Stack, worthAnotherBringUp } from "./stack.ts";
import type { JudgedObservation, RunReader, StoreWriter } from "./store.ts";
import { executeTrial } from "./trial.ts";

export interface RunInput {
  readonly id: string;
  readonly study: Study;
  readonly seed: number;
  readonly platform: ReadyPlatform;
  /** How many boots are measured at a time, each with a stack of its own. */
  readonly stacks: number;
  readonly store: StoreWriter & RunReader;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/** Lost stacks of one boot that end a run. A stack under which some trial came to its end is counted as the first. */
const LOST_STACKS = 3;

/**
 * Measures every trial of the plan that the store does not hold, boot by boot or several boots at a time. Rejects only
 * when the signal aborts (with its reason) or for a bug; every stack is down in every case when this settles.
 */
export async function runPlan(input: RunInput): Promise<Result<"complete">> {
  const { id, store, emit, stacks, signal } = input;
  await judgeWaiting(input);
  const done = settledTrials(await store.attempts(id), input.study.doubts.repeat);
  emit({ kind: "run-started", run: id, done: done.size });
  const machines = await store.machines(id);
  let bringUps = Math.max(0, ...machines.map((machine) => machine.bringUp));
  const known: KnownMachines = new Map();
  for (const machine of machines) remember(known, machine);
  const run = { ...input, known, nextBringUp: () => ++bringUps };
  for await (const boots of decidedBoots(input)) {
    const problems = await sideBySide(boots, stacks, signal, (boot, slot) => measureBoot(run, boot, slot));
    if (problems.length > 0) return failed(...problems);
  }
  emit({ kind: "run-ended", run: id });
  return ok("complete");
}

/**
 * The boots of the plan, together as far as none depends on what another measures: all of a fixed plan, the pilot of
 * an adaptive one. After that each is decided when those before it are in the store.
 */
async function* decidedBoots({
  id,
  study,
  seed,
  store,
  platform,
}: RunInput): AsyncGenerator<readonly Boot[]> {
  yield certainBoots(study, seed);
  const { repetitions } = study;
  if (repetitions.kind === "fixed") return;
  const { hardware, timing } = platform;
  for (;;) {
    const soFar = await soFarOf(store, { id, study, hardware, timing });
    const { boots, stopped } = planSoFar({ ...study, repetitions }, seed, soFar);
    const next = boots.at(-1);
    if (stopped !== undefined || next === undefined) return;
    yield [next];
  }
}

/** A run that goes on; what its boots have in common is changed between two awaits alone. */
interface Going extends RunInput {
  readonly known: KnownMachines;
  /** Numbers bring-ups in the order of their beginning. */
  readonly nextBringUp: () => number;
}

/** One boot, in as many bring-ups as it takes; the problem that ends the run, if one does. */
async function measureBoot(run: Going, whole: Boot, slot: Slot): Promise<Problem | undefined> {
  run.emit({ kind: "boot-planned", trials: whole.trials });
  const emit: StackEventSink = (event) => run.emit({ ...event, boot: whole.index });
  for (const boot of bringUpsOf(whole)) {
    let lost = 0;
    for (;;) {
      const pending = await pendingOf(run, boot);
      if (pending.trials.length === 0) break;
      const problem = await measurePending(run, pending, slot, emit);
      const after = await pendingOf(run, boot);
      if (problem === undefined || after.trials.length === 0) break;
      lost = ended(after) > ended(pending) ? 1 : lost + 1;
      const again = lost < LOST_STACKS && worthAnotherBringUp(problem);
      emit({ kind: "stack-lost", problem, again });
      if (!again) return run.stacks === 1 ? problem : ofBoot(whole, problem);
    }
  }
  emit({ kind: "boot-ended" });
  return undefined;
}

/** Where several boots go on at a time, `L1` alone says too little. */
function ofBoot({ index }: Boot, problem: Problem): Problem {
  return { ...problem, at: [`boot ${index}`, problem.at].filter((part) => part !== undefined).join(", ") };
}

/** A boot's trials that are not settled, and the attempts at all of its trials so far. */
interface Pending {
  readonly trials: readonly Trial[];
  readonly attempts: readonly TrialAttempt[];
}

/** Attempts that kept their machine. */
function ended({ attempts }: Pending): number {
  return attempts.filter(({ lost }) => !lost).length;
}

async function pendingOf({ store, id, study }: RunInput, boot: Boot): Promise<Pending> {
  const own = new Set(boot.trials.map((trial) => trial.id));
  const attempts = (await store.attempts(id)).filter(({ trial }) => own.has(trial));
  const settled = settledTrials(attempts, study.doubts.repeat);
  return { trials: boot.trials.filter((trial) => !settled.has(trial.id)), attempts };
}

/** One bring-up of the stack, and what it has measured so far. */
interface BringUp extends Omit<Going, "emit"> {
  readonly emit: StackEventSink;
  readonly bringUp: number;
  readonly stack: Stack;
  readonly machines: readonly MachineRecord[];
  readonly attempts: TrialAttempt[];
  previous: Observation | undefined;
}

/** One bring-up over the boot's pending trials; the problem that ended it early, if one did. */
async function measurePending(
  run: Going,
  pending: Pending,
  { number: slot, signal }: Slot,
  emit: StackEventSink,
): Promise<Problem | undefined> {
  const { platform, clock, store, known } = run;
  const queue = [...pending.trials];
  const { boot = 0, condition: index } = queue[0] ?? {};
  const condition = conditionsOf(run.study).find((one) => one.index === index);
  const within = condition === undefined ? {} : { condition: condition.index };
  const named = condition === undefined ? {} : { condition: condition.name };
  const bringUp = run.nextBringUp();
  emit({ kind: "boot-started", ...named, pending: queue.length, bringUp });
  const machines: MachineRecord[] = [];
  const stack = createStack({
    base: platform.base,
    steps: platform.steps(index, { boot, slot }),
    clock,
    emit,
    ...(platform.timing === "counted" ? { warm: warmingCommand(run.study.workloads) } : {}),
    onMachine: async (machine) => {
      const record = { ...machine, boot, ...within, bringUp };
      machines.push(record);
      // Before anything is awaited: the first to come up is the first in the store, whatever comes up beside it.
      const first = remember(known, record);
      await store.addMachine(run.id, record);
      return changedFacts(first, record);
    },
  });
  const attempts = [...pending.attempts];
  const own: BringUp = { ...run, signal, emit, bringUp, stack, machines, attempts, previous: undefined };
  try {
    for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
      const problem = (await unreachable(own, trial)) ?? (await measureTrial(own, trial, queue));
      if (problem !== undefined) return await withLastWords(problem, stack);
    }
    return undefined;
  } finally {
    await stack.dispose();
  }
}

/** Takes the stack to the trial's level; what keeps it from there. */
async function unreachable({ stack, signal }: BringUp, { id, level }: Trial): Promise<Problem | undefined> {
  signal.throwIfAborted();
  if ((await stack.diagnose()) !== undefined) {
    return lostProblem(id, "the stack was lost before this trial");
  }
  const reached = await stack.reach(level, signal);
  signal.throwIfAborted();
  return reached.ok ? undefined : reached.problems[0];
}

/** Executes, stores and judges one trial; a doubted one may be put back at the head of the queue. */
async function measureTrial(own: BringUp, trial: Trial, queue: Trial[]): Promise<Problem | undefined> {
  const { platform, study, store, stack, attempts, bringUp, clock, emit, signal } = own;
  const place = platform.place(trial.level);
  emit({ kind: "trial-started", trial });
  const begun = clock.seconds();
  const observation = await executeTrial({
    trial,
    attempt: 1 + attempts.filter((one) => one.trial === trial.id).length,
    bringUp,
    commands: workloadAt(workloadNamed(study, trial.workload), trial.level).commands(place),
    confined: place.confined ?? [],
    machines: stack.machines,
    base: platform.watched === "nothing" ? undefined : platform.base,
    previous: own.previous,
    timing: platform.timing,
    clock,
    signal,
  });
  own.previous = observation;
  // Raw first: what is parsed below can be parsed again, what is not stored is gone.
  await store.addObservation(own.id, observation);
  const outcome = await judgeOne(own, observation, own.machines);
  attempts.push(attemptOf(observation, outcome));
  const again = outcome.kind === "measured" && !settledTrials(attempts, study.doubts.repeat).has(trial.id);
  // At once, in the same bring-up: the boot is the unit, and nothing else of it is measured twice.
  if (again) queue.unshift(trial);
  const seconds = clock.seconds() - begun;
  emit({ kind: "trial-ended", trial, lost: trialLost(observation), again, outcome, seconds });
  if (!machineLost(observation)) return undefined;
  return lostProblem(trial.id, `L${trial.level} was lost or hung under this trial, whose raw output is kept`);
}

/** The facts of the run's first machine of each level and condition: all others must be like it. */
type KnownMachines = Map<string, string>;

/** The facts of the first machine of this one's level and condition, which may be this one. */
function remember(known: KnownMachines, { level, condition, facts }: MachineRecord): string {
  const key = `L${level} c${condition}`;
  const first = known.get(key) ?? facts;
  known.set(key, first);
  return first;
}

/** A machine that came up unlike the run's first one of its level: what is measured on it may not be merged. */
function changedFacts(
  first: string,
  { level, facts }: Pick<MachineRecord, "level" | "facts">,
): readonly Problem[] {
  return mustMatchDifferences(parseFacts(first), parseFacts(facts)).map(({ name, found }) => ({
    code: "facts-changed",
    at: `L${level}`,
    what: `${FACTS[name].title} was ${JSON.stringify(found[0])} when the run began, and is ${JSON.stringify(found[1])} now; observations of the two may not be merged`,
    hint: "put it back and go on with dvirt resume, or begin a new run",
  }));
}

function lostProblem(at: string, what: string): Problem {
  return { code: "machine-lost", at, what };
}

async function withLastWords(problem: Problem, stack: Stack): Promise<Problem> {
  const said = await stack.diagnose();
  if (said === undefined) return problem;
  return {
    ...problem,
    evidence: [problem.evidence, said].filter((text) => text !== undefined && text !== "").join("\n"),
  };
}

function attemptOf(observation: Observation, outcome: Outcome): TrialAttempt {
  return {
    trial: observation.trial.id,
    attempt: observation.attempt,
    lost: trialLost(observation),
    doubted: outcome.kind === "measured" && outcome.doubts.length > 0,
  };
}

async function judgeOne(
  input: Pick<RunInput, "id" | "study" | "platform" | "store">,
  observation: Observation,
  machines: readonly MachineRecord[],
): Promise<Outcome> {
  const outcome = judge(
    observation,
    (...printed) => workloadNamed(input.study, observation.trial.workload).kind.parse(...printed),
    (reading) => {
      const context = guardContext(observation, input.platform, machines);
      return guardResults({ ...context, observation, reading });
    },
  );
  const { trial, attempt } = observation;
  await input.store.addOutcome(input.id, { trial: trial.id, attempt }, outcome);
  return outcome;
}

/** A run that was killed between storing and parsing left observations without an outcome. */
async function judgeWaiting(input: RunInput): Promise<void> {
  const machines = await input.store.machines(input.id);
  for await (const { key, observation } of input.store.unjudged(input.id)) {
    if (observation.ok) await judgeOne(input, observation.value, machines);
    else
      for (const problem of observation.problems)
        await input.store.addOutcome(input.id, key, {
          kind: "failed",
          problem: { ...problem, at: key.trial },
        });
  }
}

/** What guards compare an observation with: its run, and the machines that were up in its bring-up. */
function guardContext(
  { bringUp, startedAt }: Observation,
  { hardware, timing, origin }: Pick<RunRecord, "hardware" | "timing"> & { readonly origin: Origin },
  machines: readonly MachineRecord[],
): GuardContext {
  return {
    hardware,
    timing,
    imageId: imageOf(origin)?.id,
    declared: declaredOf(origin),
    // A machine that came up after the trial, in place of one that was lost, is not what it ran on.
    machines: machines.filter((one) => one.bringUp === bringUp && one.launchedAt <= startedAt),
  };
}

/** The machine that a trial ran on: one that came up later, in place of one that was lost, is another. */
export function machineOf(
  { trial, bringUp, startedAt }: Observation,
  machines: readonly MachineRecord[],
): MachineRecord | undefined {
  return machines.findLast(
    (one) => one.bringUp === bringUp && one.level === trial.level && one.launchedAt <= startedAt,
  );
}

/** What each guard of this version says of a stored trial; nothing where it gave no figure. */
export function guardsOf(
  run: RunRecord,
  { observation, outcome }: JudgedObservation,
  machines: readonly MachineRecord[],
): readonly GuardResult[] {
  if (outcome?.kind !== "measured") return [];
  const context = guardContext(observation, { ...run, ...run.provenance }, machines);
  return guardResults({ ...context, observation, reading: outcome.reading });
}

function workloadNamed(study: Study, name: string): Workload {
  const workload = study.workloads.find((candidate) => candidate.name === name);
  if (workload === undefined) throw new Error(`the plan names ${name}, which the study does not have`);
  return workload;
}
