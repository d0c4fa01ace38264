import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { ZvmGuest } from "../../core/study/targets.ts";
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
} from "../../core/zvm/cp.ts";
import type { Machine } from "../../lab/ports.ts";
import { comesTrue, type DrivenGuest, type GuestDriver, inUse, stillThere } from "./zvm-guest.ts";

/** Gives a body the controlling guest for as long as it takes. */
export type WithControl = <T>(
  body: (control: Pick<Machine, "run">) => Promise<Result<T>>,
  signal: AbortSignal,
) => Promise<Result<T>>;

/** Through CP commands that `vmcp` sends from a Linux guest of the same z/VM. */
export function vmcpDriver(driven: Driven, withControl: WithControl): GuestDriver {
  return {
    check: (signal) => withControl((control) => check(driven, { control, signal }), signal),
    start: (signal) =>
      withControl(async (control) => {
        const { at, size } = driven;
        const { user, ipl } = driven.guest;
        const done = await send({ control, signal }, at, startCommands(user, size, ipl));
        return done.ok ? ok("started") : done;
      }, signal),
    stop: async (signal) => {
      const stopped = await withControl((control) => stop(driven, { control, signal }), signal);
      return stopped.ok ? [] : stopped.problems;
    },
  };
}

type Driven = DrivenGuest<Extract<ZvmGuest, { by: "vmcp" }>>;

/** The controlling guest, and until when it may be asked. */
interface Control {
  readonly control: Pick<Machine, "run">;
  readonly signal: AbortSignal;
}

/** What CP said to each command; the first that it refuses is the last. */
async function send(
  { control, signal }: Control,
  at: string,
  commands: readonly string[],
): Promise<Result<readonly string[]>> {
  const said: string[] = [];
  for (const text of commands) {
    const done = await control.run(vmcp(text), signal);
    const problem = cpProblem(at, text, done);
    if (problem !== undefined) return failed(problem);
    said.push(done.stdout.trim());
  }
  return ok(said);
}

async function stateOf({ at, guest }: Driven, { control, signal }: Control) {
  return guestState(guest.user, at, await control.run(vmcp(queryGuest(guest.user)), signal));
}

async function check(driven: Driven, by: Control): Promise<Result<string>> {
  const { at, guest } = driven;
  const said = await send(by, at, WHO);
  if (!said.ok) return said;
  const state = await stateOf(driven, by);
  if (state.kind === "problem") return failed(state.problem);
  return state.kind === "logged-off" ? ok(said.value.join("; ")) : failed(inUse(at, guest.user, state.kind));
}

async function stop(driven: Driven, by: Control): Promise<Result<"stopped">> {
  const { at, guest, patience } = driven;
  const { user } = guest;
  const { control, signal } = by;
  const gone = (seconds: number) =>
    comesTrue(async () => (await stateOf(driven, by)).kind === "logged-off", seconds, patience, signal);
  await control.run(vmcp(shutDownCommand(user, patience.shutDownSeconds)), signal);
  if (await gone(patience.shutDownSeconds)) return ok("stopped");
  const forced = await control.run(vmcp(forceCommand(user)), signal);
  // 45: it was logged off just before.
  const problem = cpMessage(forced)?.number === 45 ? undefined : cpProblem(at, forceCommand(user), forced);
  if (problem !== undefined) return failed(problem);
  return (await gone(patience.forceSeconds)) ? ok("stopped") : failed(stillThere(at, user));
}
