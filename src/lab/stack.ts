import type { Command } from "../core/command.ts";
import { CONFINEMENT_FACTS } from "../core/confinement.ts";
import { FACTS_SCRIPT } from "../core/facts.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { SNAPSHOT_SCRIPT } from "../core/snapshot.ts";
import { answered } from "./answered.ts";
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

/** What may go better with a stack that is brought up afresh; a missing capability does not. */
const WORTH_ANOTHER_BRING_UP: ReadonlySet<string> = new Set([
  "machine-lost",
  "no-answer",
  "facts-changed",
  // An emulated computer hangs in one boot out of some dozens; or it boots, and nothing boots on it.
  "no-boot",
]);

export function worthAnotherBringUp({ code }: Problem): boolean {
  return WORTH_ANOTHER_BRING_UP.has(code);
}

/** What a step asks for once its machine answers, if anything. */
async function settle(
  what: string,
  command: Command | undefined,
  machine: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  return command === undefined ? ok("") : answered(what, command, machine, signal);
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
    const started = await step.start(parent, signal);
    if (!started.ok && !signal.aborted && (await anyLost([parent, ...up.map(({ machine }) => machine)]))) {
      return failed({
        code: "machine-lost",
        at: parent.name,
        what: `the stack below L${step.level} was lost while it was starting`,
      });
    }
    if (!started.ok) return started;
    const machine = started.value;
    up.push({ machine, step });
    const answer = await answered(
      "its first command",
      { argv: ["true"], timeoutSeconds: 60 },
      machine,
      signal,
    );
    const ready = clock.seconds();
    if (!answer.ok) return answer;
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
