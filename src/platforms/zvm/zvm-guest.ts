import { setTimeout as wait } from "node:timers/promises";
import type { Problem, Result } from "../../core/base/problem.ts";
import type { Size } from "../../core/study/resources-policy.ts";

/** What starts and stops the guest that a level is. */
export interface GuestDriver {
  /** Who answers, for the run's provenance; problems where the guest is in use, or not there. */
  check(signal: AbortSignal): Promise<Result<string>>;
  /** Gives it its size and boots it; it is up some time after this settles. */
  start(signal: AbortSignal): Promise<Result<"started">>;
  /** Shuts it down, or ends it where it does not; problems where it is still there. */
  stop(signal: AbortSignal): Promise<readonly Problem[]>;
}

/** Seconds between looks at a guest that is being logged off, and how long it may take. */
export interface Patience {
  readonly everySeconds: number;
  readonly shutDownSeconds: number;
  readonly forceSeconds: number;
}

/** A guest that a driver is for. */
export interface DrivenGuest<Guest> {
  /** For messages. */
  readonly at: string;
  readonly guest: Guest;
  readonly size: Size;
  readonly patience: Patience;
}

/** Looks again and again; false where it is not so within the seconds. */
export async function comesTrue(
  looks: () => Promise<boolean>,
  seconds: number,
  { everySeconds }: Patience,
  signal: AbortSignal,
): Promise<boolean> {
  for (let left = seconds; ; left -= everySeconds) {
    if (await looks()) return true;
    if (left <= 0) return false;
    await wait(everySeconds * 1000, undefined, { signal });
  }
}

export function inUse(at: string, user: string, kind: "logged-on" | "logging-off"): Problem {
  return {
    code: "guest-in-use",
    at,
    what: `${user} is ${kind === "logged-on" ? "logged on" : "being logged off"} already, and dvirt takes over no guest that it did not start`,
    hint: `if it is there for this study alone: vmcp SIGNAL SHUTDOWN ${user} WITHIN 60`,
  };
}

export function stillThere(at: string, user: string): Problem {
  return {
    code: "guest-not-stopped",
    at,
    what: `${user} is still logged on, after it was asked to shut down and then forced`,
    hint: `vmcp QUERY ${user}; a hung device may hold it`,
  };
}
