import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { ensureFolder } from "../../adapters/files.ts";
import { makeLevelGroup } from "../../adapters/level-group.ts";
import { startTree, TREE_DISKS } from "../../adapters/machine/tree.ts";
import type { Architecture } from "../../core/base/architecture.ts";
import { optional } from "../../core/base/optional.ts";
import type { Problem } from "../../core/base/problem.ts";
import { confineCommand } from "../../core/machine/confinement.ts";
import { chooseCpus, flatTopology } from "../../core/machine/topology.ts";
import { DEFAULT_LATENCY_SECONDS } from "../../core/study/clock.ts";
import { hostsKvm, hostsXen, hypervisorOf } from "../../core/study/hypervisors.ts";
import { levelSizes, measuredSizes } from "../../core/study/level-sizes.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import { designAt } from "../../core/study/settings/condition.ts";
import { domain0Bytes } from "../../core/study/xen.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import type { MadeStack } from "../made-platform.ts";
import { EMULATED_TWICE_PACE, PACE, XEN_PACE } from "../pace.ts";
import { designedStep } from "../steps/designed-step.ts";
import type { Given } from "../steps/given.ts";
import {
  filesOnParent,
  GUEST_DISKS,
  type GuestFiles,
  type GuestSpec,
  hugePagesOf,
} from "../steps/guest-spec.ts";
import { hypervisorStep } from "../steps/hypervisor-step.ts";
import { guestCpus } from "./first-cpu.ts";
import { kvmStep } from "./kvm.ts";
import { emulatedComputerArgv } from "./qemu.ts";
import { standstill } from "./standstill.ts";
import { xenStep } from "./xen.ts";

export interface StepsInput extends MadeStack {
  readonly architecture: Architecture;
  /** The computer below L0, where QEMU does not emulate it. */
  readonly computer?: {
    step(spec: GuestSpec, privateKey: string, given: Given): PlatformStep;
    readonly pace: number;
  };
}

/**
 * The fold over machines that QEMU makes: L0 is this host or a computer that QEMU emulates, and everything deeper a
 * guest of KVM, or an emulated computer again where the study says so. Pure, so that a plan can print every argv before anything is there.
 */
export function qemuSteps(input: StepsInput): readonly PlatformStep[] {
  const { study, files } = input;
  const { hardware } = input.ground;
  const sizes = levelSizes(study, input.hostCpus);
  const measured = measuredSizes(study, input.hostCpus);
  const { cpus: hostCpus } = chooseCpus(input.topology, sizes[0]?.cpus ?? 1);
  const memory: Pick<GuestSpec, "memory"> =
    study.resources.policy === "over-committed" ? { memory: "over-committed" } : {};
  const paces = pacesOf(input);
  const counted = input.computer === undefined && input.ground.timing === "counted";
  return sizes.map((size, level): PlatformStep => {
    const onHost = level === 0 || (level === 1 && hardware === "real");
    const pidFile = level === 0 ? `${dirname(files.consoleLog)}/L0.pid` : `/run/dvirt/L${level}.pid`;
    const onCpus = input.computer === undefined ? guestCpus(input, sizes, level) : undefined;
    const pin = study.resources.pin === true;
    const design = designAt(study, level, input.condition);
    const guest = {
      architecture: input.architecture,
      level,
      size,
      publicKey: input.publicKey,
      scratchCache: study.scratch.cache,
      design,
      ...(counted ? { counted } : {}),
      ...xenHost(input, sizes, level),
      ...memory,
      ...(pin || onCpus !== undefined ? { pidFile } : {}),
    } as const;
    const ofAll = flatTopology(sizes[level - 1]?.cpus ?? size.cpus).cpus.map(({ id }) => id);
    const below = onHost ? hostCpus : (onCpus ?? ofAll);
    const given = {
      measured: measured[level] ?? size,
      pace: paces[level] ?? 1,
      ...(pin ? { pinnedTo: below.slice(0, size.cpus) } : {}),
      ...(onCpus === undefined ? {} : { keptOn: { cpus: onCpus, ofAll } }),
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
      const step = input.computer?.step ?? emulatedComputerStep;
      return designed(step(bottomSpec(input, guest), input.privateKey, given));
    }
    if (level === 0) return designed(treeStep(input, size, given));
    const onGuest = filesOnParent(level, onHost ? TREE_DISKS : GUEST_DISKS, files);
    return designed(guestStep(input, { ...guest, files: onGuest }, given));
  });
}

/**
 * The emulated computer below all. Its scratch disk is a file of the host, whose page cache stands for the computer's
 * disk; or, in counted time, memory of the computer itself, because nothing there may wait for the host.
 */
function bottomSpec(
  { study, ground, files, program }: StepsInput,
  above: Omit<GuestSpec, "files">,
): GuestSpec {
  const { memoryDiskBytes } = ground;
  const guest = { ...above, ...optional({ program }) };
  if (memoryDiskBytes === 0) return { ...guest, files, scratchCache: "writeback" };
  const { latencySeconds = DEFAULT_LATENCY_SECONDS } = study.scratch;
  return {
    ...guest,
    files,
    size: { ...guest.size, memoryBytes: guest.size.memoryBytes + memoryDiskBytes },
    monitor: monitorOf(files),
    memoryDisk: { sizeBytes: memoryDiskBytes, latencySeconds },
  };
}

/** The longest name of an abstract socket. */
const SOCKET_NAME_LENGTH = 107;

/**
 * Each stack of this host has a monitor of its own. The name is as long as can be: Node 20 fills a shorter one up with
 * zeros, as QEMU does not, and neither would meet the other.
 */
function monitorOf({ consoleLog }: GuestFiles): string {
  const own = createHash("sha256").update(consoleLog).digest("hex");
  return `dvirt-monitor-${own}-`.padEnd(SOCKET_NAME_LENGTH, "-");
}

/** How fast each level is, L0 first. */
function pacesOf({ study, ground: { hardware, timing }, computer }: StepsInput): readonly number[] {
  const byQemu = timing === "counted" ? PACE.counted : PACE.qemu;
  const paces = [hardware === "real" ? PACE.real : (computer?.pace ?? byQemu)];
  let emulated = hardware === "emulated";
  for (let level = 1; level <= study.levels; level++) {
    const below = paces[level - 1] ?? PACE.qemu;
    switch (hypervisorOf(study, level)) {
      case "kvm":
        paces.push(below);
        break;
      case "tcg":
        paces.push(emulated ? below * EMULATED_TWICE_PACE : PACE.qemu);
        emulated = true;
        break;
      case "xen":
        paces.push(below * XEN_PACE);
        break;
    }
  }
  return paces;
}

function guestStep({ study, privateKey }: StepsInput, spec: GuestSpec, given: Given): PlatformStep {
  switch (hypervisorOf(study, spec.level)) {
    case "kvm":
      return kvmStep({ ...spec, hosts: hostsKvm(study, spec.level) }, privateKey, given);
    case "tcg":
      return emulatedComputerStep(spec, privateKey, given);
    case "xen":
      return xenStep(spec, privateKey, given);
  }
}

/** A computer that QEMU emulates with its virtualization extensions: L0, or a guest on a machine without any. */
export function emulatedComputerStep(spec: GuestSpec, privateKey: string, given: Given): PlatformStep {
  const argv = emulatedComputerArgv(spec);
  const { monitor } = spec;
  const hangs = monitor === undefined ? undefined : (ended: Promise<unknown>) => standstill(monitor, ended);
  // Whatever runs QEMU can emulate.
  const hypervisor = { driver: "qemu-tcg", argv, check: undefined, ...optional({ hangs }) } as const;
  return hypervisorStep(spec, hypervisor, privateKey, given);
}

/** What the machine of a level that boots Xen is told of it. */
function xenHost(
  { study, ground: { hardware } }: StepsInput,
  sizes: readonly Size[],
  level: number,
): Pick<GuestSpec, "xen"> {
  const [own, guest] = [sizes[level], sizes[level + 1]];
  if (!hostsXen(study, level) || own === undefined || guest === undefined) return {};
  const bytes = domain0Bytes(own.memoryBytes, guest.memoryBytes);
  return { xen: { domain0Bytes: bytes, emulated: hardware === "emulated" } };
}

/** L0 on real hardware: the image's tree in a control group of L0's size, near together on the host. */
function treeStep({ files, mountPoint, topology }: StepsInput, size: Size, given: Given): PlatformStep {
  const { measured, pace } = given;
  const { cpus, memoryNodes } = chooseCpus(topology, size.cpus);
  const own = { cpus: cpus.slice(0, measured.cpus), memoryNodes, memoryBytes: measured.memoryBytes };
  return {
    level: 0,
    driver: "host-tree",
    launch: { argv: ["unshare", "--mount", "--pid", "…", files.rootDisk], ...size, measured, pace },
    confine: confineCommand(own),
    check: async () => (process.getuid?.() === 0 ? [] : [NOT_ROOT]),
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

const NOT_ROOT: Problem = {
  code: "not-root",
  at: "L0",
  what: "measuring on real hardware mounts the image and a scratch disk on this host, which needs root",
  hint: "sudo dvirt run, or dvirt run --hardware emulated",
};
