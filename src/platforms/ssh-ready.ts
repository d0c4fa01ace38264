import { sha256OfFile } from "../adapters/files.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { sshArgv } from "../adapters/machine/openssh.ts";
import type { Architecture } from "../core/architecture.ts";
import { declaredProblems } from "../core/declared.ts";
import { sections } from "../core/facts.ts";
import { levelSizes, PLENTY } from "../core/level-sizes.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { dataDiskBytes, type Study } from "../core/study.ts";
import { ensureImage, type GuestImage } from "../images/build.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { LaunchPlan } from "../lab/ports.ts";
import { dataDiskFor, imageRecord } from "./host-lab.ts";
import type { PrepareOptions } from "./platform.ts";
import {
  deviceProblems,
  ensureRoom,
  fillOnTarget,
  identify,
  type LevelTarget,
  pushDataSet,
  pushImage,
  reachPatiently,
} from "./ssh-target.ts";

/** How a target is reached, and the size that the study states for it. */
export function launchOf({ level, target, config }: LevelTarget, study: Study): LaunchPlan {
  const size = levelSizes(study, PLENTY)[level];
  if (size === undefined) throw new Error(`the study states no size for L${level}`);
  return { argv: sshArgv({ host: target.host, configFile: config }), ...size, measured: size };
}

/** What is taken along to every target. */
export interface Brought {
  readonly image: GuestImage;
  /** The data set and its hash; absent where no workload needs one. */
  readonly data: { readonly disk: string; readonly hash: string } | undefined;
  readonly record: Readonly<Record<string, string>>;
}

export async function whatIsPushed(
  options: PrepareOptions,
  architecture: Architecture,
): Promise<Result<Brought>> {
  const { cache, say, signal } = options;
  const host = localMachine();
  const image = await ensureImage(await guestRecipe(architecture), cache, host, say, signal);
  if (!image.ok) return image;
  const disk = await dataDiskFor(options, image.value, host);
  if (!disk.ok) return disk;
  return ok({
    image: image.value,
    data:
      disk.value === undefined
        ? undefined
        : { disk: disk.value, hash: (await sha256OfFile(disk.value)).slice(0, 16) },
    record: imageRecord(image.value),
  });
}

/** A target that was looked at and has all that its trials need. */
export interface Readied {
  readonly at: LevelTarget;
  readonly facts: string;
  /** Absent where commands run as they are, without namespaces. */
  readonly tree?: { readonly rootImage: string; readonly disks: Readonly<Record<string, string>> };
}

export async function readyTarget(
  at: LevelTarget,
  patience: readonly number[],
  brought: Brought | undefined,
  { study, say, signal }: PrepareOptions,
): Promise<Result<Readied>> {
  const reached = await reachPatiently(at, signal, patience);
  if (!reached.ok) return reached;
  const machine = reached.value;
  try {
    const found = await identify(machine, signal);
    if (!found.ok) return found;
    const { facts, isRoot } = found.value;
    const { target, level } = at;
    const problems = [
      ...declaredProblems(level, target.host, target, launchOf(at, study), facts),
      ...rightsProblems(at, study, isRoot, brought),
      ...toolProblems(at, study, facts, brought),
    ];
    if (problems.length > 0) return failed(...problems);
    if (!isRoot) return ok({ at, facts });
    const withData = study.workloads.find(({ dataSet }) => dataSet !== undefined);
    const dataBytes = withData === undefined ? 0 : dataDiskBytes(withData);
    const scratchBytes = target.scratch === undefined ? study.scratch.sizeBytes : 0;
    const room = await ensureRoom(
      machine,
      target,
      scratchBytes + 2 * dataBytes + (brought === undefined ? 0 : IMAGE_BYTES),
      signal,
    );
    if (!room.ok) return room;
    if (target.scratch !== undefined) {
      const device = await deviceProblems(machine, target.scratch, study.scratch.sizeBytes, signal);
      if (!device.ok) return device;
    }
    if (brought === undefined) {
      if (withData === undefined) return ok({ at, facts, tree: { rootImage: "/", disks: {} } });
      say(`L${level}: filling the data set with the server that is installed there, once`);
      const data = await fillOnTarget(machine, at, withData, facts, signal);
      return data.ok ? ok({ at, facts, tree: { rootImage: "/", disks: { data: data.value } } }) : data;
    }
    say(`L${level}: bringing image ${brought.image.manifest.imageId} there, once`);
    const { rootDisk, manifest } = brought.image;
    const image = await pushImage(machine, target, { rootDisk, imageId: manifest.imageId }, signal);
    if (!image.ok) return image;
    if (brought.data === undefined) return ok({ at, facts, tree: { rootImage: image.value, disks: {} } });
    const data = await pushDataSet(machine, target, brought.data.disk, brought.data.hash, signal);
    return data.ok ? ok({ at, facts, tree: { rootImage: image.value, disks: { data: data.value } } }) : data;
  } finally {
    await machine.dispose();
  }
}

/** The image with its holes filled, which not every file system keeps. */
const IMAGE_BYTES = 1.2 * 2 ** 30;

function rightsProblems(
  { level, target }: LevelTarget,
  study: Study,
  isRoot: boolean,
  brought: Brought | undefined,
): readonly Problem[] {
  if (isRoot) return [];
  const needing = study.workloads.filter(({ dataSet }) => dataSet !== undefined).map(({ name }) => name);
  if (brought === undefined && needing.length === 0) return [];
  const what =
    brought === undefined
      ? `${needing.join(", ")} mounts a scratch disk`
      : "the image that is pushed is mounted";
  return [
    {
      code: "not-root",
      at: `L${level} (${target.host})`,
      what: `${what}, which needs root there, and this login is not root`,
      hint: `rights: sudo, or root@${target.host}${brought === undefined ? `, or --workloads without ${needing.join(", ")}` : ", or userland: installed"}`,
    },
  ];
}

function toolProblems(
  { level, target }: LevelTarget,
  study: Study,
  facts: string,
  brought: Brought | undefined,
): readonly Problem[] {
  if (brought !== undefined) return [];
  const tools = sections(facts).get("tools") ?? "";
  const missing = [...new Set(study.workloads.flatMap(({ needs }) => needs))].filter(
    (name) => !new RegExp(`^${name} `, "m").test(tools),
  );
  return missing.map((name) => ({
    code: "tool-missing",
    at: `L${level} (${target.host})`,
    what: `${name} is not installed there, and a workload needs it`,
    hint: name.startsWith("/")
      ? "only the image has it: userland: pushed"
      : "install it from the same release on every level (Debian: apt-get install sysbench mariadb-server), or userland: pushed",
  }));
}
