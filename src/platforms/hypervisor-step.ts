import type { Problem } from "../core/problem.ts";
import { answered } from "../lab/answered.ts";
import type { PlatformStep } from "../lab/ports.ts";
import { type Given, givenLaunch, givenSettling } from "./given.ts";
import { startGuest } from "./guest.ts";
import type { GuestSpec } from "./guest-spec.ts";

/** How a hypervisor on the machine below makes a guest. */
export interface Hypervisor {
  readonly driver: string;
  readonly argv: readonly string[];
  /** What is asked of the machine below first, and what stands in the way there by its answer. */
  readonly check: { readonly script: string; problems(answer: string): readonly Problem[] } | undefined;
  /** As in GuestLaunch. */
  readonly patience?: number | undefined;
}

/** A guest of a hypervisor that is one process, whose standard input and output are the guest's control channel. */
export function hypervisorStep(
  spec: GuestSpec,
  { driver, argv, check, patience = 1 }: Hypervisor,
  privateKey: string,
  given: Given | undefined,
): PlatformStep {
  const { level, files } = spec;
  const launch = { argv, ...givenLaunch(spec, given) };
  return {
    level,
    driver,
    launch,
    ...givenSettling(spec, given),
    check: async (parent, signal) => {
      if (check === undefined) return [];
      const answer = await answered(
        `asking what it offers to L${level}`,
        { argv: ["sh", "-c", check.script], timeoutSeconds: 60 },
        parent,
        signal,
      );
      return answer.ok ? check.problems(answer.value) : answer.problems;
    },
    start: (parent, signal) =>
      startGuest({ level, launch, privateKey, consoleLog: files.consoleLog, patience }, parent, signal),
  };
}
