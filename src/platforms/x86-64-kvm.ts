import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { allocate, ensureFolder, freeDiskBytes, remove, textIfAny } from "../adapters/files.ts";
import { makeLevelGroup } from "../adapters/level-group.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { sessionKeys } from "../adapters/machine/ssh.ts";
import { startTree, TREE_DISKS } from "../adapters/machine/tree.ts";
import { CONFINED, confineCommand } from "../core/confinement.ts";
import { type ChosenHardware, hardwareFor, hardwareText } from "../core/doctor/kvm-trial.ts";
import { levelSizes, measuredSizes } from "../core/level-sizes.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import { resourceProblems } from "../core/resources.ts";
import type { Size } from "../core/resources-policy.ts";
import { conditionsOf, designAt } from "../core/settings/condition.ts";
import type { Study } from "../core/study.ts";
import { chooseCpus, parseTopology, TOPOLOGY_SCRIPT, type Topology } from "../core/topology.ts";
import type { WorkPlace } from "../core/workload.ts";
import { cachedImage, ensureImage } from "../images/build.ts";
import { ensureDataSet } from "../images/data-set.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { LaunchPlan, Machine, PlatformStep, PreparedPlatform } from "../lab/ports.ts";
import { designedStep, hostProblems } from "./designed-step.ts";
import { emulatedComputerStep } from "./emulated-computer.ts";
import { kvmStep } from "./kvm.ts";
import { type ProbeFiles, tryKvm } from "./kvm-probe.ts";
import { GUEST_DISKS, type GuestFiles, type GuestSpec, hugePagesOf } from "./qemu.ts";

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
  if ((await cachedImage(await guestRecipe(), cache)) !== undefined) return start;
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

  const decided = await decideHardware(study, host, image.value, signal);
  if (!decided.ok) return decided;
  const { hardware, why } = decided.value;
  say(hardwareText(decided.value));
  const misfit = resourceProblems(study, hardware, resources);
  if (misfit.length > 0) return failed(...misfit);
  const grounds = conditionsOf(study).map(({ index }) => designAt(study, 0, index));
  const unlike =
    hardware === "real"
      ? await hostProblems(grounds.length > 0 ? grounds : [designAt(study, 0, undefined)], host, signal)
      : [];
  if (unlike.length > 0) return failed(...unlike);

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

  const given: Omit<StepsInput, "condition"> = {
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
    topology: await topologyOf(host, signal),
    ...sessionKeys(),
  };
  return ok({
    hardware,
    base: host,
    steps: (condition) => x86KvmSteps({ ...given, condition }),
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
  /** Of the study's conditions; the first where there are some and none is named. */
  readonly condition: number | undefined;
  readonly hardware: "real" | "emulated";
  readonly hostCpus: number;
  /** As the host names them. */
  readonly files: GuestFiles;
  readonly mountPoint: string;
  readonly topology: Topology;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The fold for this platform: pure, so that a plan can print every argv before anything is there. */
export function x86KvmSteps(input: StepsInput): readonly PlatformStep[] {
  const { study, hardware, files } = input;
  const sizes = levelSizes(study, input.hostCpus);
  const measured = measuredSizes(study, input.hostCpus);
  const { cpus: hostCpus } = chooseCpus(input.topology, sizes[0]?.cpus ?? 1);
  const memory: Pick<GuestSpec, "memory"> =
    study.resources.policy === "over-committed" ? { memory: "over-committed" } : {};
  const withData = files.dataDisk !== undefined;
  return sizes.map((size, level): PlatformStep => {
    const onHost = level === 0 || (level === 1 && hardware === "real");
    const pidFile = level === 0 ? `${dirname(files.consoleLog)}/L0.pid` : `/run/dvirt/L${level}.pid`;
    const design = designAt(study, level, input.condition);
    const guest = {
      level,
      size,
      publicKey: input.publicKey,
      scratchCache: study.scratch.cache,
      design,
      ...memory,
      ...(study.resources.pin === true ? { pidFile } : {}),
    } as const;
    const below = onHost ? hostCpus : Array.from({ length: size.cpus }, (_, cpu) => cpu);
    const given = {
      measured: measured[level] ?? size,
      ...(study.resources.pin === true ? { pinnedTo: below.slice(0, size.cpus) } : {}),
    };
    const host = hardware === "real" ? "user" : "dvirt";
    const designed = (step: PlatformStep): PlatformStep =>
      designedStep(step, {
        design,
        owner: level === 0 ? host : "dvirt",
        parentOwner: level === 1 ? host : "dvirt",
        hugePages: hugePagesOf(guest),
      });
    if (level === 0 && hardware === "emulated") {
      // Below L0 the scratch disk is a file of the host, whose page cache stands for the computer's disk.
      const spec = { ...guest, files, scratchCache: "writeback" } as const;
      return designed(emulatedComputerStep(spec, input.privateKey, given));
    }
    if (level === 0) return designed(treeStep(input, size, given.measured));
    const parentDisks =
      level === 1 && hardware === "real"
        ? {
            rootDisk: `${TREE_DISKS}/root`,
            scratchDisk: `${TREE_DISKS}/scratch`,
            dataDisk: `${TREE_DISKS}/data`,
          }
        : GUEST_DISKS;
    return designed(
      kvmStep(
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
        given,
      ),
    );
  });
}

/** What workloads find at a level. */
function workPlace(hardware: "real" | "emulated", level: number): WorkPlace {
  return level === 0 && hardware === "real"
    ? { dataDisk: `${TREE_DISKS}/data`, scratchDisk: `${TREE_DISKS}/scratch`, confined: CONFINED }
    : { dataDisk: GUEST_DISKS.dataDisk, scratchDisk: GUEST_DISKS.scratchDisk, confined: CONFINED };
}

/** L0 on real hardware: the image's tree in a control group of L0's size, near together on the host. */
function treeStep({ files, mountPoint, topology }: StepsInput, size: Size, measured: Size): PlatformStep {
  const { cpus, memoryNodes } = chooseCpus(topology, size.cpus);
  const launch: LaunchPlan = {
    argv: ["unshare", "--mount", "--pid", "…", files.rootDisk],
    ...size,
    measured,
  };
  return {
    level: 0,
    driver: "host-tree",
    launch,
    confine: confineCommand({
      cpus: cpus.slice(0, measured.cpus),
      memoryNodes,
      memoryBytes: measured.memoryBytes,
    }),
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
          group: await makeLevelGroup({ cpus, memoryNodes, memoryBytes: size.memoryBytes }),
        },
        signal,
      ),
  };
}

/** The hardware that the study names, or what this host's KVM allows. */
async function decideHardware(
  study: Study,
  host: Machine,
  files: ProbeFiles,
  signal: AbortSignal,
): Promise<Result<ChosenHardware>> {
  if (study.hardware === "emulated") return ok({ hardware: "emulated", why: "as the study says" });
  const kvm = await tryKvm(study.levels, host, files, signal);
  signal.throwIfAborted();
  if (study.hardware === "real" && kvm.obstacles.length > 0) return failed(...kvm.obstacles);
  return ok(hardwareFor(kvm));
}

async function topologyOf(host: Machine, signal: AbortSignal): Promise<Topology> {
  const answer = await host.run({ argv: ["sh", "-c", TOPOLOGY_SCRIPT], timeoutSeconds: 30 }, signal);
  signal.throwIfAborted();
  return parseTopology(answer.stdout);
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
