import { availableParallelism } from "node:os";
import { join } from "node:path";
import { allocate, ensureFolder, freeDiskBytes, remove, textIfAny } from "../adapters/files.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { sessionKeys } from "../adapters/machine/ssh.ts";
import { startTree, TREE_DISKS } from "../adapters/machine/tree.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { levelSizes, resourceProblems } from "../core/resources.ts";
import type { Study } from "../core/study.ts";
import { ensureImage, hasImage } from "../images/build.ts";
import { ensureDataSet } from "../images/data-set.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { LaunchPlan, Machine, PlatformStep, PreparedPlatform } from "../lab/ports.ts";
import { emulatedComputerStep } from "./emulated-computer.ts";
import { KVM_CHECK, kvmProblems, kvmStep } from "./kvm.ts";
import { GUEST_DISKS, type GuestFiles, PROBE_ANSWER, probeArgv } from "./qemu.ts";

export interface PrepareOptions {
  readonly study: Study;
  /** Images and data sets live here. */
  readonly cache: string;
  /** Scratch disks and consoles of this run; emptied before and after. */
  readonly labFolder: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Files and commands without which nothing starts, by the Debian package that brings each. */
export async function x86KvmNeeds(cache: string): Promise<Readonly<Record<string, string>>> {
  const start = { "qemu-system-x86_64": "qemu-system-x86", setpriv: "util-linux" };
  if (await hasImage(await guestRecipe(), cache)) return start;
  return {
    ...start,
    mmdebstrap: "mmdebstrap",
    mke2fs: "e2fsprogs",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
    // without root, mmdebstrap maps a range of users of its own
    ...(process.getuid?.() === 0 ? {} : { newuidmap: "uidmap" }),
  };
}

/** KVM nested in KVM on x86_64: on this host where that works, on an emulated computer otherwise. */
export async function prepareX86Kvm(options: PrepareOptions): Promise<Result<PreparedPlatform>> {
  const { study, cache, labFolder, say, signal } = options;
  const host = localMachine();
  // What fits on no hardware is said before anything is built; the emulator's own share is added below.
  const resources = await hostResources(cache);
  const hopeless = resourceProblems(study, study.hardware === "emulated" ? "emulated" : "real", resources);
  if (hopeless.length > 0) return failed(...hopeless);
  const recipe = await guestRecipe();
  const image = await ensureImage(recipe, cache, host, say, signal);
  if (!image.ok) return image;

  const decided = await decideHardware(study, host, image.value.kernel, image.value.initrd, signal);
  if (!decided.ok) return decided;
  const { hardware, why } = decided.value;
  say(`hardware: ${hardware} (${why})`);
  const misfit = resourceProblems(study, hardware, resources);
  if (misfit.length > 0) return failed(...misfit);

  const withData = study.workloads.find((workload) => workload.dataSet !== undefined);
  let dataDisk: string | undefined;
  if (withData !== undefined) {
    const made = await ensureDataSet(withData, image.value, cache, say, signal);
    if (!made.ok) return made;
    dataDisk = made.value;
  }

  await remove(labFolder);
  await ensureFolder(labFolder);
  const scratchDisk = join(labFolder, "scratch.img");
  await allocate(scratchDisk, study.scratch.sizeBytes);

  const steps = x86KvmSteps({
    study,
    hardware,
    hostCpus: availableParallelism(),
    files: {
      kernel: image.value.kernel,
      initrd: image.value.initrd,
      rootDisk: image.value.rootDisk,
      scratchDisk,
      ...(dataDisk === undefined ? {} : { dataDisk }),
      consoleLog: join(labFolder, "L0.console"),
    },
    mountPoint: join(labFolder, "tree"),
    ...sessionKeys(),
  });
  return ok({
    hardware,
    base: host,
    steps,
    place: (level) => workPlace(hardware, level),
    record: {
      hardware: why,
      image: image.value.manifest.imageId,
      "image sha256": image.value.manifest.rootDiskSha256,
      packages: image.value.manifest.packages.join("\n"),
    },
    dispose: () => remove(labFolder),
  });
}

export interface StepsInput {
  readonly study: Study;
  readonly hardware: "real" | "emulated";
  readonly hostCpus: number;
  /** As the host names them. */
  readonly files: GuestFiles;
  readonly mountPoint: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The fold for this platform: pure, so that a plan can print every argv before anything is there. */
export function x86KvmSteps(input: StepsInput): readonly PlatformStep[] {
  const { study, hardware, files } = input;
  const sizes = levelSizes(study, input.hostCpus);
  const withData = files.dataDisk !== undefined;
  return sizes.map((size, level): PlatformStep => {
    const guest = { level, size, publicKey: input.publicKey, scratchCache: study.scratch.cache };
    if (level === 0 && hardware === "emulated") {
      // Below L0 the scratch disk is a file of the host, whose page cache stands for the computer's disk.
      return emulatedComputerStep({ ...guest, files, scratchCache: "writeback" }, input.privateKey);
    }
    if (level === 0) return treeStep(input);
    const parentDisks =
      level === 1 && hardware === "real"
        ? {
            rootDisk: `${TREE_DISKS}/root`,
            scratchDisk: `${TREE_DISKS}/scratch`,
            dataDisk: `${TREE_DISKS}/data`,
          }
        : GUEST_DISKS;
    return kvmStep(
      {
        ...guest,
        hosts: level < study.levels,
        files: {
          kernel: "/usr/lib/dvirt/vmlinux",
          initrd: "/usr/lib/dvirt/initrd",
          rootDisk: parentDisks.rootDisk,
          scratchDisk: parentDisks.scratchDisk,
          ...(withData ? { dataDisk: parentDisks.dataDisk } : {}),
          consoleLog: `/run/dvirt/L${level}.console`,
        },
      },
      input.privateKey,
    );
  });
}

/** What workloads find at a level. */
function workPlace(hardware: "real" | "emulated", level: number) {
  return level === 0 && hardware === "real"
    ? { dataDisk: `${TREE_DISKS}/data`, scratchDisk: `${TREE_DISKS}/scratch` }
    : { dataDisk: GUEST_DISKS.dataDisk, scratchDisk: GUEST_DISKS.scratchDisk };
}

function treeStep({ files, mountPoint }: StepsInput): PlatformStep {
  const launch: LaunchPlan = {
    argv: ["unshare", "--mount", "--pid", "…", files.rootDisk],
    memoryBytes: 0,
    cpus: 0,
  };
  return {
    level: 0,
    driver: "host-tree",
    launch,
    check: async () =>
      process.getuid?.() === 0
        ? []
        : [
            {
              code: "not-root",
              at: "L0",
              what: "measuring on real hardware mounts the image and a scratch disk on this host, which needs root",
              hint: "sudo ./dvirt run, or ./dvirt run --hardware emulated",
            },
          ],
    start: async (_parent, signal) =>
      startTree(
        {
          name: "L0",
          rootImage: files.rootDisk,
          mountPoint: await ensureFolder(mountPoint),
          files: { root: files.rootDisk, ...(files.dataDisk === undefined ? {} : { data: files.dataDisk }) },
          scratch: files.scratchDisk,
        },
        signal,
      ),
  };
}

interface Decision {
  readonly hardware: "real" | "emulated";
  readonly why: string;
}

/** KVM counts only if a tiny guest boots; real hardware also needs nesting where the study goes deeper than L1. */
async function decideHardware(
  study: Study,
  host: Machine,
  kernel: string,
  initrd: string,
  signal: AbortSignal,
): Promise<Result<Decision>> {
  if (study.hardware === "emulated") return ok({ hardware: "emulated", why: "as the study says" });
  const obstacles = await kvmObstacles(study, host, kernel, initrd, signal);
  signal.throwIfAborted();
  if (obstacles.length === 0) return ok({ hardware: "real", why: "a tiny KVM guest booted" });
  if (study.hardware === "real") return failed(...obstacles);
  return ok({ hardware: "emulated", why: obstacles[0]?.what ?? "no usable KVM" });
}

/**
 * Seconds that the tiny guest may take. It needs less than one on real hardware and some 8 on an emulated
 * computer; where the processor offers neither svm nor vmx a KVM that works is not expected, only tried.
 */
const PROBE_LIMIT_SECONDS = { offered: 30, notOffered: 5 } as const;

async function kvmObstacles(
  study: Study,
  host: Machine,
  kernel: string,
  initrd: string,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  if (study.levels === 0) return [];
  const answer = await host.run({ argv: ["sh", "-c", KVM_CHECK], timeoutSeconds: 30 }, signal);
  const obvious = kvmProblems(answer.stdout, { level: 1, hosts: study.levels > 1 });
  if (obvious.some((problem) => problem.code !== "no-nested-kvm")) return obvious;
  const limit = answer.stdout.split("\n").includes("flag")
    ? PROBE_LIMIT_SECONDS.offered
    : PROBE_LIMIT_SECONDS.notOffered;
  const probe = await host.run({ argv: probeArgv(kernel, initrd), timeoutSeconds: limit }, signal);
  if (probe.stdout.includes(PROBE_ANSWER)) return obvious;
  return [
    {
      code: "kvm-unusable",
      at: "L1",
      what: `/dev/kvm is there, but a tiny guest did not boot within ${limit} s`,
      hint: "--hardware emulated needs no KVM; otherwise see the text below",
      evidence: probe.stderr.trim().split("\n").slice(-6).join("\n"),
    },
  ];
}

async function hostResources(cache: string) {
  const meminfo = (await textIfAny("/proc/meminfo")) ?? "";
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
  return {
    cpus: availableParallelism(),
    availableMemoryBytes: available,
    freeDiskBytes: await freeDiskBytes(cache),
  };
}
