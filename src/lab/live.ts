import type { Trial } from "../core/plan.ts";
import { problemText } from "../core/problem.ts";
import type { LabEvent } from "./events.ts";
import type { Remaining } from "./remaining.ts";

/** How far a run is that is being measured: what is not in the store by itself, for whoever looks on from outside. */
export interface LiveState {
  readonly run: string;
  readonly process: ProcessName;
  /** ISO 8601 in UTC: when this process began, and when it last said something. */
  readonly since: string;
  readonly at: string;
  /** The one that is being measured; absent before the first. */
  readonly boot?: { readonly index: number; readonly condition?: string; readonly bringUp: number };
  /** From L0 up, those that are up or coming up. */
  readonly machines: readonly LiveMachine[];
  /** The one that is being executed. */
  readonly trial?: Trial & { readonly since: string };
  /** Of this process: trials that were in the store before it are in neither. */
  readonly done: number;
  readonly total: number;
  /** Whether more trials may be decided on. */
  readonly extent: "all" | "at least";
  readonly leftSeconds: number;
  /** What last went wrong. */
  readonly problem?: string;
}

export interface LiveMachine {
  readonly level: number;
  readonly driver: string;
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
  const { trial: _, ...idle } = before;
  switch (event.kind) {
    case "boot-started": {
      const { boot: index, condition, bringUp } = event;
      const boot = { index, bringUp, ...(condition === undefined ? {} : { condition }) };
      return { ...idle, boot, machines: [] };
    }
    case "machine-starting":
      return {
        ...idle,
        machines: [
          ...below(idle, event.level),
          { level: event.level, driver: event.driver, state: "starting", since: at },
        ],
      };
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
      return idle;
    case "stack-lost":
      return { ...idle, problem: problemText(event.problem).slice(0, PROBLEM_CHARACTERS) };
    case "run-started":
    case "boot-planned":
    case "run-ended":
      return before;
  }
}

function below({ machines }: Pick<LiveState, "machines">, level: number): readonly LiveMachine[] {
  return machines.filter((one) => one.level < level);
}
