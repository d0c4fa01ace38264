import { availableParallelism } from "node:os";
import { join } from "node:path";
import { allocate, ensureFolder, freeDiskBytes, remove, textIfAny } from "../adapters/files.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { sessionKeys } from "../adapters/machine/ssh.ts";
import type { Architecture } from "../core/base/architecture.ts";
import { shellCommand } from "../core/base/command.ts";
import { ok, type Problem, type Result } from "../core/base/problem.ts";
import type { ImageProvenance } from "../core/machine/provenance.ts";
import { flatTopology, parseTopology, TOPOLOGY_SCRIPT, type Topology } from "../core/machine/topology.ts";
import type { Abilities } from "../core/study/abilities.ts";
import { type Ground, groundOf } from "../core/study/clock.ts";
import { resourceProblems } from "../core/study/resources.ts";
import type { Study } from "../core/study/study.ts";
import { cachedImage, ensureImage, type GuestImage } from "../images/build.ts";
import { ensureDataSet } from "../images/data-set.ts";
import { compilerPackage } from "../images/probes.ts";
import { guestRecipe, type ImageWanted } from "../images/recipe.ts";
import type { SetUpOptions } from "./platform.ts";
import type { GuestFiles } from "./steps/guest-spec.ts";

/** The part of a stack that lies on this host: the files of its first machine, and the session's key. */
export interface HostLab {
  readonly files: GuestFiles;
  /** The image's kernel as a boot loader wants it. */
  readonly bootKernel: string;
  readonly mountPoint: string;
  readonly topology: Topology;
  readonly hostCpus: number;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** A lab that stands nowhere, for `dvirt plan`. */
export function previewedLab(study: Study, topology: Topology): HostLab {
  return {
    files: {
      kernel: "CACHE/vmlinux",
      initrd: "CACHE/initrd",
      rootDisk: "CACHE/root.img",
      scratchDisk: "LAB/scratch.img",
      ...(dataSetWorkload(study) === undefined ? {} : { dataDisk: "CACHE/data.img" }),
      consoleLog: "LAB/L0.console",
    },
    bootKernel: "CACHE/vmlinuz",
    mountPoint: "LAB/tree",
    topology,
    hostCpus: topology.cpus.length,
    publicKey: "KEY",
    privateKey: "",
  };
}

/** What all stacks of a run have in common, from which each one's lab is made. */
export type LaidOut = (slot: number) => HostLab;

/** Lays out what the stacks need on this host; the lab's folder is emptied first. */
export async function layOut(
  options: SetUpOptions,
  image: GuestImage,
  ground: Ground,
): Promise<Result<LaidOut>> {
  const { labFolder } = options;
  const dataDisk = await dataDiskFor(options, image);
  if (!dataDisk.ok) return dataDisk;
  await remove(labFolder);
  await layOutSlot(options, ground, 1);
  const topology = ground.cpus === undefined ? await topologyOf(options.signal) : flatTopology(ground.cpus);
  const keys = sessionKeys();
  return ok((slot) => {
    const { scratchDisk, consoleLog, mountPoint } = slotPaths(labFolder, slot);
    return {
      files: {
        kernel: image.kernel,
        initrd: image.initrd,
        rootDisk: image.rootDisk,
        scratchDisk,
        ...(dataDisk.value === undefined ? {} : { dataDisk: dataDisk.value }),
        consoleLog,
      },
      bootKernel: image.bootKernel,
      mountPoint,
      topology,
      hostCpus: ground.cpus ?? availableParallelism(),
      ...keys,
    };
  });
}

/**
 * Lays out what one stack has for itself: a folder for what its first machine writes, with a scratch disk in it unless
 * that lies in L0's memory.
 */
export async function layOutSlot(
  { study, labFolder }: Pick<SetUpOptions, "study" | "labFolder">,
  { memoryDiskBytes }: Ground,
  slot: number,
): Promise<void> {
  const { folder, scratchDisk } = slotPaths(labFolder, slot);
  await ensureFolder(folder);
  if (memoryDiskBytes === 0) await allocate(scratchDisk, study.scratch.sizeBytes);
}

function slotPaths(labFolder: string, slot: number) {
  const folder = join(labFolder, String(slot));
  return {
    folder,
    scratchDisk: join(folder, "scratch.img"),
    consoleLog: join(folder, "L0.console"),
    mountPoint: join(folder, "tree"),
  };
}

export function imageProvenance({ imageId: id, ...manifest }: GuestImage["manifest"]): ImageProvenance {
  return { id, rootDiskSha256: manifest.rootDiskSha256, packages: manifest.packages };
}

function dataSetWorkload(study: Study) {
  return study.workloads.find((workload) => workload.dataSet !== undefined);
}

/**
 * The server that fills the tables runs on this host, so it comes from the image of this host's architecture; its
 * files are the same bytes for the server of any other.
 */
export async function dataDiskFor(
  options: SetUpOptions,
  image: GuestImage,
): Promise<Result<string | undefined>> {
  const workload = dataSetWorkload(options.study);
  if (workload === undefined) return ok(undefined);
  const recipe = await guestRecipe(hostArchitecture());
  const own = recipe.hash === image.manifest.recipe ? ok(image) : await ensureImage(recipe, options);
  return own.ok ? ensureDataSet(workload, own.value, options) : own;
}

/** Files and commands for making an architecture's image, and this host's, in whose tree data sets are filled. */
export async function imageNeeds(
  architecture: Architecture,
  cache: string,
  wanted?: ImageWanted,
): Promise<Readonly<Record<string, string>>> {
  const recipes = [await guestRecipe(architecture, wanted), await guestRecipe(hostArchitecture())];
  const cached = await Promise.all(recipes.map((recipe) => cachedImage(recipe, cache)));
  const missing = recipes.filter((_, at) => cached[at] === undefined);
  if (missing.length === 0) return {};
  return {
    mmdebstrap: "mmdebstrap",
    mke2fs: "e2fsprogs",
    ...Object.fromEntries(
      missing.map(({ compiler, architecture: of }) => [
        compiler,
        compilerPackage(compiler, of === hostArchitecture()),
      ]),
    ),
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
    ...(missing.some(({ packages }) => packages.state === "unpacked")
      ? { depmod: "kmod", busybox: "busybox" }
      : {}),
    // without root, mmdebstrap maps a range of users of its own
    ...(process.getuid?.() === 0 ? {} : { newuidmap: "uidmap" }),
  };
}

/** This host's; x86_64 where its own has no image. */
function hostArchitecture(): Architecture {
  return process.arch === "arm64" ? "aarch64" : process.arch === "s390x" ? "s390x" : "x86_64";
}

async function topologyOf(signal: AbortSignal): Promise<Topology> {
  const answer = await localMachine().run(shellCommand(TOPOLOGY_SCRIPT, 30), signal);
  signal.throwIfAborted();
  return parseTopology(answer.stdout);
}

/** The parts of a study that do not fit this host, whichever hardware it turns out to be. */
export async function misfits(study: Study, platform: Abilities, cache: string): Promise<readonly Problem[]> {
  const { machines } = platform;
  if (machines.kind !== "made") return [];
  const emulated = machines.hardware === "emulated" || study.hardware === "emulated";
  const ground = groundOf(study, platform, emulated ? "emulated" : "real");
  return resourceProblems(study, ground, await hostResources(cache));
}

/** What the study's machines must fit into. */
export async function hostResources(cache: string) {
  const meminfo = (await textIfAny("/proc/meminfo")) ?? "";
  return {
    cpus: availableParallelism(),
    availableMemoryBytes: Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024,
    freeDiskBytes: await freeDiskBytes(cache),
  };
}
