import { shellCommand } from "../../core/base/command.ts";
import { optional } from "../../core/base/optional.ts";
import type { Problem } from "../../core/base/problem.ts";
import type { Driver } from "../../core/machine/driver.ts";
import { answered } from "../../lab/answered.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import { type Given, givenLaunch, givenSettling } from "./given.ts";
import { type GuestLaunch, startGuest } from "./guest.ts";
import type { GuestSpec } from "./guest-spec.ts";

/** How a hypervisor on the machine below makes a guest. */
export interface Hypervisor {
  readonly driver: Driver;
  readonly argv: readonly string[];
  /** The question to the machine below, and the problems that follow from its answer. */
  readonly check: { readonly script: string; problems(answer: string): readonly Problem[] } | undefined;
  readonly hangs?: GuestLaunch["hangs"];
}

/** A guest of a hypervisor that is one process, whose standard input and output are the guest's control channel. */
export function hypervisorStep(
  spec: GuestSpec,
  { driver, argv, check, hangs }: Hypervisor,
  privateKey: string,
  given: Given,
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
      const command = shellCommand(check.script, 60);
      const answer = await answered(`asking what it offers to L${level}`, command, parent, signal);
      return answer.ok ? check.problems(answer.value) : answer.problems;
    },
    start: (parent, signal) =>
      startGuest(
        {
          level,
          launch,
          privateKey,
          consoleLog: files.consoleLog,
          ...optional({ counted: spec.counted, hangs }),
        },
        parent,
        signal,
      ),
  };
}
