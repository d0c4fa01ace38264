import type { Boot, Trial } from "../core/plan.ts";
import { type Estimator, remainingSeconds } from "./estimate.ts";
import type { LabEvent } from "./events.ts";
import type { Clock } from "./ports.ts";

/** What is left of a run, kept up to date by its events. */
export interface Remaining {
  event(event: LabEvent): void;
  /** Trials that this process has to execute, as far as they are decided, and those of them that are done. */
  total(): number;
  done(): number;
  /** An honest guess. */
  leftSeconds(): number;
  /** What is being waited for, and for how long; undefined between two things. */
  waiting(): { readonly what: string; readonly seconds: number } | undefined;
}

export interface RemainingOptions {
  /** The boots that are certain before any is measured. */
  readonly boots: readonly Boot[];
  /** Trials that the store holds already. */
  readonly done: ReadonlySet<string>;
  readonly estimator: Estimator;
  readonly clock: Clock;
}

export function createRemaining({ boots, done, estimator, clock }: RemainingOptions): Remaining {
  const certain = boots.flatMap(({ trials }) => trials);
  const known = new Set(certain.map(({ id }) => id));
  const pending = certain.filter(({ id }) => !done.has(id));
  let total = pending.length;
  let depth = -1;
  let waiting: { what: string; since: number; expected: number } | undefined;
  const waitFor = (what: string, expected: number) => {
    waiting = { what, since: clock.seconds(), expected };
  };
  const add = (trials: readonly Trial[]) => {
    for (const trial of trials) {
      if (known.has(trial.id)) continue;
      known.add(trial.id);
      if (done.has(trial.id)) continue;
      pending.push(trial);
      total += 1;
    }
  };
  return {
    event(event) {
      switch (event.kind) {
        case "boot-planned":
          add(event.trials);
          return;
        case "boot-started":
          depth = -1;
          return;
        case "machine-starting":
          waitFor(
            `waiting for L${event.level} to answer (${event.driver})`,
            estimator.bringUpSeconds(event.level),
          );
          return;
        case "machine-ready":
          waiting = undefined;
          depth = event.level;
          estimator.sawBringUp(event.level, event.readySeconds);
          return;
        case "machine-stopped":
          depth = event.level - 1;
          return;
        case "trial-started":
          waitFor(
            `boot ${event.trial.boot} ${event.trial.direction} L${event.trial.level} ${event.trial.workload}`,
            estimator.trialSeconds(event.trial),
          );
          return;
        case "trial-ended": {
          waiting = undefined;
          if (!event.lost) estimator.sawTrial(event.trial, event.seconds);
          const at = event.lost || event.again ? -1 : pending.findIndex(({ id }) => id === event.trial.id);
          if (at >= 0) pending.splice(at, 1);
          return;
        }
        case "stack-lost":
        case "run-ended":
          waiting = undefined;
          return;
        case "run-started":
          return;
      }
    },
    total: () => total,
    done: () => total - pending.length,
    leftSeconds() {
      const rest = remainingSeconds(pending, depth, estimator);
      const spent = waiting === undefined ? 0 : Math.min(clock.seconds() - waiting.since, waiting.expected);
      return Math.max(0, rest - spent);
    },
    waiting: () =>
      waiting === undefined ? undefined : { what: waiting.what, seconds: clock.seconds() - waiting.since },
  };
}
