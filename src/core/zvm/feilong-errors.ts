import type { ProblemCode } from "../base/problem-codes.ts";

/** A problem's code, what happened, and what to do about it. */
type Explained = readonly [code: ProblemCode, what: string, hint: string];

const BUG =
  "this is dvirt's mistake or a version of Feilong that it does not know: please report the message below";
const LOCKED = "another change to the guest is under way: wait, and run dvirt again";
const SMAPI =
  "look at Feilong's and SMAPI's logs for the message below; the administrator's guide of SMAPI lists its codes";
const IUCV =
  "Feilong's agent in the guest must be installed and authorized (the image's preparation in Feilong's documentation)";
const TOKEN = "token: the file with the administrator's token, as Feilong's token.dat has it";
const SERVER = "see that sdkserver and its web server run on Feilong's machine";
const SERVICE = "url: where Feilong's service begins, such as https://feilong.example:8080";
const IMAGE = "see that the image is whole (GET /images), and import it again";
const CONSOLE = "look at its console; run dvirt again";

/**
 * What Feilong answers when something is wrong with what dvirt asks of it, after its table of error codes:
 * `overallRC`, then `/modID` where it decides, then `:rs`. The most exact entry counts.
 */
const FEILONG_ERRORS: Readonly<Record<string, Explained>> = {
  "100": ["feilong-bad-request", "an argument is missing, or of a wrong type or form", BUG],
  "101": ["feilong-unreachable", "Feilong's own client does not reach its server", SERVER],
  "101:2": ["feilong-token", "the token's file was not found", TOKEN],
  "101:4": ["feilong-token", "no token was read", TOKEN],
  "300": ["feilong-guest", "an operation on z/VM failed", SMAPI],
  "300/10": ["feilong-guest", "an operation on the guest failed", SMAPI],
  "300/10:2": [
    "feilong-no-disk",
    "the guest's disk could not be added",
    "a smaller disk, or a pool with room",
  ],
  "300/10:3": [
    "feilong-deploy",
    "the image could not be put onto the guest's disk",
    "a disk of the image's size",
  ],
  "300/10:4": ["feilong-deploy", "the image's configuration could not be put onto the guest's disk", SMAPI],
  "300/10:6": ["feilong-resize", "the number of CPUs in the directory could not be changed", SMAPI],
  "300/10:9": ["feilong-locked", "the directory entry could not be locked", LOCKED],
  "300/10:10": ["feilong-resize", "the memory in the directory could not be changed", SMAPI],
  "300/10:12": ["feilong-deploy", "the image could not be unpacked", IMAGE],
  "300/40": ["feilong-image", "an operation on the image failed", IMAGE],
  "300/40:20": [
    "feilong-no-image",
    "there is no image of this name",
    "make.image: a name that GET /images lists",
  ],
  "400": ["feilong-bad-request", "Feilong does not accept the request", BUG],
  "404": [
    "feilong-no-such-guest",
    "the guest does not exist, or Feilong does not manage it",
    "check the user in the study; register the guest with Feilong, or say in make how to make it",
  ],
  "409": ["feilong-conflict", "the guest is in a state that does not allow it", LOCKED],
  "409:1": ["feilong-not-active", "the guest is not active", CONSOLE],
  "409:3": [
    "feilong-no-maximum",
    "the directory entry has no maximum number of CPUs",
    "MACHINE ESA 8 in the directory entry: the number is the maximum",
  ],
  "409:4": [
    "feilong-above-maximum",
    "more CPUs than the directory entry's maximum",
    "fewer CPUs in resources.sizes, or a larger number behind MACHINE ESA",
  ],
  "409:19": [
    "feilong-no-maximum",
    "the directory entry has no memory as Feilong expects it",
    "USER … 2G 64G in the directory entry: initial and maximum storage",
  ],
  "409:20": [
    "feilong-above-maximum",
    "more memory than the directory entry's maximum",
    "less memory in resources.sizes, or a larger maximum in the USER statement",
  ],
  "410": ["feilong-deleted", "the guest was deleted", "make it again, or another user in the study"],
  "500": ["feilong-internal", "an error within Feilong", "look at Feilong's log (/var/log/zvmsdk)"],
  "503": ["feilong-unavailable", "Feilong's server is not available", SERVER],
  "503/120:1": ["feilong-busy", "too many deployments at once", "wait for the others, and run dvirt again"],
  "2": ["feilong-agent", "a command could not be sent into the guest", IUCV],
  "3": ["feilong-command", "a command in Feilong's own machine failed", SMAPI],
  "4": ["feilong-bad-request", "Feilong's layer below does not accept the request", BUG],
  "4:205": ["feilong-bad-size", "Feilong does not accept the memory's unit", BUG],
  "4:206": ["feilong-above-maximum", "the memory is more than the maximum", "less memory in resources.sizes"],
  "4:402": [
    "feilong-no-disk",
    "the disk pool is unknown",
    "make.pool: a pool of DirMaint, such as ECKD:POOL1",
  ],
  "8": ["feilong-smapi", "SMAPI refused it", SMAPI],
  "25": ["feilong-smapi", "SMAPI answered what Feilong does not understand", SMAPI],
  "99": ["feilong-smapi", "SMAPI could not be reached, or a command failed", SMAPI],
  "99:413": ["feilong-slow", "the guest's system did not come to the wanted state in time", CONSOLE],
  "99:414": ["feilong-slow", "the virtual machine did not come to the wanted state in time", CONSOLE],
  "99:418": ["feilong-not-active", "the guest is not logged on", CONSOLE],
};

const UNLISTED: Explained = [
  "feilong-refused",
  "Feilong refused it with a code that dvirt does not know",
  SMAPI,
];

/** What the codes of an answer mean. */
export function feilongError(overallRC: number, modID?: number | null, rs?: number | null): Explained {
  const keys = [`${overallRC}/${modID}:${rs}`, `${overallRC}:${rs}`, `${overallRC}/${modID}`, `${overallRC}`];
  return keys.map((key) => FEILONG_ERRORS[key]).find((found) => found !== undefined) ?? UNLISTED;
}

/** An answer without Feilong's envelope: a proxy, or the web server before it, has answered. */
const HTTP_ERRORS: Readonly<Record<number, Explained>> = {
  401: ["feilong-token", "the token is not accepted", TOKEN],
  403: ["feilong-token", "the token does not allow it", TOKEN],
  404: ["feilong-no-service", "there is no such address", SERVICE],
  502: ["feilong-unavailable", "the web server does not reach Feilong", SERVER],
  503: ["feilong-unavailable", "the service is not available", SERVER],
};

/** What an answer without the envelope means. */
export function httpError(status: number): Explained {
  return HTTP_ERRORS[status] ?? ["feilong-no-service", "what answered is not Feilong, or broken", SERVICE];
}
