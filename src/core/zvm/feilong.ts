import { z } from "zod";
import { failed, ok, type Problem, type Result } from "../problem.ts";
import type { Size } from "../resources-policy.ts";
import { mebibytes } from "../units.ts";

/**
 * Requests to Feilong (the z/VM Cloud Connector), and what it answers: after its REST API's documentation and table of
 * error codes. None of it was tried on a z/VM.
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

/** What makes a guest that is not there. */
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

/** Every answer but that to /token has this form. */
const envelope = z.object({
  overallRC: z.int(),
  rc: z.int().nullish(),
  rs: z.int().nullish(),
  modID: z.int().nullish(),
  errmsg: z.string().nullish(),
  output: z.unknown(),
});

export interface FeilongAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly text: string;
}

/** The output of an answer, or why there is none, with its remedy. */
export function readAnswer(at: string, request: FeilongRequest, answer: FeilongAnswer): Result<unknown> {
  const asked = `${request.method} ${request.path}`;
  const parsed = envelope.safeParse(json(answer.text));
  if (!parsed.success) {
    const [code, what, hint] = HTTP_ERRORS[answer.status] ?? NO_ENVELOPE;
    return failed({
      code,
      at,
      what: `${asked}: ${what} (HTTP ${answer.status})`,
      hint,
      evidence: answer.text.slice(0, 2000),
    });
  }
  const { overallRC, rc, rs, modID, errmsg, output } = parsed.data;
  if (overallRC === 0) return ok(output);
  const found = FEILONG_ERRORS.find(
    ([all, module, reason]) =>
      all === overallRC &&
      (module === undefined || module === modID) &&
      (reason === undefined || reason === rs),
  );
  const [, , , code, what, hint] = found ?? UNLISTED;
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

type Row = readonly [
  overallRC: number,
  modID: number | undefined,
  rs: number | undefined,
  code: string,
  what: string,
  hint: string,
];

const BUG =
  "this is dvirt's mistake or a version of Feilong that it does not know: please report the message below";
const LOCKED = "another change to the guest is under way: wait, and run dvirt again";
const SMAPI =
  "look at Feilong's and SMAPI's logs for the message below; the administrator's guide of SMAPI lists its codes";
const IUCV =
  "Feilong's agent in the guest must be installed and authorized (the image's preparation in Feilong's documentation)";

/** The table of Feilong's error codes; the first row that matches counts, so that a family's own row is its last. */
const FEILONG_ERRORS: readonly Row[] = [
  [
    100,
    undefined,
    undefined,
    "feilong-bad-request",
    "an argument is missing, or of a wrong type or form",
    BUG,
  ],
  [
    101,
    undefined,
    2,
    "feilong-token",
    "the token's file was not found",
    "token: the file with the administrator's token",
  ],
  [
    101,
    undefined,
    4,
    "feilong-token",
    "no token could be had",
    "token: the file with the administrator's token, as Feilong's token.dat has it",
  ],
  [
    101,
    undefined,
    undefined,
    "feilong-unreachable",
    "Feilong's own client does not reach its server",
    "see that sdkserver runs on Feilong's machine",
  ],
  [
    300,
    10,
    2,
    "feilong-no-disk",
    "the guest's disk could not be added",
    "a smaller disk, or another pool with room (GET /host/diskpool)",
  ],
  [
    300,
    10,
    3,
    "feilong-deploy",
    "the image could not be put onto the guest's disk",
    "a disk as large as the image's root disk, and nobody else linked to it",
  ],
  [300, 10, 4, "feilong-deploy", "the image's configuration could not be put onto the guest's disk", SMAPI],
  [
    300,
    10,
    12,
    "feilong-deploy",
    "the image could not be unpacked",
    "see that the image's file is whole (GET /images)",
  ],
  [300, 10, 6, "feilong-resize", "the number of CPUs in the directory could not be changed", SMAPI],
  [300, 10, 9, "feilong-locked", "the directory entry could not be locked", LOCKED],
  [300, 10, 10, "feilong-resize", "the memory in the directory could not be changed", SMAPI],
  [300, 10, undefined, "feilong-guest", "an operation on the guest failed", SMAPI],
  [
    300,
    20,
    undefined,
    "feilong-network",
    "an operation on the network failed",
    "the guest's network is set up by Feilong's administrator; dvirt changes nothing of it",
  ],
  [
    300,
    30,
    undefined,
    "feilong-volume",
    "an operation on a volume failed",
    "the guest's volumes are set up by Feilong's administrator; dvirt changes nothing of them",
  ],
  [
    300,
    40,
    20,
    "feilong-no-image",
    "there is no image of this name",
    "make.image: a name that GET /images lists",
  ],
  [
    300,
    40,
    undefined,
    "feilong-image",
    "an operation on the image failed",
    "see that the image is whole (GET /images), and import it again",
  ],
  [300, 50, undefined, "feilong-monitor", "Feilong's monitor failed", SMAPI],
  [300, undefined, undefined, "feilong-guest", "an operation on z/VM failed", SMAPI],
  [400, undefined, undefined, "feilong-bad-request", "Feilong does not accept the request", BUG],
  [
    404,
    undefined,
    undefined,
    "feilong-no-such-guest",
    "the guest does not exist, or Feilong does not manage it",
    "check the user in the study; register the guest with Feilong, or say in make how to make it",
  ],
  [
    409,
    undefined,
    1,
    "feilong-not-active",
    "the guest is not active",
    "start it, or look at its console for why it logged off",
  ],
  [
    409,
    undefined,
    3,
    "feilong-no-maximum",
    "the directory entry has no maximum number of CPUs",
    "MACHINE ESA 8 in the directory entry: the number is the maximum",
  ],
  [
    409,
    undefined,
    4,
    "feilong-above-maximum",
    "more CPUs than the directory entry's maximum",
    "fewer CPUs in resources.sizes, or a larger number behind MACHINE ESA",
  ],
  [
    409,
    undefined,
    19,
    "feilong-no-maximum",
    "the directory entry has no memory as Feilong expects it",
    "USER … 2G 64G in the directory entry: initial and maximum storage",
  ],
  [
    409,
    undefined,
    20,
    "feilong-above-maximum",
    "more memory than the directory entry's maximum",
    "less memory in resources.sizes, or a larger maximum in the USER statement",
  ],
  [409, undefined, undefined, "feilong-conflict", "the guest is in a state that does not allow it", LOCKED],
  [
    410,
    undefined,
    undefined,
    "feilong-deleted",
    "the guest was deleted",
    "make it again, or another user in the study",
  ],
  [
    500,
    undefined,
    undefined,
    "feilong-internal",
    "an error within Feilong",
    "look at Feilong's log (/var/log/zvmsdk)",
  ],
  [503, 120, 1, "feilong-busy", "too many deployments at once", "wait for the others, and run dvirt again"],
  [
    503,
    undefined,
    undefined,
    "feilong-unavailable",
    "Feilong's server is not available",
    "see that sdkserver runs on Feilong's machine",
  ],
  [2, undefined, undefined, "feilong-agent", "a command could not be sent into the guest", IUCV],
  [3, undefined, undefined, "feilong-command", "a command in Feilong's own machine failed", SMAPI],
  [
    4,
    undefined,
    408,
    "feilong-console",
    "the guest's console could not be read",
    "COMMAND SPOOL CONSOLE * START in its profile",
  ],
  [
    4,
    undefined,
    409,
    "feilong-console",
    "the guest's console could not be read",
    "COMMAND SPOOL CONSOLE * START in its profile",
  ],
  [
    4,
    undefined,
    410,
    "feilong-console",
    "the guest's console could not be read",
    "COMMAND SPOOL CONSOLE * START in its profile",
  ],
  [
    4,
    undefined,
    402,
    "feilong-no-disk",
    "there is nothing known of the disk pool",
    "make.pool: a pool of DirMaint, such as ECKD:POOL1",
  ],
  [4, undefined, 205, "feilong-bad-size", "Feilong does not accept the memory's unit", BUG],
  [
    4,
    undefined,
    206,
    "feilong-above-maximum",
    "the memory is more than the maximum",
    "less memory in resources.sizes",
  ],
  [4, undefined, undefined, "feilong-bad-request", "Feilong's layer below does not accept the request", BUG],
  [8, undefined, undefined, "feilong-smapi", "SMAPI refused it", SMAPI],
  [25, undefined, undefined, "feilong-smapi", "SMAPI answered what Feilong does not understand", SMAPI],
  [
    99,
    undefined,
    413,
    "feilong-slow",
    "the guest's system did not come to the wanted state in time",
    "look at its console; run dvirt again",
  ],
  [
    99,
    undefined,
    414,
    "feilong-slow",
    "the virtual machine did not come to the wanted state in time",
    "look at its console; run dvirt again",
  ],
  [
    99,
    undefined,
    418,
    "feilong-not-active",
    "the guest is not logged on",
    "look at its console for why it logged off",
  ],
  [99, undefined, undefined, "feilong-smapi", "SMAPI could not be reached, or a command failed", SMAPI],
];

const UNLISTED: Row = [
  0,
  undefined,
  undefined,
  "feilong-refused",
  "Feilong refused it with a code that dvirt does not know",
  SMAPI,
];

type Explained = readonly [code: string, what: string, hint: string];

/** Where there is no envelope: a proxy, or the web server before Feilong, has answered. */
const HTTP_ERRORS: Readonly<Record<number, Explained>> = {
  401: [
    "feilong-token",
    "the token is not accepted",
    "token: the file with the administrator's token, as Feilong's token.dat has it",
  ],
  403: [
    "feilong-token",
    "the token does not allow it",
    "token: the file with the administrator's token, as Feilong's token.dat has it",
  ],
  404: [
    "feilong-no-service",
    "there is no such address",
    "url: where Feilong's service begins, such as https://feilong.example:8080",
  ],
  502: [
    "feilong-unavailable",
    "the web server does not reach Feilong",
    "see that sdkserver and its web server run on Feilong's machine",
  ],
  503: [
    "feilong-unavailable",
    "the service is not available",
    "see that sdkserver and its web server run on Feilong's machine",
  ],
};

const NO_ENVELOPE: Explained = [
  "feilong-no-service",
  "what answered is not Feilong, or broken",
  "url: where Feilong's service begins, such as https://feilong.example:8080",
];
