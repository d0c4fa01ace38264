import { systemClock } from "../../src/adapters/clock.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { type SimulatedOptions, simulatedMachine } from "../../src/adapters/machine/simulated.ts";
import type { Command } from "../../src/core/base/command.ts";
import { failed, ok, type Problem, type Result } from "../../src/core/base/problem.ts";
import type { Report } from "../../src/core/report/parts/report.ts";
import { type Study, studyData } from "../../src/core/study/study.ts";
import { workloadAt } from "../../src/core/study/workload.ts";
import { reportOf } from "../../src/lab/analyse.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import type { Machine, PlatformStep, ReadyPlatform, RunRecord } from "../../src/lab/ports.ts";
import { runPlan } from "../../src/lab/run.ts";
import type { Store } from "../../src/lab/store.ts";
import { IMAGINED, madeUpProvenance } from "../unit/made-up/provenance.ts";

const PLACE = { dataDisk: "/made-up/data", scratchDisk: "/made-up/scratch" };

type Answer = ReturnType<SimulatedOptions["answer"]>;

/** One command, as a machine of the lab is asked to run it. */
export interface Asked {
  readonly boot: number;
  /** 1-based; L0 coming up is a new one. */
  readonly bringUp: number;
  readonly level: number;
  readonly command: Command;
  /** The workload whose own command this is; undefined for preparation, snapshots and the like. */
  readonly workload: string | undefined;
  /** How often this workload was asked for at this level, this time included. */
  readonly time: number;
  /** How many workload commands the lab was asked for before. */
  readonly before: number;
}

/** One start of a machine. */
export interface Start {
  readonly boot: number;
  readonly bringUp: number;
  readonly level: number;
}

export interface LabOptions {
  readonly commandSeconds?: number;
  /** Answers instead of the truth; undefined leaves it to the truth. */
  readonly answer?: (asked: Asked) => Answer;
  /** What keeps a machine from starting. */
  readonly obstacle?: (start: Start) => Problem | undefined | Promise<Problem | undefined>;
  /** What the parent says when it is asked whether the step can work. */
  readonly check?: (level: number) => readonly Problem[];
  /** Transactions per second; without it 1000 at L0 and four fifths of that for each level. */
  readonly throughput?: (asked: Asked) => number;
}

export interface Lab {
  readonly platform: ReadyPlatform;
  /** `up L0`, `down L0`, in the order it happened. */
  readonly log: readonly string[];
  /** The same of one boot. */
  logOf(boot: number): readonly string[];
  /** Every start that was tried, as `bring-up 1 L0`. */
  readonly starts: readonly string[];
  /** Takes the machine of a level away, with these last words. */
  lose(level: number, words: string): Promise<void>;
}

/** The command at which a machine of this lab is lost; nobody but the lab asks for it. */
const LOSE = "made-up-loss";

/** A lab of simulated machines without noise, in which a test decides what goes wrong. */
export function madeUpLab(study: Study, options: LabOptions = {}): Lab {
  const log: { readonly boot: number; readonly text: string }[] = [];
  const starts: string[] = [];
  const up = new Map<number, Machine>();
  const times = new Map<string, number>();
  let [bringUp, asks] = [0, 0];
  const throughput = options.throughput ?? (({ level }) => 1000 * 0.8 ** level);
  const machineAt = (level: number, { boot, bringUp: own }: Omit<Start, "level">): Machine => {
    const machine = simulatedMachine({
      name: `L${level}`,
      commandSeconds: options.commandSeconds ?? 0,
      answer: (command) => {
        if (command.argv[0] === LOSE) {
          return { end: { kind: "lost", what: command.argv[1] ?? "" }, stdout: "", stderr: "" };
        }
        const workload = study.workloads.find(
          (one) =>
            workloadAt(one, level).commands(PLACE).measured.argv.join("\0") === command.argv.join("\0"),
        );
        const key = `${workload?.name}@${level}`;
        const time = (times.get(key) ?? 0) + 1;
        times.set(key, time);
        const asked = { boot, bringUp: own, level, command, workload: workload?.name, time, before: asks };
        if (workload !== undefined) asks++;
        const threads = Number(workload?.params["threads"] ?? 1);
        return (
          options.answer?.(asked) ??
          (workload === undefined
            ? ""
            : workloadAt(workload, level).render({ throughputPerSecond: throughput(asked), threads }))
        );
      },
    });
    log.push({ boot, text: `up L${level}` });
    up.set(level, machine);
    let disposed = false;
    return {
      ...machine,
      dispose: async () => {
        if (!disposed) log.push({ boot, text: `down L${level}` });
        disposed = true;
        await machine.dispose();
      },
    };
  };
  const step = (level: number, stack: { readonly boot: number; bringUp: number }): PlatformStep => ({
    level,
    driver: "simulated",
    launch: {
      argv: ["made-up", `L${level}`],
      memoryBytes: 0,
      cpus: 1,
      pace: 1,
      measured: { cpus: 1, memoryBytes: 0 },
    },
    check: async () => options.check?.(level) ?? [],
    start: async () => {
      const { boot } = stack;
      // Taken before anything is awaited, so that no two that come up at a time have one number.
      if (level === 0) bringUp += 1;
      const coming = level === 0 ? bringUp : stack.bringUp;
      const name = `bring-up ${coming} L${level}`;
      starts.push(name);
      const obstacle = await options.obstacle?.({ boot, bringUp: coming, level });
      if (obstacle !== undefined) {
        if (level === 0) bringUp -= 1;
        return failed(obstacle);
      }
      stack.bringUp = coming;
      return ok(machineAt(level, stack));
    },
  });
  return {
    get log() {
      return log.map(({ text }) => text);
    },
    logOf: (boot) => log.filter((entry) => entry.boot === boot).map(({ text }) => text),
    starts,
    lose: async (level, words) => {
      await up.get(level)?.run({ argv: [LOSE, words], timeoutSeconds: 1 }, new AbortController().signal);
    },
    platform: {
      hardware: "simulated",
      timing: "wall",
      base: localMachine(),
      watched: "nothing",
      steps: (_condition, stack) => {
        const own = { boot: stack?.boot ?? 1, bringUp: 0 };
        return Array.from({ length: study.levels + 1 }, (_, level) => step(level, own));
      },
      place: () => PLACE,
      origin: IMAGINED,
      dispose: async () => {},
    },
  };
}

export interface Measured {
  readonly result: Result<"complete">;
  readonly events: readonly LabEvent[];
  readonly report: Report;
}

export const RUN = "made-up-run";

/** Measures the study's plan, all of it or what the store does not hold yet. */
export async function measure(
  study: Study,
  platform: ReadyPlatform,
  store: Store,
  seed = 1,
  onEvent: (event: LabEvent) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
  stacks = 1,
): Promise<Measured> {
  const known = (await store.runs()).find((run) => run.id === RUN);
  const run: RunRecord = known ?? {
    id: RUN,
    createdAt: systemClock.now(),
    study: studyData(study),
    seed,
    hardware: platform.hardware,
    timing: platform.timing,
    provenance: madeUpProvenance({ origin: platform.origin }),
  };
  if (known === undefined) await store.addRun(run);
  const events: LabEvent[] = [];
  const emit = (event: LabEvent) => {
    events.push(event);
    onEvent(event);
  };
  const result = await runPlan({
    id: RUN,
    study,
    seed: run.seed,
    platform,
    stacks,
    store,
    clock: systemClock,
    emit,
    signal,
  });
  return { result, events, report: await reportOf(run, store) };
}
