import { sha256OfFile } from "../../adapters/files.ts";
import { sshArgv } from "../../adapters/machine/openssh.ts";
import type { Architecture } from "../../core/base/architecture.ts";
import { optional } from "../../core/base/optional.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import { declaredProblems } from "../../core/machine/declared.ts";
import { sections } from "../../core/machine/facts.ts";
import { toolProblems } from "../../core/machine/tools.ts";
import { imageAdditions } from "../../core/study/image-additions.ts";
import { levelSizes, PLENTY } from "../../core/study/level-sizes.ts";
import { dataDiskBytes, type Study } from "../../core/study/study.ts";
import { ensureImage, type GuestImage } from "../../images/build.ts";
import { guestRecipe } from "../../images/recipe.ts";
import type { LaunchPlan } from "../../lab/ports.ts";
import { dataDiskFor } from "../host-lab.ts";
import { PACE } from "../pace.ts";
import type { SetUpOptions } from "../platform.ts";
import {
  bring,
  checkDevice,
  ensureRoom,
  fillOnTarget,
  identify,
  type LevelTarget,
  reachPatiently,
  type TargetTree,
  type Visit,
} from "./ssh-target.ts";

/** How a target is reached, and the size that the study states for it. */
export function launchOf({ level, target, config }: LevelTarget, study: Study): LaunchPlan {
  const size = levelSizes(study, PLENTY)[level];
  if (size === undefined) throw new Error(`the study states no size for L${level}`);
  return {
    argv: sshArgv({ host: target.host, configFile: config }),
    ...size,
    measured: size,
    pace: study.hardware === "emulated" ? PACE.qemu : PACE.real,
  };
}

/** What is taken along to every target. */
export interface Brought {
  readonly image: GuestImage;
  /** The data set and its hash; absent where no workload needs one. */
  readonly data: { readonly disk: string; readonly hash: string } | undefined;
}

export async function whatIsPushed(
  options: SetUpOptions,
  architecture: Architecture,
): Promise<Result<Brought>> {
  const image = await ensureImage(
    await guestRecipe(architecture, optional({ additions: imageAdditions(options.study) })),
    options,
  );
  if (!image.ok) return image;
  const disk = await dataDiskFor(options, image.value);
  if (!disk.ok) return disk;
  const file = disk.value;
  const data = file === undefined ? file : { disk: file, hash: (await sha256OfFile(file)).slice(0, 16) };
  return ok({ image: image.value, data });
}

/** A target that was looked at and has all that its trials need. */
export interface Readied {
  readonly at: LevelTarget;
  readonly facts: string;
  /** Absent where commands run as they are, without namespaces. */
  readonly tree?: TargetTree;
}

export async function readyTarget(
  at: LevelTarget,
  patience: readonly number[],
  brought: Brought | undefined,
  options: SetUpOptions,
): Promise<Result<Readied>> {
  const { study, signal } = options;
  const reached = await reachPatiently(at, signal, patience);
  if (!reached.ok) return reached;
  const visit = { machine: reached.value, at, signal };
  try {
    const found = await identify(visit);
    if (!found.ok) return found;
    const { facts, isRoot } = found.value;
    const { target, level } = at;
    const problems = [
      ...declaredProblems(`L${level} (${target.host})`, target, launchOf(at, study), facts),
      ...rightsProblems(at, study, isRoot, brought),
      ...(brought === undefined
        ? toolProblems(`L${level} (${target.host})`, study, sections(facts).get("tools") ?? "")
        : []),
    ];
    if (problems.length > 0) return failed(...problems);
    if (!isRoot) return ok({ at, facts });
    const tree = await furnish(visit, facts, brought, options);
    return tree.ok ? ok({ at, facts, tree: tree.value }) : tree;
  } finally {
    await reached.value.dispose();
  }
}

/** Puts on a target what its trials need, after a look at the room for it. */
async function furnish(
  visit: Visit,
  facts: string,
  brought: Brought | undefined,
  { study, say }: SetUpOptions,
): Promise<Result<TargetTree>> {
  const { level, target } = visit.at;
  const withData = study.workloads.find(({ dataSet }) => dataSet !== undefined);
  const dataBytes = withData === undefined ? 0 : dataDiskBytes(withData);
  const scratchBytes = target.scratch === undefined ? study.scratch.sizeBytes : 0;
  const imageBytes = brought === undefined ? 0 : IMAGE_BYTES;
  const room = await ensureRoom(visit, scratchBytes + 2 * dataBytes + imageBytes);
  if (!room.ok) return room;
  if (target.scratch !== undefined) {
    const device = await checkDevice(visit, target.scratch, study.scratch.sizeBytes);
    if (!device.ok) return device;
  }
  const image = brought === undefined ? ok("/") : await bringImage(visit, brought.image, say);
  if (!image.ok || withData === undefined)
    return image.ok ? ok({ rootImage: image.value, disks: {} }) : image;
  if (brought === undefined) {
    say(`L${level}: filling the data set with the server that is installed there, once`);
  }
  const data =
    brought?.data === undefined
      ? await fillOnTarget(visit, withData, facts)
      : await bring(visit, brought.data.disk, `data-${brought.data.hash}.img`);
  return data.ok ? ok({ rootImage: image.value, disks: { data: data.value } }) : data;
}

function bringImage(visit: Visit, { rootDisk, manifest }: GuestImage, say: SetUpOptions["say"]) {
  say(`L${visit.at.level}: bringing image ${manifest.imageId} there, once`);
  return bring(visit, rootDisk, `image-${manifest.imageId}.img`);
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
