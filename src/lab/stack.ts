import { type Command, endText, succeeded } from "../core/command.ts";
import { CONFINEMENT_FACTS } from "../core/confinement.ts";
import { FACTS_SCRIPT } from "../core/facts.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { SNAPSHOT_SCRIPT } from "../core/snapshot.ts";
import type { EventSink } from "./events.ts";
import type { Clock, Machine, MachineRecord, PlatformStep, PreparedPlatform } from "./ports.ts";
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
  readonly platform: PreparedPlatform;
  /** Whose machines to bring up; absent where the study has none. */
  readonly condition?: number;
  readonly clock: Clock;
  readonly emit: EventSink;
  /** Called with each machine that came up, before anything is measured on it; problems forbid to measure. */
  readonly onMachine: (
    machine: Omit<MachineRecord, "boot" | "condition" | "bringUp">,
  ) => Promise<readonly Problem[]>;
}

async function anyLost(machines: readonly Machine[]): Promise<boolean> {
  const said = await Promise.all(machines.map((machine) => machine.diagnose()));
  return said.some((text) => text !== undefined);
}

/** By how its command ended; a machine that said nothing in time may do better when it is brought up again. */
const UNSETTLED: Readonly<Record<string, string>> = { exited: "not-settled", lost: "machine-lost" };

/** Runs what a step asks for once its machine answers; what it printed, or how it failed. */
async function settle(
  what: string,
  command: Command | undefined,
  machine: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  if (command === undefined) return ok("");
  const done = await machine.run(command, signal);
  signal.throwIfAborted();
  if (succeeded(done)) return ok(done.stdout);
  return failed({
    code: UNSETTLED[done.end.kind] ?? "no-answer",
    at: machine.name,
    what: `${what} did not work: ${endText(done.end)}`,
    evidence: done.stderr,
  });
}

export function createStack(options: StackOptions): Stack {
  const { platform, clock, emit } = options;
  const steps = platform.steps(options.condition);
  const up: { machine: Machine; step: PlatformStep }[] = [];
  let firstLaunch: number | undefined;

  const pop = async (): Promise<void> => {
    const top = up.pop();
    if (top === undefined) return;
    await top.machine.dispose();
    emit({ kind: "machine-stopped", level: top.step.level });
  };

  const push = async (step: PlatformStep, signal: AbortSignal): Promise<Result<Machine>> => {
    const parent = up.at(-1)?.machine ?? platform.base;
    emit({ kind: "machine-starting", level: step.level, driver: step.driver });
    const launchedAt = clock.now();
    const launch = clock.seconds();
    firstLaunch ??= launch;
    const problems = await step.check(parent, signal);
    if (problems.length > 0) return failed(...problems);
    let started = await step.start(parent, signal);
    if (!started.ok && !signal.aborted) {
      if (await anyLost([parent, ...up.map(({ machine }) => machine)])) {
        return failed({
          code: "machine-lost",
          at: parent.name,
          what: `the stack below L${step.level} was lost while it was starting`,
        });
      }
      // An emulated computer hangs in one boot out of some dozens; its parent is sound, so once more.
      for (const problem of started.problems) emit({ kind: "machine-again", level: step.level, problem });
      started = await step.start(parent, signal);
    }
    if (!started.ok) return started;
    const machine = started.value;
    up.push({ machine, step });
    const answer = await machine.run({ argv: ["true"], timeoutSeconds: 60 }, signal);
    const ready = clock.seconds();
    if (answer.end.kind !== "exited" || answer.end.code !== 0) {
      return failed({
        code: "no-answer",
        at: `L${step.level}`,
        what: `the machine came up and did not run a command (${answer.end.kind})`,
      });
    }
    const confined = await settle("confining", step.confine, machine, signal);
    if (!confined.ok) return confined;
    const pinned = await settle("pinning", step.pin, parent, signal);
    if (!pinned.ok) return pinned;
    const script = `${FACTS_SCRIPT}${step.confine === undefined ? "" : CONFINEMENT_FACTS}${step.moreFacts ?? ""}`;
    const facts = await settle(
      "reading its facts",
      { argv: ["sh", "-c", `${script}\ntrue`], timeoutSeconds: 120 }, // what it cannot read it leaves empty
      machine,
      signal,
    );
    // Half of the facts are no facts: all later machines would be held against them.
    if (!facts.ok) return facts;
    const snapshot = await askedFor(SNAPSHOT_SCRIPT, machine, clock, signal);
    const objections = await options.onMachine({
      level: step.level,
      driver: step.driver,
      argv: step.launch.argv,
      launchedAt,
      readySeconds: ready - launch,
      sinceLaunchSeconds: ready - firstLaunch,
      facts: `${facts.value}${pinned.value === "" ? "" : `== pinning\n${pinned.value}`}`,
      snapshot,
    });
    if (objections.length > 0) return failed(...objections);
    emit({
      kind: "machine-ready",
      level: step.level,
      readySeconds: ready - launch,
      sinceLaunchSeconds: ready - firstLaunch,
    });
    return ok(machine);
  };

  return {
    get machines() {
      return up.map(({ machine }) => machine);
    },
    async reach(level, signal) {
      while (up.length - 1 > level || (await anyLost(up.map(({ machine }) => machine)))) await pop();
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
