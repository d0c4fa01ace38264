import { type Command, type Completed, succeeded } from "../core/command.ts";
import type { HostEvidence, LevelEvidence, Observation, Step } from "../core/observation.ts";
import type { Trial } from "../core/plan.ts";
import { HOST_SNAPSHOT_SCRIPT, SNAPSHOT_SCRIPT, type TimedText } from "../core/snapshot.ts";
import type { Workload, WorkPlace } from "../core/workload.ts";
import type { Clock, Machine } from "./ports.ts";

/** What a trial may have beside its machines. */
export interface Beside {
  /** The computer below the stack, if it is to be watched too. */
  readonly base?: Machine;
  /** The trial before this one in the same bring-up: where nothing ran since, its last snapshots are this one's first. */
  readonly previous?: Observation;
}

/**
 * Executes one trial: prepare, snapshots of every level that is up, the workload, snapshots, cleanup.
 * What is prepared and what is measured run in the measured size; the snapshots outside of it.
 * The last of `machines` is the measured one. Never parses what the workload printed.
 */
export async function executeTrial(
  trial: Trial,
  workload: Workload,
  machines: readonly Machine[],
  place: WorkPlace,
  at: { readonly bringUp: number; readonly attempt: number },
  clock: Clock,
  signal: AbortSignal,
  { base, previous }: Beside = {},
): Promise<Observation> {
  const machine = machines.at(-1);
  if (machine === undefined) throw new Error(`trial ${trial.id} without a machine`);
  const steps: Step[] = [];
  const host = async () =>
    base === undefined ? undefined : askedFor(HOST_SNAPSHOT_SCRIPT, base, clock, signal);
  const start = await host();
  const inside = within(place, machine);
  const prepared = await runSteps(inside, "prepare", workload.prepare(place), steps, signal);
  const before = prepared
    ? (lastSnapshots(previous, trial.level, at.bringUp, steps) ?? (await snapshots(machines, clock, signal)))
    : [];
  const hostBefore = await host();
  const startedAt = clock.now();
  const completed: Completed = prepared
    ? await inside.run(workload.command, signal)
    : {
        end: { kind: "not-run", what: "not run, because the preparation failed" },
        stdout: "",
        stderr: "",
        seconds: 0,
      };
  signal.throwIfAborted();
  const gone = completed.end.kind === "lost";
  const hostAfter = await host();
  const after = prepared && !gone ? await snapshots(machines, clock, signal) : [];
  if (!gone) await runSteps(machine, "cleanup", workload.cleanup, steps, signal);
  signal.throwIfAborted();
  const evidence = before.map((one, level) => levelEvidence(level, one, after[level]));
  return {
    trial,
    ...at,
    startedAt,
    argv: workload.command.argv,
    completed,
    steps,
    evidence,
    ...hostEvidence(start, hostBefore, hostAfter),
  };
}

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
  previous: Observation | undefined,
  level: number,
  bringUp: number,
  prepared: readonly Step[],
): readonly TimedText[] | undefined {
  if (previous === undefined || previous.bringUp !== bringUp || previous.trial.level !== level)
    return undefined;
  if (prepared.length > 0 || previous.steps.some(({ phase }) => phase === "cleanup")) return undefined;
  const last = previous.evidence.flatMap(({ after, times }) =>
    times === undefined || after === "" ? [] : [{ text: after, ...times.after }],
  );
  return last.length === level + 1 ? last : undefined;
}

function hostEvidence(
  start: TimedText | undefined,
  before: TimedText | undefined,
  after: TimedText | undefined,
): { readonly host?: HostEvidence } {
  return start === undefined || before === undefined || after === undefined
    ? {}
    : { host: { start, before, after } };
}

/** Runs on the machine and within the measured size; the observation keeps the command without that. */
function within({ confined = [] }: WorkPlace, machine: Machine): Pick<Machine, "run"> {
  return {
    run: (command: Command, signal) =>
      machine.run({ ...command, argv: [...confined, ...command.argv] }, signal),
  };
}

async function runSteps(
  machine: Pick<Machine, "run">,
  phase: Step["phase"],
  commands: readonly Step["command"][],
  steps: Step[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const command of commands) {
    const completed = await machine.run(command, signal);
    steps.push({ phase, command, completed });
    if (!succeeded(completed)) return false;
  }
  return true;
}

function snapshots(
  machines: readonly Machine[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly TimedText[]> {
  return Promise.all(machines.map((machine) => askedFor(SNAPSHOT_SCRIPT, machine, clock, signal)));
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
    const completed = await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 120 }, signal);
    return { completed, text: completed.stdout, fromSeconds, toSeconds: clock.seconds() };
  };
  const first = await ask();
  const { kind } = first.completed.end;
  // A machine that is gone or hung would not answer the second time either.
  const early = !succeeded(first.completed) && (kind === "exited" || kind === "killed");
  const { completed: _, ...told } = early && !signal.aborted ? await ask() : first;
  return told;
}
