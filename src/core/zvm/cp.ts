import { type Command, type Completed, endText } from "../base/command.ts";
import type { Problem } from "../base/problem.ts";
import type { ProblemCode } from "../base/problem-codes.ts";
import { mebibytes } from "../base/units.ts";
import type { Size } from "../study/resources-policy.ts";

/**
 * Commands to z/VM's control program, sent by `vmcp` from a Linux guest, and what it answers. Syntax after IBM's
 * "z/VM: CP Commands and Utilities Reference" (7.3) and vmcp(8); none of it was tried on a z/VM.
 */

/** These name the controlling guest and its CP. */
export const WHO: readonly string[] = ["QUERY USERID", "QUERY CPLEVEL"];

/** What a guest of z/VM can say of itself with class G, printed as sections of its facts. */
export const CP_FACTS = `
if [ -c /dev/vmcp ] && PATH=$PATH:/usr/sbin:/sbin command -v vmcp >/dev/null; then
  section cp
  for query in 'QUERY USERID' 'QUERY CPLEVEL' 'QUERY VIRTUAL STORAGE' 'QUERY VIRTUAL CPUS' 'INDICATE USER'; do PATH=$PATH:/usr/sbin:/sbin vmcp "$query"; done
fi
`;

export function vmcp(text: string): Command {
  return { argv: ["vmcp", text], timeoutSeconds: 120 };
}

export function queryGuest(user: string): string {
  return `QUERY ${user}`;
}

/**
 * Logs the guest on with its storage and without an IPL, gives it its CPUs, and IPLs it. CP answers to what SEND makes
 * it do on the guest's console, not here. Whether it worked shows when the guest is asked for its size.
 */
export function startCommands(user: string, size: Size, ipl: string): readonly string[] {
  return [
    `XAUTOLOG ${user} NOIPL STORAGE ${mebibytes(size.memoryBytes)}M SYNCH`,
    ...(size.cpus > 1 ? [`SEND CP ${user} DEFINE CPU 01-${hex(size.cpus - 1)}`] : []),
    `SEND CP ${user} IPL ${ipl}`,
  ];
}

/** Asks the guest's system to shut down; CP logs it off when that is done, or when the time is over. */
export function shutDownCommand(user: string, withinSeconds: number): string {
  return `SIGNAL SHUTDOWN ${user} WITHIN ${withinSeconds}`;
}

export function forceCommand(user: string): string {
  return `FORCE ${user} IMMEDIATE`;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase().padStart(2, "0");
}

/** The state of a guest from CP's answer to QUERY; `problem` where CP answered something else. */
export type GuestState =
  | { readonly kind: "logged-on" | "logged-off" | "logging-off" }
  | { readonly kind: "problem"; readonly problem: Problem };

export function guestState(user: string, at: string, done: Completed): GuestState {
  const number = cpMessage(done)?.number;
  if (number === 45) return { kind: "logged-off" };
  if (number === 361) return { kind: "logging-off" };
  const problem = cpProblem(at, queryGuest(user), done);
  if (problem !== undefined) return { kind: "problem", problem };
  // `LNXL1    - DSC`, or with the terminal that it is logged on at.
  return {
    kind: new RegExp(`^\\s*${escaped(user)}\\s*-`, "m").test(done.stdout) ? "logged-on" : "logged-off",
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[$+]/g, "\\$&");
}

/** The first error message of CP in what vmcp printed: `HCPCQU045E LNXL1 not logged on`. */
export function cpMessage(done: Completed): { readonly number: number; readonly text: string } | undefined {
  const match = /^HCP[A-Z]{3}(\d{3,4})[EWST] .*$/m.exec(done.stdout);
  return match === null ? undefined : { number: Number(match[1]), text: match[0] };
}

/** Why a command failed; undefined where it did not. */
export function cpProblem(at: string, text: string, done: Completed): Problem | undefined {
  if (done.end.kind === "exited" && done.end.code === 0) return undefined;
  const evidence = [done.stdout.trim(), done.stderr.trim()].filter((one) => one !== "").join("\n");
  if (done.end.kind !== "exited") {
    return {
      code: "no-control",
      at,
      what: `the controlling guest did not answer ${text}: ${endText(done.end)}`,
      hint: "see that ssh to it works, and run dvirt again",
      evidence,
    };
  }
  const message = cpMessage(done);
  const found = message === undefined ? VMCP_ERRORS[done.end.code] : CP_ERRORS[message.number];
  const [code, what, hint] = found ?? UNLISTED;
  return { code, at, what: `${text}: ${what}`, hint, evidence };
}

/** A problem's code, what happened, and what to do about it. */
type Explained = readonly [code: ProblemCode, what: string, hint: string];

const CLASSES =
  "give the controlling guest the privilege classes in its directory entry: B for XAUTOLOG, C for SEND and SIGNAL, A for FORCE (docs/zvm.md)";
const OPERANDS = "check user and ipl of this level's guest in the study";
const USER = `check the user in the study; a directory entry makes one (docs/zvm.md); or ${CLASSES}`;
const IPL = "ipl: the virtual device number of the boot disk, such as 0150";
const USERID = "one to eight characters, as in the directory entry";
const STORAGE = "resources.sizes: a whole number of MiB";
const DEVICE = "ipl: a device of this guest's directory entry (MDISK or DEDICATE)";
const SPOOLED = "its console says why: it may have logged itself off (SPOOL CONSOLE)";
const ENTRY = "DIRM ADD, or add a USER entry and run DIRECTXA (docs/zvm.md)";
const IN_USE = "dvirt takes over no guest that it did not start: log it off, or FORCE it yourself";
const AUTOLOG =
  "the messages below say why: a password of NOLOG in the directory, or storage above its maximum, or a user logged on already";
const SECONDARY =
  "for class G alone the controlling guest must be its secondary user: CONSOLE 0009 3215 T CONTROL";
const HUNG = "wait until QUERY says that it is not logged on; a hung device may hold it";

/** CP's errors by number; the three letters before it name the module and not the error. */
const CP_ERRORS: Readonly<Record<number, Explained>> = {
  1: ["cp-not-allowed", "CP does not know the command, or not for this user", CLASSES],
  2: ["cp-bad-command", "CP does not accept an operand", OPERANDS],
  3: [
    "cp-no-such-guest",
    "CP takes an operand for no option of it: there is no such user, or the option needs a privilege class",
    USER,
  ],
  6: ["cp-bad-device", "CP takes what is to be IPLed for no device", IPL],
  7: ["cp-bad-userid", "CP takes this for no userid", USERID],
  20: ["cp-bad-userid", "the userid is missing or is none", USERID],
  22: ["cp-bad-device", "the virtual device number is missing or is none", IPL],
  25: ["cp-bad-storage", "CP takes the storage for no size", STORAGE],
  26: ["cp-bad-command", "an operand is missing or invalid", OPERANDS],
  40: ["cp-no-device", "the device does not exist", DEVICE],
  45: ["cp-not-logged-on", "the guest is not logged on any more", SPOOLED],
  53: ["cp-no-such-guest", "the user is not in the CP directory", ENTRY],
  54: ["cp-guest-in-use", "the user is logged on already", IN_USE],
  59: ["cp-autolog-failed", "XAUTOLOG failed", AUTOLOG],
  68: ["cp-not-receiving", "the guest does not receive", SECONDARY],
  361: ["cp-logging-off", "the guest is still being logged off", HUNG],
};

const MESSAGE = "HELP HCPnnnn on CMS explains the message below; docs/zvm.md lists what dvirt sends";
const TRUNCATED =
  "the command was carried out all the same: see with QUERY how the guest is, and please report it";
const MODULE = "modprobe vmcp there, and run as root (rights: sudo); the guest must run under z/VM";

/** vmcp's own errors by exit code (vmcp(8)); 126 and 127 are the shell's. */
const VMCP_ERRORS: Readonly<Record<number, Explained>> = {
  1: ["cp-refused", "CP refused it", MESSAGE],
  2: ["cp-truncated", "the answer did not fit into vmcp's buffer", TRUNCATED],
  3: ["no-vmcp-device", "Linux on the controlling guest cannot pass commands to CP", MODULE],
  4: ["vmcp-usage", "vmcp does not accept its options", "a vmcp of s390-tools 1.5 or newer"],
  126: ["no-vmcp", "vmcp may not be run", "run as root there: root@HOST, or rights: sudo"],
  127: ["no-vmcp", "there is no vmcp on the controlling guest", "install s390-tools there"],
};

const UNLISTED: Explained = [
  "cp-refused",
  "CP refused it with a message that dvirt does not know",
  "HELP and the message's number on CMS explain it",
];
