import { z } from "zod";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { mebibytes } from "../base/units.ts";
import type { Size } from "../study/resources-policy.ts";
import { feilongError, httpError } from "./feilong-errors.ts";

/**
 * Requests to Feilong (the z/VM Cloud Connector) and its answers, written after its REST API's documentation and table
 * of error codes. None of it was tried on a z/VM.
 */
export interface FeilongRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The administrator's token goes as X-Admin-Token; the answer's header X-Auth-Token goes with every other request. */
export const TOKEN_REQUEST: FeilongRequest = { method: "POST", path: "/token" };

export const VERSION_REQUEST: FeilongRequest = { method: "GET", path: "/" };

export function powerStateRequest(user: string): FeilongRequest {
  return { method: "GET", path: `/guests/${user}/power_state` };
}

/** How to make a guest that is not there. */
export interface FeilongMake {
  /** The name of an image in Feilong's repository. */
  readonly image: string;
  /** The boot disk's size, such as `10g`, and the pool that it comes from, such as `ECKD:POOL1`. */
  readonly disk: string;
  readonly pool: string;
  /** The directory profile that its entry includes. */
  readonly profile: string;
}

export function makeRequests(user: string, size: Size, make: FeilongMake): readonly FeilongRequest[] {
  const guest = {
    userid: user,
    vcpus: size.cpus,
    memory: mebibytes(size.memoryBytes),
    user_profile: make.profile,
    disk_list: [{ size: make.disk, is_boot_disk: true, disk_pool: make.pool }],
  };
  return [
    { method: "POST", path: "/guests", body: { guest } },
    action(user, { action: "deploy", image: make.image }),
  ];
}

/** Sizes take effect at the next logon, which is what follows. */
export function startRequests(user: string, size: Size): readonly FeilongRequest[] {
  return [
    action(user, { action: "resize_cpus", cpu_cnt: size.cpus }),
    action(user, { action: "resize_mem", size: `${mebibytes(size.memoryBytes)}m` }),
    action(user, { action: "start" }),
  ];
}

export function softStopRequest(user: string): FeilongRequest {
  return action(user, { action: "softstop" });
}

export function stopRequest(user: string): FeilongRequest {
  return action(user, { action: "stop" });
}

function action(user: string, body: Readonly<Record<string, unknown>>): FeilongRequest {
  return { method: "POST", path: `/guests/${user}/action`, body };
}

/** The form of every answer, except to /token. */
const envelope = z.object({
  overallRC: z.int(),
  rc: z.int().nullish(),
  rs: z.int().nullish(),
  modID: z.int().nullish(),
  errmsg: z.string().nullish(),
  output: z.unknown(),
});

export interface FeilongAnswer {
  /** The HTTP status code. */
  readonly status: number;
  readonly text: string;
}

/** The output of an answer, or why there is none, with its remedy. */
export function readAnswer(at: string, request: FeilongRequest, answer: FeilongAnswer): Result<unknown> {
  const asked = `${request.method} ${request.path}`;
  const parsed = envelope.safeParse(json(answer.text));
  if (!parsed.success) {
    const [code, what, hint] = httpError(answer.status);
    const evidence = answer.text.slice(0, 2000);
    return failed({ code, at, what: `${asked}: ${what} (HTTP ${answer.status})`, hint, evidence });
  }
  const { overallRC, rc, rs, modID, errmsg, output } = parsed.data;
  if (overallRC === 0) return ok(output);
  const [code, what, hint] = feilongError(overallRC, modID, rs);
  return failed({
    code,
    at,
    what: `${asked}: ${what} (overallRC ${overallRC}, rc ${rc ?? "none"}, rs ${rs ?? "none"}, modID ${modID ?? "none"})`,
    hint,
    ...(errmsg ? { evidence: errmsg } : {}),
  });
}

/** A guest that Feilong does not know: then it may be made. */
export function isAbsent(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === "feilong-no-such-guest");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
