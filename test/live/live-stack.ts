import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { parseStudy, type Study } from "../../src/core/study/study.ts";
import { type WorkCommands, type Workload, workloadAt } from "../../src/core/study/workload.ts";
import type { Observation } from "../../src/core/trial/observation.ts";
import { warmingCommand } from "../../src/core/trial/warm.ts";
import type { Machine, MachineRecord, PlatformStep, ReadyPlatform } from "../../src/lab/ports.ts";
import { createStack, type Stack } from "../../src/lab/stack.ts";
import { executeTrial } from "../../src/lab/trial.ts";
import { platformNamed, platforms } from "../../src/platforms/index.ts";
import { workloads } from "../../src/workloads/index.ts";

/** A stack that tests share, and what they ask of it. */
export interface LiveStack {
  readonly study: Study;
  readonly platform: ReadyPlatform;
  readonly stack: Stack;
  /** What was read of each machine as it came up; of one that came up again, the last time. */
  readonly ready: readonly Omit<MachineRecord, "boot" | "bringUp">[];
  machine(level: number): Machine;
  step(level: number): PlatformStep;
  /** What a script prints at the level. */
  say(level: number, script: string): Promise<string>;
  workload(name: string): Workload;
  /** One trial at the level, with the host below watched too; `different`: commands in place of the workload's own. */
  trial(workload: Workload, level: number, different?: Partial<WorkCommands>): Promise<Observation>;
  /** Brings a stack that lost a machine up afresh, to the deepest level; one that is whole stays as deep as it is. */
  heal(): Promise<void>;
  dispose(): Promise<void>;
}

export function studyOf(text: string, file: string): Study {
  const parsed = parseStudy(text, file, { workloads, platforms });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

/** Prepares the study's platform and brings its whole stack up. The lab is to be held by the caller. */
export async function bringUp(study: Study, signal: AbortSignal): Promise<LiveStack> {
  const cache = cacheFolder(process.env);
  const prepared = await platformNamed(study.platform).setUp({
    study,
    seed: 1,
    cache,
    labFolder: join(cache, "lab"),
    say: console.error,
    signal,
  });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const platform = prepared.value;
  const ready: LiveStack["ready"][number][] = [];
  const stack = createStack({
    base: platform.base,
    steps: platform.steps(undefined),
    clock: systemClock,
    ...(platform.timing === "counted" ? { warm: warmingCommand(study.workloads) } : {}),
    emit: (event) => console.error(JSON.stringify(event)),
    onMachine: async (machine) => {
      // What came up again stands for what was lost, and for all that was above it.
      while (ready.some((one) => one.level >= machine.level)) ready.pop();
      ready.push(machine);
      return [];
    },
  });
  const dispose = async () => {
    await stack.dispose();
    await platform.dispose();
  };
  try {
    await makeSound(stack, study.levels, signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  const machine = (level: number) => found(stack.machines[level], `L${level} is not up`);
  return {
    study,
    platform,
    stack,
    ready,
    machine,
    step: (level) => found(platform.steps(undefined)[level], `no step for L${level}`),
    say: async (level, script) =>
      (await machine(level).run({ argv: ["sh", "-c", script], timeoutSeconds: 300 }, signal)).stdout.trim(),
    workload: (name) =>
      found(
        study.workloads.find((one) => one.name === name),
        name,
      ),
    trial: (workload, level, different) => {
      const { name } = workload;
      const place = platform.place(level);
      return executeTrial({
        trial: { id: `b1-up-L${level}-${name}-1`, boot: 1, direction: "up", level, workload: name, run: 1 },
        attempt: 1,
        bringUp: 1,
        commands: { ...workloadAt(workload, level).commands(place), ...different },
        confined: place.confined ?? [],
        machines: stack.machines.slice(0, level + 1),
        base: platform.base,
        previous: undefined,
        timing: platform.timing,
        clock: systemClock,
        signal,
      });
    },
    heal: async () => {
      if ((await stack.diagnose()) !== undefined) await makeSound(stack, study.levels, signal);
    },
    dispose,
  };
}

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(what);
  return value;
}

const TRIES = 5;

/**
 * Brings a stack to a level, afresh where it lost a machine: an emulated computer loses one now and then, all by
 * itself, and what is left of it may be sick (an L0 with one of its processors stuck was seen), so, as in a run, all
 * of it goes. Every loss is said, and the fifth in a row is an error: up to three were seen on a busy host.
 */
async function makeSound(stack: Stack, level: number, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    const said = await stack.diagnose();
    if (said !== undefined) {
      console.error(`the stack lost a machine: ${said}`);
      await stack.dispose();
    }
    const reached = await stack.reach(level, signal);
    if (reached.ok) return;
    if (tries === TRIES) throw new Error(`${JSON.stringify(reached.problems)}\n${await stack.diagnose()}`);
    console.error(`the stack did not come up: ${JSON.stringify(reached.problems)}`);
    await stack.dispose();
  }
}
