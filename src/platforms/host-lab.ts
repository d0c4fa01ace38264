import { availableParallelism } from "node:os";
import { join } from "node:path";
import { allocate, ensureFolder, freeDiskBytes, remove, textIfAny } from "../adapters/files.ts";
import { sessionKeys } from "../adapters/machine/ssh.ts";
import type { Architecture } from "../core/architecture.ts";
import { ok, type Result } from "../core/problem.ts";
import type { Study } from "../core/study.ts";
import { parseTopology, TOPOLOGY_SCRIPT, type Topology } from "../core/topology.ts";
import { imageArchitectures } from "../images/architectures.ts";
import { cachedImage, ensureImage, type GuestImage } from "../images/build.ts";
import { ensureDataSet } from "../images/data-set.ts";
import { compilerPackage } from "../images/probes.ts";
import { guestRecipe, type ImageKind } from "../images/recipe.ts";
import type { Machine } from "../lab/ports.ts";
import type { GuestFiles } from "./guest-spec.ts";
import type { PrepareOptions } from "./platform.ts";

/** What of a stack lies on this host: the files of its first machine, and the session's key. */
export interface HostLab {
  readonly files: GuestFiles;
  readonly mountPoint: string;
  readonly topology: Topology;
  readonly hostCpus: number;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The same as `dvirt plan` prints it, where nothing is laid out. */
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
    mountPoint: "LAB/tree",
    topology,
    hostCpus: topology.cpus.length,
    publicKey: "KEY",
    privateKey: "",
  };
}

/** Lays out what the stack needs on this host; the lab's folder is emptied first. */
export async function layOut(
  options: PrepareOptions,
  image: GuestImage,
  host: Machine,
): Promise<Result<HostLab>> {
  const { study, labFolder } = options;
  const dataDisk = await dataDiskFor(options, image, host);
  if (!dataDisk.ok) return dataDisk;
  await remove(labFolder);
  await ensureFolder(labFolder);
  const scratchDisk = join(labFolder, "scratch.img");
  await allocate(scratchDisk, study.scratch.sizeBytes);
  return ok({
    files: {
      kernel: image.kernel,
      initrd: image.initrd,
      rootDisk: image.rootDisk,
      scratchDisk,
      ...(dataDisk.value === undefined ? {} : { dataDisk: dataDisk.value }),
      consoleLog: join(labFolder, "L0.console"),
    },
    mountPoint: join(labFolder, "tree"),
    topology: await topologyOf(host, options.signal),
    hostCpus: availableParallelism(),
    ...sessionKeys(),
  });
}

/** The end of a run: nothing of it stays on this host but what is cached. */
export function takeAway({ labFolder }: PrepareOptions): Promise<void> {
  return remove(labFolder);
}

/** What of an image must stand in a run's record. */
export function imageRecord({ manifest }: GuestImage): Readonly<Record<string, string>> {
  return {
    image: manifest.imageId,
    "image sha256": manifest.rootDiskSha256,
    packages: manifest.packages.join("\n"),
  };
}

function dataSetWorkload(study: Study) {
  return study.workloads.find((workload) => workload.dataSet !== undefined);
}

/**
 * The server that fills the tables runs on this host, so it comes from the image of this host's architecture; its
 * files are the same bytes for the server of any other.
 */
export async function dataDiskFor(
  { study, cache, say, signal }: PrepareOptions,
  image: GuestImage,
  host: Machine,
): Promise<Result<string | undefined>> {
  const workload = dataSetWorkload(study);
  if (workload === undefined) return ok(undefined);
  const recipe = await guestRecipe(hostArchitecture());
  const own =
    recipe.hash === image.manifest.recipe ? ok(image) : await ensureImage(recipe, cache, host, say, signal);
  return own.ok ? ensureDataSet(workload, own.value, cache, say, signal) : own;
}

/** Files and commands for QEMU machines of an architecture, and for making its image where it is not there. */
export async function labNeeds(
  architecture: Architecture,
  cache: string,
  kind?: ImageKind,
): Promise<Readonly<Record<string, string>>> {
  return {
    [`qemu-system-${architecture}`]: imageArchitectures[architecture].hypervisor,
    setpriv: "util-linux",
    ...(await imageNeeds(architecture, cache, kind)),
  };
}

/** The same for making an architecture's image, and that of this host, in whose tree data sets are filled. */
export async function imageNeeds(
  architecture: Architecture,
  cache: string,
  kind?: ImageKind,
): Promise<Readonly<Record<string, string>>> {
  const recipes = [await guestRecipe(architecture, kind), await guestRecipe(hostArchitecture())];
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

/** Of this host, in whose tree data sets are filled; x86_64 where it is none that has an image. */
function hostArchitecture(): Architecture {
  return process.arch === "arm64" ? "aarch64" : process.arch === "s390x" ? "s390x" : "x86_64";
}

async function topologyOf(host: Machine, signal: AbortSignal): Promise<Topology> {
  const answer = await host.run({ argv: ["sh", "-c", TOPOLOGY_SCRIPT], timeoutSeconds: 30 }, signal);
  signal.throwIfAborted();
  return parseTopology(answer.stdout);
}

/** What the study's machines must fit into. */
export async function hostResources(cache: string) {
  const meminfo = (await textIfAny("/proc/meminfo")) ?? "";
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
  return {
    cpus: availableParallelism(),
    availableMemoryBytes: available,
    freeDiskBytes: await freeDiskBytes(cache),
  };
}
