import type { Boot, Trial } from "../core/trial/plan.ts";
import { type Estimator, remainingSeconds, sideBySideSeconds } from "./estimate.ts";
import type { LabEvent, StackEvent } from "./events.ts";
import type { Clock } from "./ports.ts";

/** What is left of a run, kept up to date by its events. */
export interface Remaining {
  event(event: LabEvent): void;
  /** Trials that this process has to execute, as far as they are decided, and those of them that are done. */
  total(): number;
  done(): number;
  /** An honest guess. */
  leftSeconds(): number;
  /** What each boot that goes on waits for, and for how long. */
  waiting(): readonly Waiting[];
}

export interface Waiting {
  readonly boot: number;
  readonly what: string;
  readonly seconds: number;
}

export interface RemainingOptions {
  /** The boots that are certain before any is measured. */
  readonly boots: readonly Boot[];
  /** How many boots are measured at a time. */
  readonly stacks: number;
  /** Trials that the store holds already. */
  readonly done: ReadonlySet<string>;
  readonly estimator: Estimator;
  readonly clock: Clock;
}

/** A boot that is being measured. */
interface Going {
  /** The deepest level that is up; -1 where none is. */
  depth: number;
  waiting?: { readonly what: string; readonly since: number; readonly expected: number };
}

export function createRemaining({ boots, stacks, done, estimator, clock }: RemainingOptions): Remaining {
  const known = new Set<string>();
  const pending: Trial[] = [];
  const going = new Map<number, Going>();
  let total = 0;
  const add = (trials: readonly Trial[]) => {
    for (const trial of trials) {
      if (known.has(trial.id)) continue;
      known.add(trial.id);
      if (done.has(trial.id)) continue;
      pending.push(trial);
      total += 1;
    }
  };
  for (const { trials } of boots) add(trials);
  const note = (event: StackEvent, own: Going) => {
    const waitFor = (what: string, expected: number) => {
      own.waiting = { what, since: clock.seconds(), expected };
    };
    switch (event.kind) {
      case "boot-started":
        own.depth = -1;
        return;
      case "machine-starting":
        return waitFor(
          `waiting for L${event.level} to answer (${event.driver})`,
          estimator.bringUpSeconds(event.level),
        );
      case "machine-ready":
        delete own.waiting;
        own.depth = event.level;
        return estimator.sawBringUp(event.level, event.readySeconds);
      case "machine-stopped":
        own.depth = event.level - 1;
        return;
      case "trial-started": {
        const { direction, level, workload } = event.trial;
        return waitFor(`${direction} L${level} ${workload}`, estimator.trialSeconds(event.trial));
      }
      case "trial-ended": {
        delete own.waiting;
        if (!event.lost) estimator.sawTrial(event.trial, event.seconds);
        const at = event.lost || event.again ? -1 : pending.findIndex(({ id }) => id === event.trial.id);
        if (at >= 0) pending.splice(at, 1);
        return;
      }
      case "stack-lost":
      case "boot-ended":
        delete own.waiting;
        return;
    }
  };
  return {
    event(event) {
      switch (event.kind) {
        case "run-started":
          return;
        case "boot-planned":
          return add(event.trials);
        case "run-ended":
          return going.clear();
        default: {
          const own = going.get(event.boot) ?? { depth: -1 };
          going.set(event.boot, own);
          note(event, own);
          if (event.kind === "boot-ended") going.delete(event.boot);
        }
      }
    },
    total: () => total,
    done: () => total - pending.length,
    leftSeconds() {
      const each = byBoot(pending, [...going.keys()]).map(([boot, trials]) => {
        const { depth, waiting } = going.get(boot) ?? { depth: -1 };
        const spent = waiting === undefined ? 0 : Math.min(clock.seconds() - waiting.since, waiting.expected);
        return Math.max(0, remainingSeconds(trials, depth, estimator) - spent);
      });
      return sideBySideSeconds(each, stacks);
    },
    waiting: () =>
      [...going]
        .flatMap(([boot, { waiting }]) =>
          waiting === undefined
            ? []
            : [{ boot, what: waiting.what, seconds: clock.seconds() - waiting.since }],
        )
        .sort((a, b) => a.boot - b.boot),
  };
}

/** The trials of each boot that has any: those that go on first, for the others wait for them. */
function byBoot(
  trials: readonly Trial[],
  going: readonly number[],
): readonly (readonly [boot: number, trials: readonly Trial[]])[] {
  const found = new Map<number, Trial[]>(going.map((boot) => [boot, []]));
  for (const trial of trials) {
    const own = found.get(trial.boot) ?? [];
    found.set(trial.boot, own);
    own.push(trial);
  }
  return [...found].filter(([, own]) => own.length > 0);
}
