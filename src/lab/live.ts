import { optional } from "../core/base/optional.ts";
import { problemText } from "../core/base/problem.ts";
import type { Driver } from "../core/machine/driver.ts";
import type { Trial } from "../core/trial/plan.ts";
import type { LabEvent, StackEvent } from "./events.ts";
import type { Clock } from "./ports.ts";
import type { Remaining } from "./remaining.ts";

/** How far a run is that is being measured: what is not in the store by itself, for whoever looks on from outside. */
export interface LiveState {
  readonly run: string;
  readonly process: ProcessName;
  /** ISO 8601 in UTC: when this process began, and when it last said something. */
  readonly since: string;
  readonly at: string;
  /** Those that are being measured, in the order of their numbers. */
  readonly boots: readonly LiveBoot[];
  /** Of this process: trials that were in the store before it are in neither. */
  readonly done: number;
  readonly total: number;
  /** Whether more trials may be decided on. */
  readonly extent: "all" | "at least";
  readonly leftSeconds: number;
  /** What last went wrong. */
  readonly problem?: string;
}

export interface LiveBoot {
  readonly index: number;
  readonly condition?: string;
  readonly bringUp: number;
  /** From L0 up, those that are up or coming up. */
  readonly machines: readonly LiveMachine[];
  /** The one that is being executed. */
  readonly trial?: Trial & { readonly since: string };
}

export interface LiveMachine {
  readonly level: number;
  readonly driver: Driver;
  readonly state: "starting" | "ready";
  readonly since: string;
  /** From launch to the first command answered; absent while it is starting. */
  readonly readySeconds?: number;
}

/** Names a process so that another one with the same number is not taken for it. */
export interface ProcessName {
  readonly pid: number;
  /** The machine's boot and the process's start, as the kernel has them. */
  readonly started: string;
}

/** Where a run says how far it is. One row per run, replaced; failing to say it ends no run. */
export interface LiveBoard {
  show(state: LiveState): void;
  /** The run is not being measured any more. */
  clear(run: string): void;
  close(): void;
}

/** Says on the board how far a run is, event by event, until it is closed; `remaining` hears of each event before. */
export function announce(
  board: LiveBoard,
  names: Pick<LiveState, "run" | "process" | "extent">,
  remaining: Remaining,
  clock: Clock,
): { event(event: LabEvent): void; close(): void } {
  const now = clock.now();
  let state: LiveState = {
    ...names,
    since: now,
    at: now,
    boots: [],
    done: remaining.done(),
    total: remaining.total(),
    leftSeconds: remaining.leftSeconds(),
  };
  board.show(state);
  return {
    event(event) {
      state = nextLiveState(state, event, remaining, clock.now());
      board.show(state);
    },
    close() {
      board.clear(names.run);
      board.close();
    },
  };
}

/** Far more than any problem says that is worth a line on a page. */
const PROBLEM_CHARACTERS = 2000;

/** The state after an event; `remaining` has heard of the event before. */
export function nextLiveState(
  before: LiveState,
  event: LabEvent,
  remaining: Pick<Remaining, "done" | "total" | "leftSeconds">,
  at: string,
): LiveState {
  return {
    ...changed(before, event, at),
    at,
    done: remaining.done(),
    total: remaining.total(),
    leftSeconds: remaining.leftSeconds(),
  };
}

function changed(before: LiveState, event: LabEvent, at: string): LiveState {
  switch (event.kind) {
    case "run-started":
    case "boot-planned":
    case "run-ended":
      return before;
    case "boot-started": {
      const { boot: index, condition, bringUp } = event;
      return withBoot(before, { index, bringUp, ...optional({ condition }), machines: [] });
    }
    case "boot-ended":
      return { ...before, boots: before.boots.filter(({ index }) => index !== event.boot) };
    default: {
      const boot = before.boots.find(({ index }) => index === event.boot);
      const after = boot === undefined ? before : withBoot(before, changedBoot(boot, event, at));
      if (event.kind !== "stack-lost") return after;
      return { ...after, problem: problemText(event.problem).slice(0, PROBLEM_CHARACTERS) };
    }
  }
}

function withBoot(state: LiveState, boot: LiveBoot): LiveState {
  const others = state.boots.filter(({ index }) => index !== boot.index);
  return { ...state, boots: [...others, boot].sort((a, b) => a.index - b.index) };
}

function changedBoot(
  before: LiveBoot,
  event: Exclude<StackEvent, { kind: "boot-started" | "boot-ended" }>,
  at: string,
): LiveBoot {
  const { trial: _, ...idle } = before;
  switch (event.kind) {
    case "machine-starting": {
      const { level, driver } = event;
      return { ...idle, machines: [...below(idle, level), { level, driver, state: "starting", since: at }] };
    }
    case "machine-ready": {
      const { level, readySeconds } = event;
      return {
        ...before,
        machines: before.machines.map((one) =>
          one.level === level ? { ...one, state: "ready", since: at, readySeconds } : one,
        ),
      };
    }
    case "machine-stopped":
      return { ...idle, machines: below(idle, event.level) };
    case "trial-started":
      return { ...before, trial: { ...event.trial, since: at } };
    case "trial-ended":
    case "stack-lost":
      return idle;
  }
}

function below({ machines }: Pick<LiveBoot, "machines">, level: number): readonly LiveMachine[] {
  return machines.filter((one) => one.level < level);
}
