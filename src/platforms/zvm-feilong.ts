import { setTimeout as wait } from "node:timers/promises";
import { textIfAny } from "../adapters/files.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import type { Size } from "../core/resources-policy.ts";
import type { ZvmGuest } from "../core/targets.ts";
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
import { type GuestDriver, inUse, type Patience, stillThere } from "./zvm-guest.ts";

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
  patience: Patience,
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
