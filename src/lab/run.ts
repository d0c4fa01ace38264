import { readDeclared } from "../core/declared.ts";
import { FACTS, mustMatchDifferences, parseFacts } from "../core/facts.ts";
import type { GuardContext } from "../core/guards/guard.ts";
import { guardFindings } from "../core/guards/index.ts";
import {
  judge,
  machineLost,
  type Observation,
  settledTrials,
  type TrialAttempt,
  trialLost,
  type Verdict,
} from "../core/observation.ts";
import { type Boot, bringUpsOf, planBoots, type Trial } from "../core/plan.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { conditionsOf } from "../core/settings/condition.ts";
import { planSoFar } from "../core/stopping.ts";
import type { Study } from "../core/study.ts";
import { sized, type Workload } from "../core/workload.ts";
import type { EventSink } from "./events.ts";
import {
  type Clock,
  type MachineRecord,
  type PreparedPlatform,
  type RunRecord,
  type Store,
  verdictKey,
} from "./ports.ts";
import { soFarOf } from "./so-far.ts";
import { createStack, type Stack, worthAnotherBringUp } from "./stack.ts";
import { type Beside, executeTrial } from "./trial.ts";

export interface RunInput {
  readonly id: string;
  readonly study: Study;
  readonly seed: number;
  readonly platform: PreparedPlatform;
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/** Lost stacks that end a run. A stack under which some trial came to its end is counted as the first. */
const LOST_STACKS = 3;

/**
 * Measures every trial of the plan that the store does not hold, boot by boot. Rejects only when the
 * signal aborts (with its reason) or for a bug; the stack is down in every case when this settles.
 */
export async function runPlan(input: RunInput): Promise<Result<"complete">> {
  const { store, emit } = input;
  await judgeWaiting(input);
  const done = settledTrials(await store.attempts(input.id), input.study.doubts.repeat);
  emit({ kind: "run-started", run: input.id, done: done.size });
  const machines = await store.machines(input.id);
  let bringUps = Math.max(0, ...machines.map((machine) => machine.bringUp));
  const known: KnownMachines = new Map();
  for (const machine of machines) remember(known, machine);
  for await (const whole of bootsOf(input)) {
    emit({ kind: "boot-planned", trials: whole.trials });
    for (const boot of bringUpsOf(whole)) {
      let lost = 0;
      for (;;) {
        const pending = await pendingOf(input, boot);
        if (pending.trials.length === 0) break;
        const problem = await measureBoot(input, pending, ++bringUps, known);
        const after = await pendingOf(input, boot);
        if (problem === undefined || after.trials.length === 0) break;
        lost = ended(after) > ended(pending) ? 1 : lost + 1;
        const again = lost < LOST_STACKS && worthAnotherBringUp(problem);
        emit({ kind: "stack-lost", problem, again });
        if (!again) return failed(problem);
      }
    }
  }
  emit({ kind: "run-ended", run: input.id });
  return ok("complete");
}

/** The boots of the plan in turn; of an adaptive one each is decided when those before it are in the store. */
async function* bootsOf({ id, study, seed, store }: RunInput): AsyncGenerator<Boot> {
  const { repetitions } = study;
  if (repetitions.kind === "fixed") return yield* planBoots({ ...study, repetitions }, seed);
  for (;;) {
    const { boots, stopped } = planSoFar(
      { ...study, repetitions },
      seed,
      await soFarOf(store, id, study.doubts),
    );
    const next = boots.at(-1);
    if (stopped !== undefined || next === undefined) return;
    yield next;
  }
}

/** A boot's trials that are not settled, and all attempts so far. */
interface Pending {
  readonly trials: readonly Trial[];
  readonly attempts: readonly TrialAttempt[];
}

/** Attempts that kept their machine. */
function ended({ attempts }: Pending): number {
  return attempts.filter(({ lost }) => !lost).length;
}

async function pendingOf({ store, id, study }: RunInput, boot: Boot): Promise<Pending> {
  const attempts = await store.attempts(id);
  const settled = settledTrials(attempts, study.doubts.repeat);
  return { trials: boot.trials.filter((trial) => !settled.has(trial.id)), attempts };
}

/** One bring-up over the boot's pending trials; the problem that ended it early, if one did. */
async function measureBoot(
  input: RunInput,
  pending: Pending,
  bringUp: number,
  known: KnownMachines,
): Promise<Problem | undefined> {
  const { store, platform, clock, emit, signal } = input;
  const { trials } = pending;
  const attempts = [...pending.attempts];
  const queue = [...trials];
  const machines: MachineRecord[] = [];
  let previous: Observation | undefined;
  const boot = trials[0]?.boot ?? 0;
  const condition = conditionsOf(input.study).find(({ index }) => index === trials[0]?.condition);
  const within = condition === undefined ? {} : { condition: condition.index };
  const named = condition === undefined ? {} : { condition: condition.name };
  emit({ kind: "boot-started", boot, ...named, pending: trials.length, bringUp });
  const stack = createStack({
    platform,
    ...within,
    clock,
    emit,
    onMachine: async (machine) => {
      const record = { ...machine, boot, ...within, bringUp };
      machines.push(record);
      await store.addMachine(input.id, record);
      return changedFacts(remember(known, record), record);
    },
  });
  try {
    for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
      const { id } = trial;
      signal.throwIfAborted();
      if ((await stack.diagnose()) !== undefined) {
        return await withLastWords(lostProblem(trial.id, "the stack was lost before this trial"), stack);
      }
      const reached = await stack.reach(trial.level, signal);
      signal.throwIfAborted();
      if (!reached.ok) return await withLastWords(reached.problems[0], stack);
      const measured = platform.steps(trial.condition)[trial.level]?.launch.measured;
      if (measured === undefined) throw new Error(`the platform has no step for L${trial.level}`);
      const workload = sized(workloadNamed(input.study, trial.workload), measured);
      emit({ kind: "trial-started", trial });
      const begun = clock.seconds();
      const observation = await executeTrial(
        trial,
        workload,
        stack.machines,
        platform.place(trial.level),
        { bringUp, attempt: 1 + attempts.filter((one) => one.trial === id).length },
        clock,
        signal,
        { ...watchedHost(platform), ...(previous === undefined ? {} : { previous }) },
      );
      previous = observation;
      // Raw first: what is parsed below can be parsed again, what is not stored is gone.
      await store.addObservation(input.id, observation);
      const verdict = await judgeOne(input, observation, machines);
      attempts.push(attemptOf(observation, verdict));
      const again =
        verdict.kind === "measured" && !settledTrials(attempts, input.study.doubts.repeat).has(id);
      // At once, in the same bring-up: the boot is the unit, and nothing else of it is measured twice.
      if (again) queue.unshift(trial);
      emit({
        kind: "trial-ended",
        trial,
        lost: trialLost(observation),
        again,
        verdict,
        seconds: clock.seconds() - begun,
      });
      if (machineLost(observation)) {
        const what = `L${trial.level} was lost or hung under this trial, whose raw output is kept`;
        return await withLastWords(lostProblem(trial.id, what), stack);
      }
    }
    return undefined;
  } finally {
    await stack.dispose();
  }
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

async function withLastWords(problem: Problem | undefined, stack: Stack): Promise<Problem | undefined> {
  const said = await stack.diagnose();
  if (problem === undefined || said === undefined) return problem;
  return {
    ...problem,
    evidence: [problem.evidence, said].filter((text) => text !== undefined && text !== "").join("\n"),
  };
}

function watchedHost({ watched, base }: PreparedPlatform): Beside {
  return watched === "nothing" ? {} : { base };
}

function attemptOf(observation: Observation, verdict: Verdict): TrialAttempt {
  return {
    trial: observation.trial.id,
    attempt: observation.attempt,
    lost: trialLost(observation),
    doubted: verdict.kind === "measured" && verdict.doubts.length > 0,
  };
}

async function judgeOne(
  input: RunInput,
  observation: Observation,
  machines: readonly MachineRecord[],
): Promise<Verdict> {
  const { parse } = workloadNamed(input.study, observation.trial.workload);
  const { hardware, timing = "wall", record } = input.platform;
  const context = guardContext(observation, { hardware, timing, record }, machines);
  const verdict = judge(observation, parse, (reading) => guardFindings({ ...context, observation, reading }));
  await input.store.addVerdict(input.id, keyOf(observation), verdict);
  return verdict;
}

/** A run that was killed between storing and parsing left observations without a verdict. */
async function judgeWaiting(input: RunInput): Promise<void> {
  const judged = await input.store.verdicts(input.id);
  const all = await input.store.observations(input.id);
  const machines = await input.store.machines(input.id);
  for (const observation of all) {
    if (!judged.has(verdictKey(keyOf(observation)))) await judgeOne(input, observation, machines);
  }
}

/** What an observation is held against: its run, and the machines that were up in its bring-up. */
export function guardContext(
  { bringUp, startedAt }: Observation,
  { hardware, timing, record }: Pick<RunRecord, "hardware" | "timing" | "record">,
  machines: readonly MachineRecord[],
): GuardContext {
  return {
    hardware,
    timing,
    imageId: record["image"],
    ...declaredIn(record),
    // A machine that came up after the trial, in place of one that was lost, is not what it ran on.
    machines: machines.filter((one) => one.bringUp === bringUp && one.launchedAt <= startedAt),
  };
}

function declaredIn(record: RunRecord["record"]): Pick<GuardContext, "declared"> {
  const declared = readDeclared(record);
  return declared === undefined ? {} : { declared };
}

function keyOf({ trial, attempt }: Observation) {
  return { trial: trial.id, attempt };
}

function workloadNamed(study: Study, name: string): Workload {
  const workload = study.workloads.find((candidate) => candidate.name === name);
  if (workload === undefined) throw new Error(`the plan names ${name}, which the study does not have`);
  return workload;
}
