import { type Command, type Completed, shellCommand, succeeded } from "../core/base/command.ts";
import type { Timing } from "../core/base/timing.ts";
import { HOST_SNAPSHOT_SCRIPT, SNAPSHOT_SCRIPT, type TimedText } from "../core/machine/snapshot.ts";
import type { WorkCommands } from "../core/study/workload.ts";
import type { LevelEvidence, Observation, SetupStep } from "../core/trial/observation.ts";
import type { Trial } from "../core/trial/plan.ts";
import { sealed } from "../core/trial/sealed.ts";
import type { Clock, Machine } from "./ports.ts";

/** A trial, and all that it needs. */
export interface TrialInput {
  readonly trial: Trial;
  readonly attempt: number;
  readonly bringUp: number;
  readonly commands: WorkCommands;
  /** What the commands are put behind to run in the measured size. */
  readonly confined: readonly string[];
  /** Every machine that is up, L0 first; the last one is measured. */
  readonly machines: readonly Machine[];
  /** The computer below the stack, if it is to be watched too. */
  readonly base: Machine | undefined;
  /** The trial before this one in the same bring-up: where nothing ran since, its last snapshots are this one's first. */
  readonly previous: Observation | undefined;
  /** `counted`: the host says nothing to the machines while the workload runs. */
  readonly timing: Timing;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Executes one trial: prepare, snapshots of every level that is up, the workload, snapshots, cleanup.
 * What is prepared and what is measured run in the measured size; the snapshots outside of it.
 * Never parses what the workload printed.
 */
export async function executeTrial(input: TrialInput): Promise<Observation> {
  const { trial, attempt, bringUp, commands, machines, clock, signal } = input;
  const machine = machines.at(-1);
  if (machine === undefined) throw new Error(`trial ${trial.id} without a machine`);
  const confined = within(input.confined, machine);
  const start = await hostSnapshot(input);
  const prepared = await runSteps(confined, "prepare", commands.prepare, signal);
  const ready = prepared.every(({ completed }) => succeeded(completed));
  const before = ready ? (lastSnapshots(input, prepared) ?? (await snapshots(input))) : [];
  const hostBefore = await hostSnapshot(input);
  const startedAt = clock.now();
  const completed = ready ? await measured(input, machine) : NOT_RUN;
  signal.throwIfAborted();
  const gone = completed.end.kind === "lost";
  const hostAfter = await hostSnapshot(input);
  const after = ready && !gone ? await snapshots(input) : [];
  const cleaned = gone ? [] : await runSteps(machine, "cleanup", commands.cleanup, signal);
  signal.throwIfAborted();
  return {
    trial,
    bringUp,
    attempt,
    startedAt,
    argv: commands.measured.argv,
    completed,
    setupSteps: [...prepared, ...cleaned],
    evidence: before.map((one, level) => levelEvidence(level, one, after[level])),
    ...(start && hostBefore && hostAfter && { host: { start, before: hostBefore, after: hostAfter } }),
  };
}

function measured({ commands, confined, timing, signal }: TrialInput, machine: Machine): Promise<Completed> {
  const command = { ...commands.measured, argv: [...confined, ...commands.measured.argv] };
  return machine.run(timing === "counted" ? sealed(command) : command, signal);
}

const NOT_RUN: Completed = {
  end: { kind: "not-run", what: "not run, because the preparation failed" },
  stdout: "",
  stderr: "",
  seconds: 0,
};

function levelEvidence(level: number, before: TimedText, after: TimedText | undefined): LevelEvidence {
  if (after === undefined) return { level, before: before.text, after: "" };
  const at = ({ fromSeconds, toSeconds }: TimedText) => ({ fromSeconds, toSeconds });
  return {
    level,
    before: before.text,
    after: after.text,
    times: { before: at(before), after: at(after) },
  };
}

/**
 * A snapshot of a guest's guest takes a second or two on an emulated computer, so what was read when the trial
 * before ended is not read again, unless anything was run since: its cleanup, or this one's preparation.
 */
function lastSnapshots(
  { trial, bringUp, previous }: TrialInput,
  prepared: readonly SetupStep[],
): readonly TimedText[] | undefined {
  if (previous?.bringUp !== bringUp || previous.trial.level !== trial.level) return undefined;
  if (prepared.length > 0 || previous.setupSteps.some(({ phase }) => phase === "cleanup")) return undefined;
  const last = previous.evidence.flatMap(({ after, times }) =>
    times === undefined || after === "" ? [] : [{ text: after, ...times.after }],
  );
  return last.length === trial.level + 1 ? last : undefined;
}

/** Runs on the machine and within the measured size; the observation keeps the command without that. */
function within(confined: readonly string[], machine: Machine): Pick<Machine, "run"> {
  return {
    run: (command, signal) => machine.run({ ...command, argv: [...confined, ...command.argv] }, signal),
  };
}

/** Runs the commands in turn, up to the first that fails. */
async function runSteps(
  machine: Pick<Machine, "run">,
  phase: SetupStep["phase"],
  commands: readonly Command[],
  signal: AbortSignal,
): Promise<readonly SetupStep[]> {
  const steps: SetupStep[] = [];
  for (const command of commands) {
    const completed = await machine.run(command, signal);
    steps.push({ phase, command, completed });
    if (!succeeded(completed)) break;
  }
  return steps;
}

function snapshots({ machines, clock, signal }: TrialInput): Promise<readonly TimedText[]> {
  return Promise.all(machines.map((machine) => askedFor(SNAPSHOT_SCRIPT, machine, clock, signal)));
}

async function hostSnapshot({ base, clock, signal }: TrialInput): Promise<TimedText | undefined> {
  return base === undefined ? undefined : askedFor(HOST_SNAPSHOT_SCRIPT, base, clock, signal);
}

/** What a script prints on a machine, and the host's times around it; asked once more where it ended early by itself. */
export async function askedFor(
  script: string,
  machine: Machine,
  clock: Clock,
  signal: AbortSignal,
): Promise<TimedText> {
  const ask = async () => {
    const fromSeconds = clock.seconds();
    const completed = await machine.run(shellCommand(script, 120), signal);
    return { completed, text: completed.stdout, fromSeconds, toSeconds: clock.seconds() };
  };
  const first = await ask();
  const { kind } = first.completed.end;
  // A machine that is gone or hung would not answer the second time either.
  const early = !succeeded(first.completed) && (kind === "exited" || kind === "killed");
  const { completed: _, ...told } = early && !signal.aborted ? await ask() : first;
  return told;
}
