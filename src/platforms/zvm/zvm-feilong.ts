import { textIfAny } from "../../adapters/files.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import type { ZvmGuest } from "../../core/study/targets.ts";
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
} from "../../core/zvm/feilong.ts";
import { comesTrue, type DrivenGuest, type GuestDriver, inUse, stillThere } from "./zvm-guest.ts";

type Ask = (
  request: FeilongRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string; readonly authToken: string | undefined }>;

/** Through Feilong's REST interface, which may also make the guest. */
export function feilongDriver(driven: Driven, ask: Ask): GuestDriver {
  /** Tokens last for an hour or less, so each piece of work has its own. */
  const withSession = async <T>(
    signal: AbortSignal,
    body: (call: Call) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const call = await openSession(driven, ask, signal);
    return call.ok ? body(call.value) : call;
  };
  return {
    check: (signal) => withSession(signal, (call) => check(driven, call)),
    start: (signal) => withSession(signal, (call) => start(driven, call)),
    stop: async (signal) => {
      const stopped = await withSession(signal, (call) => stop(driven, call, signal));
      return stopped.ok ? [] : stopped.problems;
    },
  };
}

type Driven = DrivenGuest<Extract<ZvmGuest, { by: "feilong" }>>;

/** A request of a session that has its token. */
type Call = (request: FeilongRequest) => Promise<Result<unknown>>;

async function openSession({ at, guest }: Driven, ask: Ask, signal: AbortSignal): Promise<Result<Call>> {
  const reached = async (request: FeilongRequest, headers: Readonly<Record<string, string>>) => {
    try {
      return ok(await ask(request, headers, signal));
    } catch (error) {
      signal.throwIfAborted();
      return failed(unreached(at, guest.url, error));
    }
  };
  const admin = await textIfAny(guest.token);
  if (admin === undefined) return failed(noToken(at, guest.token));
  const answer = await reached(TOKEN_REQUEST, { "X-Admin-Token": admin.trim() });
  if (!answer.ok) return answer;
  const token = answer.value.authToken;
  if (token === undefined) {
    const read = readAnswer(at, TOKEN_REQUEST, answer.value);
    return read.ok ? failed(noToken(at, guest.token)) : read;
  }
  return ok(async (request) => {
    const own = await reached(request, { "X-Auth-Token": token });
    return own.ok ? readAnswer(at, request, own.value) : own;
  });
}

/** One after the other; the first that fails is the last. */
async function inTurn(call: Call, requests: readonly FeilongRequest[]): Promise<Result<"started">> {
  for (const request of requests) {
    const done = await call(request);
    if (!done.ok) return done;
  }
  return ok("started");
}

async function check({ at, guest }: Driven, call: Call): Promise<Result<string>> {
  const version = await call(VERSION_REQUEST);
  if (!version.ok) return version;
  const said = ok(`Feilong ${JSON.stringify(version.value)}`);
  const power = await call(powerStateRequest(guest.user));
  if (power.ok) return power.value === "on" ? failed(inUse(at, guest.user, "logged-on")) : said;
  return isAbsent(power.problems) && guest.make !== undefined ? said : power;
}

async function start({ guest, size }: Driven, call: Call): Promise<Result<"started">> {
  const { user, make } = guest;
  const power = await call(powerStateRequest(user));
  if (!power.ok) {
    if (!isAbsent(power.problems) || make === undefined) return power;
    const made = await inTurn(call, makeRequests(user, size, make));
    if (!made.ok) return made;
  }
  return inTurn(call, startRequests(user, size));
}

async function stop(
  { at, guest, patience }: Driven,
  call: Call,
  signal: AbortSignal,
): Promise<Result<"stopped">> {
  const isOff = async () => {
    const power = await call(powerStateRequest(guest.user));
    return power.ok ? power.value === "off" : isAbsent(power.problems);
  };
  await call(softStopRequest(guest.user));
  if (await comesTrue(isOff, patience.shutDownSeconds, patience, signal)) return ok("stopped");
  const stopped = await call(stopRequest(guest.user));
  if (!stopped.ok) return stopped;
  return (await comesTrue(isOff, patience.forceSeconds, patience, signal))
    ? ok("stopped")
    : failed(stillThere(at, guest.user));
}

function noToken(at: string, file: string): Problem {
  return {
    code: "feilong-token",
    at,
    what: `Feilong gives no token for what is in ${file}`,
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
