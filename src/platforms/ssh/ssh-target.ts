import { setTimeout as wait } from "node:timers/promises";
import { connectOpenSsh, type SshTarget } from "../../adapters/machine/openssh.ts";
import { sessionRefused, sessionsProblem, UNREACHABLE } from "../../adapters/machine/openssh-problem.ts";
import { pushFile } from "../../adapters/machine/push.ts";
import { startTree, TREE_PATH, type TreeHost, type TreeOptions } from "../../adapters/machine/tree.ts";
import { type Completed, endText, succeeded } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import { formatBytes } from "../../core/base/units.ts";
import { VENDOR_SCRIPT } from "../../core/machine/declared.ts";
import { FACTS_SCRIPT, parseFacts } from "../../core/machine/facts.ts";
import type { Target, Targets } from "../../core/study/targets.ts";
import type { Workload } from "../../core/study/workload.ts";
import { dataSetHash, fillDataSet } from "../../images/data-set.ts";
import type { Machine } from "../../lab/ports.ts";
import { takeTarget } from "./target-lock.ts";

/** A target and where it stands in the study. */
export interface LevelTarget {
  readonly level: number;
  readonly target: Target;
  readonly config: Targets["config"];
}

/** Seconds between attempts to reach a target: enough for a network that is away for two minutes. */
export const PATIENCE_SECONDS: readonly number[] = [1, 2, 4, 8, 15, 30, 60];

/** Waits for a machine that is booting: five minutes in all. */
export const BOOT_PATIENCE_SECONDS: readonly number[] = Array.from({ length: 60 }, () => 5);

/** Connects and locks the target, and tries again where that may help: not after a wrong key or a refused login. */
export async function reachPatiently(
  { level, target, config }: LevelTarget,
  signal: AbortSignal,
  patience: readonly number[],
): Promise<Result<SshTarget>> {
  const { host, rights } = target;
  for (const seconds of [...patience, undefined]) {
    const reached = await connectOpenSsh({ name: `L${level}`, host, rights, configFile: config }, signal);
    if (reached.ok) return takeTarget(reached.value, target, signal);
    const passing = reached.problems.every(({ code }) => code === UNREACHABLE);
    if (!passing || seconds === undefined) return reached;
    await wait(seconds * 1000, undefined, { signal });
  }
  throw new Error("the last attempt returns");
}

/** A target that was reached, and until when it may be worked on. */
export interface Visit {
  readonly machine: SshTarget;
  readonly at: LevelTarget;
  readonly signal: AbortSignal;
}

/** Runs a script on the target; `$1` and so on are the words. */
async function ask(
  { machine, signal }: Visit,
  script: string,
  words: readonly string[] = [],
  timeoutSeconds = 60,
): Promise<Completed> {
  const done = await machine.run({ argv: ["sh", "-c", script, "dvirt", ...words], timeoutSeconds }, signal);
  signal.throwIfAborted();
  return done;
}

/** What a target says of itself, outside of any tree. */
export interface Identified {
  readonly facts: string;
  readonly isRoot: boolean;
}

export async function identify(visit: Visit): Promise<Result<Identified>> {
  const script = `PATH=$PATH:${TREE_PATH}\n${FACTS_SCRIPT}${VENDOR_SCRIPT}\nsection user; id -u`;
  const done = await ask(visit, script, [], 120);
  if (succeeded(done)) return ok({ facts: done.stdout, isRoot: /^== user\n0$/m.test(done.stdout) });
  if (sessionRefused(done.stderr)) return failed(sessionsProblem(visit.machine.name, done.stderr));
  return failed({
    code: "no-answer",
    at: visit.machine.name,
    what: `it did not say what it is: ${endText(done.end)}`,
    evidence: done.stderr,
  });
}

/** A file that a target keeps between runs, so that it is brought or made once. */
function kept(target: Target, name: string): string {
  return `${target.folder}/${name}`;
}

/** Makes the target's folder, with room for what will be put there. */
export async function ensureRoom(visit: Visit, bytes: number): Promise<Result<"room">> {
  const { machine, at } = visit;
  const { folder, host } = at.target;
  const script = 'mkdir -p -m 700 "$1" && df -P -B 1 "$1" | awk \'NR == 2 { print $4 }\'';
  const done = await ask(visit, script, [folder]);
  const free = Number(done.stdout.trim() || Number.NaN);
  if (succeeded(done) && free >= bytes) return ok("room");
  return failed({
    code: "no-room",
    at: `${machine.name} (${host})`,
    what: succeeded(done)
      ? `${folder} needs ${formatBytes(bytes)} of free space, and has ${formatBytes(free)}`
      : `the folder ${folder} cannot be made`,
    hint: "another folder for this target in the study",
    evidence: done.stderr,
  });
}

/** Brings a file of this host into the target's folder, unless it is there already. */
export function bring({ machine, at, signal }: Visit, file: string, name: string): Promise<Result<string>> {
  return pushFile(machine, file, kept(at.target, name), signal);
}

/** The data set, filled by the target's own server; made once for each version of that. */
export async function fillOnTarget(visit: Visit, workload: Workload, facts: string): Promise<Result<string>> {
  const { machine, at, signal } = visit;
  const disk = kept(at.target, `data-${dataSetHash(workload, parseFacts(facts).tools)}.img`);
  if (succeeded(await ask(visit, 'test -s "$1"', [disk]))) return ok(disk);
  const work = kept(at.target, `filling-L${at.level}`);
  await ask(visit, 'rm -rf "$1" && mkdir -p "$1/out"', [work], 300);
  const tree = await openTree(visit, { rootImage: "/", disks: {}, folder: `${work}/out` });
  if (!tree.ok) return tree;
  try {
    const filled = await fillDataSet(workload, tree.value, signal);
    if (!filled.ok) return filled;
  } finally {
    await tree.value.dispose();
  }
  const moved = await ask(visit, 'mv "$1/out/data.img" "$2" && rm -rf "$1"', [work, disk], 300);
  if (succeeded(moved)) return ok(disk);
  const what = endText(moved.end);
  return failed({ code: "data-set-failed", at: machine.name, what, evidence: moved.stderr });
}

/** What a target's tree is made of. */
export interface TargetTree {
  /** The image on the target, or `/` for what is installed there. */
  readonly rootImage: string;
  /** Files and block devices of the target by the names that workloads know. */
  readonly disks: Readonly<Record<string, string>>;
}

/** Namespaces on the target that end with the connection, so that nothing of a trial stays behind. */
export async function openTree(
  visit: Visit,
  { rootImage, disks, ...more }: TargetTree & Pick<TreeOptions, "folder" | "scratch">,
): Promise<Result<Machine>> {
  const { machine, at, signal } = visit;
  const { name } = machine;
  const mountPoint = kept(at.target, `tree-L${at.level}`);
  const made = await ask(visit, 'mkdir -p "$1"', [mountPoint]);
  if (!succeeded(made)) {
    return failed({ code: "no-tree", at: name, what: endText(made.end), evidence: made.stderr });
  }
  const host: TreeHost = {
    machine,
    isRoot: true,
    environment: "kept", // what is to be ended is found by it
    interactive: (argv, shellSignal) => machine.interactive(argv, shellSignal),
  };
  return startTree({ name, rootImage, mountPoint, files: disks, ...more }, signal, host);
}

/** A scratch file of the size on the target's disk, written in full; the caller removes its name. */
export async function makeScratch(visit: Visit, bytes: number): Promise<Result<string>> {
  const { machine, at } = visit;
  const file = kept(at.target, `scratch-L${at.level}.img`);
  const write = 'dd if=/dev/zero of="$1" bs=1M "count=$2" conv=fsync';
  const done = await ask(visit, write, [file, String(Math.ceil(bytes / 2 ** 20))], 600);
  if (succeeded(done)) return ok(file);
  return failed({
    code: "no-room",
    at: machine.name,
    what: `the scratch file ${file} could not be written: ${endText(done.end)}`,
    evidence: done.stderr,
  });
}

/** Whether a device of the target may serve as the scratch disk: it is one, large enough, and nobody uses it. */
export async function checkDevice(visit: Visit, device: string, bytes: number): Promise<Result<string>> {
  const done = await ask(visit, DEVICE_CHECK, [device, String(bytes)]);
  if (succeeded(done)) return ok(device);
  return failed({
    code: "bad-scratch-device",
    at: visit.machine.name,
    what: `${device} cannot be the scratch disk: ${done.stdout.trim() || done.stderr.trim()}`,
    hint: `an unused block device of ${formatBytes(bytes)} whose content may be lost, or no scratch key: then a file is used`,
  });
}

/** $1 device, $2 bytes. */
const DEVICE_CHECK = `
refuse() { echo "$1"; exit 1; }
test -b "$1" || refuse "no block device"
! grep -q "^$(readlink -f "$1") " /proc/mounts || refuse mounted
size=$(blockdev --getsize64 "$1") && [ "$size" -ge "$2" ] || refuse "only $size bytes"`;
