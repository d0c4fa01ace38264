import { setTimeout as wait } from "node:timers/promises";
import { askFeilong, type FeilongService } from "../adapters/feilong.ts";
import { textIfAny } from "../adapters/files.ts";
import { connectOpenSsh } from "../adapters/machine/openssh.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import type { Size } from "../core/resources-policy.ts";
import type { Targets, ZvmGuest } from "../core/targets.ts";
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
import {
  type FeilongRequest,
  isAbsent,
  makeRequests,
  powerStateRequest,
  readAnswer,
  softStopRequest,
  startRequests,
  stopRequest,
  TOKEN_REQUEST,
  VERSION_REQUEST,
} from "../core/zvm/feilong.ts";
import type { Machine } from "../lab/ports.ts";

/** What starts and stops the guest that a level is. */
export interface GuestDriver {
  /** Who answers, for the run's record; problems where the guest is in use, or not there. */
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

const PATIENCE: Patience = { everySeconds: 2, shutDownSeconds: 120, forceSeconds: 60 };

export function guestDriver(at: string, guest: ZvmGuest, size: Size, config: Targets["config"]): GuestDriver {
  if (guest.by === "feilong") {
    return feilongDriver(at, guest, size, (request, headers, signal) =>
      serviceOf(guest).then((service) => askFeilong(service, request, headers, signal)),
    );
  }
  const { control, rights } = guest;
  return vmcpDriver(at, guest, size, async (body, signal) => {
    const connected = await connectOpenSsh({ name: at, host: control, rights, configFile: config }, signal);
    if (!connected.ok) return connected;
    try {
      return await body(connected.value);
    } finally {
      await connected.value.dispose();
    }
  });
}

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
  patience: Patience = PATIENCE,
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

type Ask = (
  request: FeilongRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string; readonly authToken: string | undefined }>;

/** Through Feilong's REST interface, which may also make the guest. */
export function feilongDriver(
  at: string,
  guest: Extract<ZvmGuest, { by: "feilong" }>,
  size: Size,
  ask: Ask,
  patience: Patience = PATIENCE,
): GuestDriver {
  const { user } = guest;
  const reached = async (
    request: FeilongRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => {
    try {
      return ok(await ask(request, headers, signal));
    } catch (error) {
      signal.throwIfAborted();
      return failed(unreached(at, guest.url, error));
    }
  };
  /** Tokens last for an hour or less, so each piece of work has its own. */
  const session = async (
    signal: AbortSignal,
  ): Promise<Result<(request: FeilongRequest) => Promise<Result<unknown>>>> => {
    const admin = await textIfAny(guest.token);
    if (admin === undefined) return failed(noToken(at, guest.token));
    const answer = await reached(TOKEN_REQUEST, { "X-Admin-Token": admin.trim() }, signal);
    if (!answer.ok) return answer;
    const token = answer.value.authToken;
    if (token === undefined) {
      const read = readAnswer(at, TOKEN_REQUEST, answer.value);
      return read.ok ? failed(noToken(at, guest.token)) : read;
    }
    return ok(async (request) => {
      const own = await reached(request, { "X-Auth-Token": token }, signal);
      return own.ok ? readAnswer(at, request, own.value) : own;
    });
  };
  const inTurn = async (
    call: (request: FeilongRequest) => Promise<Result<unknown>>,
    requests: readonly FeilongRequest[],
  ): Promise<Result<"done">> => {
    for (const request of requests) {
      const done = await call(request);
      if (!done.ok) return done;
    }
    return ok("done");
  };
  return {
    async check(signal) {
      const call = await session(signal);
      if (!call.ok) return call;
      const version = await call.value(VERSION_REQUEST);
      if (!version.ok) return version;
      const said = ok(`Feilong ${JSON.stringify(version.value)}`);
      const power = await call.value(powerStateRequest(user));
      if (power.ok) return power.value === "on" ? failed(inUse(at, user, "logged-on")) : said;
      return isAbsent(power.problems) && guest.make !== undefined ? said : power;
    },
    async start(signal) {
      const call = await session(signal);
      if (!call.ok) return call;
      const power = await call.value(powerStateRequest(user));
      if (!power.ok) {
        if (!isAbsent(power.problems) || guest.make === undefined) return power;
        const made = await inTurn(call.value, makeRequests(user, size, guest.make));
        if (!made.ok) return made;
      }
      const started = await inTurn(call.value, startRequests(user, size));
      return started.ok ? ok("started") : started;
    },
    async stop(signal) {
      const call = await session(signal);
      if (!call.ok) return call.problems;
      const off = async (seconds: number): Promise<boolean> => {
        for (let left = seconds; ; left -= patience.everySeconds) {
          const power = await call.value(powerStateRequest(user));
          if (power.ok ? power.value === "off" : isAbsent(power.problems)) return true;
          if (left <= 0) return false;
          await wait(patience.everySeconds * 1000, undefined, { signal });
        }
      };
      await call.value(softStopRequest(user));
      if (await off(patience.shutDownSeconds)) return [];
      const stopped = await call.value(stopRequest(user));
      if (!stopped.ok) return stopped.problems;
      return (await off(patience.forceSeconds)) ? [] : [stillThere(at, user)];
    },
  };
}

async function serviceOf({ url, ca }: Extract<ZvmGuest, { by: "feilong" }>): Promise<FeilongService> {
  if (ca === undefined) return { url };
  const text = await textIfAny(ca);
  if (text === undefined) throw new Error(`the file of certificates ${ca} cannot be read`);
  return { url, ca: text };
}

function inUse(at: string, user: string, kind: "logged-on" | "logging-off"): Problem {
  return {
    code: "guest-in-use",
    at,
    what: `${user} is ${kind === "logged-on" ? "logged on" : "being logged off"} already, and dvirt takes over no guest that it did not start`,
    hint: `if it is there for this study alone: vmcp SIGNAL SHUTDOWN ${user} WITHIN 60`,
  };
}

function stillThere(at: string, user: string): Problem {
  return {
    code: "guest-not-stopped",
    at,
    what: `${user} is still logged on, after it was asked to shut down and then forced`,
    hint: `vmcp QUERY ${user}; a hung device may hold it`,
  };
}

function noToken(at: string, file: string): Problem {
  return {
    code: "feilong-token",
    at,
    what: `no token for Feilong could be had with what is in ${file}`,
    hint: "token: the file with the administrator's token, as Feilong's token.dat has it",
  };
}

function unreached(at: string, url: string, error: unknown): Problem {
  return {
    code: "feilong-unreachable",
    at,
    what: `${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    hint: "the address, the service, and a certificate that this machine trusts (ca: FILE for one of your own)",
  };
}
