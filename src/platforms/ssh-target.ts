import { setTimeout as wait } from "node:timers/promises";
import { connectOpenSsh, type SshTarget } from "../adapters/machine/openssh.ts";
import { UNREACHABLE } from "../adapters/machine/openssh-problem.ts";
import { pushFile } from "../adapters/machine/push.ts";
import { startTree, type TreeHost } from "../adapters/machine/tree.ts";
import { endText, succeeded } from "../core/command.ts";
import { VENDOR_SCRIPT } from "../core/declared.ts";
import { FACTS_SCRIPT, parseFacts } from "../core/facts.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import type { Target, Targets } from "../core/targets.ts";
import { formatBytes } from "../core/units.ts";
import type { Workload } from "../core/workload.ts";
import { dataSetHash, fillDataSet } from "../images/data-set.ts";
import { takeTarget } from "./target-lock.ts";

/** A target and where it stands in the study. */
export interface LevelTarget {
  readonly level: number;
  readonly target: Target;
  readonly config: Targets["config"];
}

/** Waits between attempts to reach a target, in seconds: a network that is away for two minutes is waited for. */
export const PATIENCE_SECONDS: readonly number[] = [1, 2, 4, 8, 15, 30, 60];

/** The same for a machine that is booting: five minutes. */
export const BOOT_PATIENCE_SECONDS: readonly number[] = Array.from({ length: 60 }, () => 5);

/**
 * Connects and takes the target for itself, again and again where that may help: not where a key is wrong or the login
 * refused.
 */
export async function reachPatiently(
  at: LevelTarget,
  signal: AbortSignal,
  patience: readonly number[],
): Promise<Result<SshTarget>> {
  for (const seconds of [...patience, undefined]) {
    const reached = await reach(at, signal);
    if (reached.ok) return takeTarget(reached.value, at.target, signal);
    const passing = reached.problems.every(({ code }) => code === UNREACHABLE);
    if (!passing || seconds === undefined) return reached;
    await wait(seconds * 1000, undefined, { signal });
  }
  throw new Error("the last attempt returns");
}

function reach({ level, target, config }: LevelTarget, signal: AbortSignal): Promise<Result<SshTarget>> {
  const { host, rights } = target;
  return connectOpenSsh({ name: `L${level}`, host, rights, configFile: config }, signal);
}

/** What a target says of itself, outside of any tree. */
export interface Identified {
  readonly facts: string;
  readonly isRoot: boolean;
}

export async function identify(machine: SshTarget, signal: AbortSignal): Promise<Result<Identified>> {
  const script = `PATH=$PATH:/usr/sbin:/sbin\n${FACTS_SCRIPT}${VENDOR_SCRIPT}\nsection user; id -u`;
  const done = await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 120 }, signal);
  signal.throwIfAborted();
  if (succeeded(done)) return ok({ facts: done.stdout, isRoot: /^== user\n0$/m.test(done.stdout) });
  return failed({
    code: "no-answer",
    at: machine.name,
    what: `it did not say what it is: ${endText(done.end)}`,
    evidence: done.stderr,
  });
}

/** A file that a target keeps between runs, so that it is brought or made once. */
function kept(target: Target, name: string): string {
  return `${target.folder}/${name}`;
}

/** Makes the target's folder, with room for what will be put there. */
export async function ensureRoom(
  machine: SshTarget,
  target: Target,
  bytes: number,
  signal: AbortSignal,
): Promise<Result<"room">> {
  const done = await machine.run(
    {
      argv: [
        "sh",
        "-c",
        'mkdir -p -m 700 "$1" && df -P -B 1 "$1" | awk \'NR == 2 { print $4 }\'',
        "room",
        target.folder,
      ],
      timeoutSeconds: 60,
    },
    signal,
  );
  signal.throwIfAborted();
  const free = Number(done.stdout.trim() || Number.NaN);
  if (succeeded(done) && free >= bytes) return ok("room");
  return failed({
    code: "no-room",
    at: `${machine.name} (${target.host})`,
    what: succeeded(done)
      ? `${formatBytes(bytes)} are needed in ${target.folder}, and ${formatBytes(free)} are free`
      : `the folder ${target.folder} cannot be made`,
    hint: "another folder for this target in the study",
    evidence: done.stderr,
  });
}

/** The guest image on the target, under its own id. */
export function pushImage(
  machine: SshTarget,
  target: Target,
  image: { readonly rootDisk: string; readonly imageId: string },
  signal: AbortSignal,
): Promise<Result<string>> {
  return pushFile(machine, image.rootDisk, kept(target, `image-${image.imageId}.img`), signal);
}

export function pushDataSet(
  machine: SshTarget,
  target: Target,
  disk: string,
  hash: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  return pushFile(machine, disk, kept(target, `data-${hash}.img`), signal);
}

/** The data set filled by the target's own server, once for its version. */
export async function fillOnTarget(
  machine: SshTarget,
  { level, target }: LevelTarget,
  workload: Workload,
  facts: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  const disk = kept(target, `data-${dataSetHash(workload, parseFacts(facts).tools)}.img`);
  const shell = (script: string, ...words: readonly string[]) =>
    machine.run({ argv: ["sh", "-c", script, "data-set", ...words], timeoutSeconds: 300 }, signal);
  if (succeeded(await shell('test -s "$1"', disk))) return ok(disk);
  const work = kept(target, `filling-L${level}`);
  await shell('rm -rf "$1" && mkdir -p "$1/out"', work);
  const tree = await openTree(
    machine,
    { level, target, rootImage: "/", disks: {}, folder: `${work}/out` },
    signal,
  );
  if (!tree.ok) return tree;
  try {
    const filled = await fillDataSet(workload, tree.value, signal);
    if (!filled.ok) return filled;
  } finally {
    await tree.value.dispose();
  }
  const moved = await shell('mv "$1/out/data.img" "$2" && rm -rf "$1"', work, disk);
  if (succeeded(moved)) return ok(disk);
  return failed({
    code: "data-set-failed",
    at: machine.name,
    what: endText(moved.end),
    evidence: moved.stderr,
  });
}

export interface TargetTree {
  readonly level: number;
  readonly target: Target;
  /** The image on the target, or `/` for what is installed there. */
  readonly rootImage: string;
  /** Files and block devices of the target by the names that workloads know. */
  readonly disks: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly scratch?: string;
}

/** Namespaces on the target that end with the connection, so that nothing of a trial stays behind. */
export async function openTree(machine: SshTarget, tree: TargetTree, signal: AbortSignal) {
  const mountPoint = kept(tree.target, `tree-L${tree.level}`);
  const made = await machine.run({ argv: ["mkdir", "-p", mountPoint], timeoutSeconds: 60 }, signal);
  signal.throwIfAborted();
  if (!succeeded(made)) {
    return failed({ code: "no-tree", at: machine.name, what: endText(made.end), evidence: made.stderr });
  }
  const host: TreeHost = {
    machine,
    isRoot: true,
    environment: "kept", // what is to be ended is found by it
    interactive: (argv, shellSignal) => machine.interactive(argv, shellSignal),
  };
  return startTree(
    {
      name: machine.name,
      rootImage: tree.rootImage,
      mountPoint,
      files: tree.disks,
      ...(tree.folder === undefined ? {} : { folder: tree.folder }),
      ...(tree.scratch === undefined ? {} : { scratch: tree.scratch }),
    },
    signal,
    host,
  );
}

/** A scratch file of the size on the target's disk, written in full; the caller removes its name. */
export async function makeScratch(
  machine: SshTarget,
  { level, target }: Pick<LevelTarget, "level" | "target">,
  bytes: number,
  signal: AbortSignal,
): Promise<Result<string>> {
  const file = kept(target, `scratch-L${level}.img`);
  const argv = [
    "dd",
    "if=/dev/zero",
    `of=${file}`,
    "bs=1M",
    `count=${Math.ceil(bytes / 2 ** 20)}`,
    "conv=fsync",
  ];
  const done = await machine.run({ argv, timeoutSeconds: 600 }, signal);
  signal.throwIfAborted();
  if (succeeded(done)) return ok(file);
  return failed({
    code: "no-room",
    at: machine.name,
    what: `the scratch file ${file} could not be written: ${endText(done.end)}`,
    evidence: done.stderr,
  });
}

/** Whether a device of the target may serve as the scratch disk: it is one, large enough, and nobody uses it. */
export async function deviceProblems(
  machine: SshTarget,
  device: string,
  bytes: number,
  signal: AbortSignal,
): Promise<Result<string>> {
  const script =
    'test -b "$1" || { echo "no block device"; exit 1; }; grep -q "^$(readlink -f "$1") " /proc/mounts && { echo mounted; exit 1; }; size=$(blockdev --getsize64 "$1") && [ "$size" -ge "$2" ] || { echo "only $size bytes"; exit 1; }';
  const argv = ["sh", "-c", script, "device", device, String(bytes)];
  const done = await machine.run({ argv, timeoutSeconds: 60 }, signal);
  signal.throwIfAborted();
  if (succeeded(done)) return ok(device);
  return failed({
    code: "bad-scratch-device",
    at: machine.name,
    what: `${device} cannot be the scratch disk: ${done.stdout.trim() || done.stderr.trim()}`,
    hint: `an unused block device of ${formatBytes(bytes)} whose content may be lost, or no scratch key: then a file is used`,
  });
}
