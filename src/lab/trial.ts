import { type Command, type Completed, succeeded } from "../core/command.ts";
import type { LevelEvidence, Observation, Step } from "../core/observation.ts";
import type { Trial } from "../core/plan.ts";
import { SNAPSHOT_SCRIPT } from "../core/snapshot.ts";
import type { Workload, WorkPlace } from "../core/workload.ts";
import type { Clock, Machine } from "./ports.ts";

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
): Promise<Observation> {
  const machine = machines.at(-1);
  if (machine === undefined) throw new Error(`trial ${trial.id} without a machine`);
  const steps: Step[] = [];
  const inside = within(place, machine);
  const prepared = await runSteps(inside, "prepare", workload.prepare(place), steps, signal);
  const before = prepared ? await snapshots(machines, signal) : [];
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
  const after = prepared && !gone ? await snapshots(machines, signal) : [];
  if (!gone) await runSteps(machine, "cleanup", workload.cleanup, steps, signal);
  signal.throwIfAborted();
  const evidence = before.map(
    (text, level): LevelEvidence => ({ level, before: text, after: after[level] ?? "" }),
  );
  return { trial, ...at, startedAt, argv: workload.command.argv, completed, steps, evidence };
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

async function snapshots(machines: readonly Machine[], signal: AbortSignal): Promise<readonly string[]> {
  const command = { argv: ["sh", "-c", SNAPSHOT_SCRIPT], timeoutSeconds: 120 };
  const done = await Promise.all(machines.map((machine) => machine.run(command, signal)));
  return done.map((completed) => completed.stdout);
}
