import { type Command, shellCommand } from "../core/base/command.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import type { ProblemCode } from "../core/base/problem-codes.ts";
import { CONFINEMENT_FACTS } from "../core/machine/confinement.ts";
import { FACTS_SCRIPT } from "../core/machine/facts.ts";
import { SNAPSHOT_SCRIPT } from "../core/machine/snapshot.ts";
import { answered } from "./answered.ts";
import type { StackEventSink } from "./events.ts";
import type { Clock, Machine, MachineRecord, PlatformStep } from "./ports.ts";
import { askedFor } from "./trial.ts";

/** The machines L0..Ln that are up: a fold of steps over the base machine, deepest last. */
export interface Stack {
  readonly machines: readonly Machine[];
  /** Takes the stack to exactly this depth: stops what is deeper or lost, starts what is missing. */
  reach(level: number, signal: AbortSignal): Promise<Result<Machine>>;
  /** What the shallowest machine that was lost last said; undefined while all can be reached. */
  diagnose(): Promise<string | undefined>;
  /** Stops every machine, deepest first. */
  dispose(): Promise<void>;
}

export interface StackOptions {
  readonly base: Machine;
  /** L0 first, as one condition makes them. */
  readonly steps: readonly PlatformStep[];
  readonly clock: Clock;
  readonly emit: StackEventSink;
  /** Run on each machine once it has come up; absent where nothing is. */
  readonly warm?: Command;
  /** Called with each machine that came up, before anything is measured on it; problems forbid to measure. */
  readonly onMachine: (
    machine: Omit<MachineRecord, "boot" | "condition" | "bringUp">,
  ) => Promise<readonly Problem[]>;
}

export function createStack(options: StackOptions): Stack {
  const { base, steps, clock, emit } = options;
  const up: { machine: Machine; step: PlatformStep }[] = [];
  let firstLaunch: number | undefined;
  const machines = () => up.map(({ machine }) => machine);

  const pop = async (): Promise<void> => {
    const top = up.pop();
    if (top === undefined) return;
    await top.machine.dispose();
    emit({ kind: "machine-stopped", level: top.step.level });
  };

  const push = async (step: PlatformStep, signal: AbortSignal): Promise<Result<Machine>> => {
    const { level, driver, launch } = step;
    const parent = up.at(-1)?.machine ?? base;
    emit({ kind: "machine-starting", level, driver });
    const launchedAt = clock.now();
    const begun = clock.seconds();
    firstLaunch ??= begun;
    const problems = await step.check(parent, signal);
    if (problems.length > 0) return failed(...problems);
    const started = await step.start(parent, signal);
    if (!started.ok) {
      if (signal.aborted || !(await anyLost([parent, ...machines()]))) return started;
      const what = `the stack below L${level} was lost while it was starting`;
      return failed({ code: "machine-lost", at: parent.name, what });
    }
    const machine = started.value;
    up.push({ machine, step });
    const answer = await answered("its first command", FIRST_COMMAND, machine, signal);
    if (!answer.ok) return answer;
    const ready = clock.seconds();
    const times = { readySeconds: ready - begun, sinceLaunchSeconds: ready - firstLaunch };
    const facts = await settledFacts(step, machine, parent, signal);
    if (!facts.ok) return facts;
    if (options.warm !== undefined) {
      const warm = await answered("reading the workloads' programs", options.warm, machine, signal);
      if (!warm.ok) return warm;
    }
    const snapshot = await askedFor(SNAPSHOT_SCRIPT, machine, clock, signal);
    const objections = await options.onMachine({
      level,
      driver,
      argv: launch.argv,
      launchedAt,
      ...times,
      settleSeconds: clock.seconds() - ready,
      facts: facts.value,
      snapshot,
    });
    if (objections.length > 0) return failed(...objections);
    emit({ kind: "machine-ready", level, ...times });
    return ok(machine);
  };

  return {
    get machines() {
      return machines();
    },
    async reach(level, signal) {
      while (up.length - 1 > level || (await anyLost(machines()))) await pop();
      for (const step of steps.slice(up.length, level + 1)) {
        signal.throwIfAborted();
        const pushed = await push(step, signal);
        if (!pushed.ok) return pushed;
      }
      const machine = up.at(-1)?.machine;
      return machine === undefined
        ? failed({ code: "no-such-level", at: `L${level}`, what: "the platform has no step for this level" })
        : ok(machine);
    },
    async diagnose() {
      for (const { machine } of up) {
        const said = await machine.diagnose();
        if (said !== undefined) return said;
      }
      return undefined;
    },
    async dispose() {
      while (up.length > 0) await pop();
    },
  };
}

const FIRST_COMMAND: Command = { argv: ["true"], timeoutSeconds: 60 };

/** Confines and pins a machine that answers, then reads its facts. Half of the facts are no facts: later machines are compared with them. */
async function settledFacts(
  step: PlatformStep,
  machine: Machine,
  parent: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  const confined =
    step.confine === undefined ? ok("") : await answered("confining", step.confine, machine, signal);
  if (!confined.ok) return confined;
  const pinned = step.pin === undefined ? ok("") : await answered("pinning", step.pin, parent, signal);
  if (!pinned.ok) return pinned;
  const script = `${FACTS_SCRIPT}${step.confine === undefined ? "" : CONFINEMENT_FACTS}${step.moreFacts ?? ""}`;
  const command = shellCommand(`${script}\ntrue`, 120); // what it cannot read it leaves empty
  const facts = await answered("reading its facts", command, machine, signal);
  if (!facts.ok) return facts;
  return ok(`${facts.value}${pinned.value === "" ? "" : `== pinning\n${pinned.value}`}`);
}

async function anyLost(machines: readonly Machine[]): Promise<boolean> {
  const said = await Promise.all(machines.map((machine) => machine.diagnose()));
  return said.some((text) => text !== undefined);
}

/** What may go better with a stack that is brought up afresh; a missing capability does not. */
const WORTH_ANOTHER_BRING_UP: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "machine-lost",
  "no-answer",
  "facts-changed",
  // An emulated computer hangs in one boot out of some dozens; or it boots, and nothing boots on it.
  "no-boot",
]);

export function worthAnotherBringUp({ code }: Problem): boolean {
  return WORTH_ANOTHER_BRING_UP.has(code);
}
