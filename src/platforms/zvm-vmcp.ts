import { setTimeout as wait } from "node:timers/promises";
import { failed, ok, type Result } from "../core/problem.ts";
import type { Size } from "../core/resources-policy.ts";
import type { ZvmGuest } from "../core/targets.ts";
import {
  cpMessage,
  cpProblem,
  forceCommand,
  guestState,
  queryGuest,
  shutDownCommand,
  startCommands,
  vmcp,
  WHO,
} from "../core/zvm/cp.ts";
import type { Machine } from "../lab/ports.ts";
import { type GuestDriver, inUse, type Patience, stillThere } from "./zvm-guest.ts";

/** Gives a body the controlling guest for as long as it takes. */
export type WithControl = <T>(
  body: (control: Pick<Machine, "run">) => Promise<Result<T>>,
  signal: AbortSignal,
) => Promise<Result<T>>;

/** Through CP commands that `vmcp` sends from a Linux guest of the same z/VM. */
export function vmcpDriver(
  at: string,
  guest: Extract<ZvmGuest, { by: "vmcp" }>,
  size: Size,
  withControl: WithControl,
  patience: Patience,
): GuestDriver {
  const { user, ipl } = guest;
  const stateOf = async (control: Pick<Machine, "run">, signal: AbortSignal) =>
    guestState(user, at, await control.run(vmcp(queryGuest(user)), signal));
  /** Whether it is logged off by then. */
  const gone = async (
    control: Pick<Machine, "run">,
    seconds: number,
    signal: AbortSignal,
  ): Promise<boolean> => {
    for (let left = seconds; ; left -= patience.everySeconds) {
      if ((await stateOf(control, signal)).kind === "logged-off") return true;
      if (left <= 0) return false;
      await wait(patience.everySeconds * 1000, undefined, { signal });
    }
  };
  return {
    check: (signal) =>
      withControl(async (control) => {
        const said: string[] = [];
        for (const text of WHO) {
          const done = await control.run(vmcp(text), signal);
          const problem = cpProblem(at, text, done);
          if (problem !== undefined) return failed(problem);
          said.push(done.stdout.trim());
        }
        const state = await stateOf(control, signal);
        if (state.kind === "problem") return failed(state.problem);
        return state.kind === "logged-off" ? ok(said.join("; ")) : failed(inUse(at, user, state.kind));
      }, signal),
    start: (signal) =>
      withControl(async (control) => {
        for (const text of startCommands(user, size, ipl)) {
          const problem = cpProblem(at, text, await control.run(vmcp(text), signal));
          if (problem !== undefined) return failed(problem);
        }
        return ok("started");
      }, signal),
    stop: async (signal) => {
      const stopped = await withControl(async (control) => {
        await control.run(vmcp(shutDownCommand(user, patience.shutDownSeconds)), signal);
        if (await gone(control, patience.shutDownSeconds, signal)) return ok("stopped");
        const forced = await control.run(vmcp(forceCommand(user)), signal);
        const problem =
          cpMessage(forced)?.number === 45 ? undefined : cpProblem(at, forceCommand(user), forced);
        if (problem !== undefined) return failed(problem);
        return (await gone(control, patience.forceSeconds, signal))
          ? ok("stopped")
          : failed(stillThere(at, user));
      }, signal);
      return stopped.ok ? [] : stopped.problems;
    },
  };
}
