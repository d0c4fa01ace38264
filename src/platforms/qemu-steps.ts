import { dirname } from "node:path";
import { ensureFolder } from "../adapters/files.ts";
import { makeLevelGroup } from "../adapters/level-group.ts";
import { startTree, TREE_DISKS } from "../adapters/machine/tree.ts";
import type { Architecture } from "../core/architecture.ts";
import { CONFINED, confineCommand } from "../core/confinement.ts";
import { hostsKvm, hostsXen, hypervisorOf } from "../core/hypervisors.ts";
import { levelSizes, measuredSizes } from "../core/level-sizes.ts";
import type { Size } from "../core/resources-policy.ts";
import { designAt } from "../core/settings/condition.ts";
import type { Study } from "../core/study.ts";
import { chooseCpus, flatTopology } from "../core/topology.ts";
import type { WorkPlace } from "../core/workload.ts";
import { domain0Bytes } from "../core/xen.ts";
import type { LaunchPlan, PlatformStep } from "../lab/ports.ts";
import { designedStep } from "./designed-step.ts";
import { emulatedComputerStep } from "./emulated-computer.ts";
import { guestCpus } from "./first-cpu.ts";
import type { Given } from "./given.ts";
import { GUEST_DISKS, GUEST_KERNEL, type GuestSpec, hugePagesOf } from "./guest-spec.ts";
import type { HostLab } from "./host-lab.ts";
import { kvmStep } from "./kvm.ts";
import { xenStep } from "./xen.ts";

export interface StepsInput extends HostLab {
  readonly architecture: Architecture;
  readonly study: Study;
  /** Of the study's conditions; the first where there are some and none is named. */
  readonly condition: number | undefined;
  readonly hardware: "real" | "emulated";
  /** The computer below L0, where QEMU does not emulate it. */
  readonly computer?: {
    step(spec: GuestSpec, privateKey: string, given: Given): PlatformStep;
    /** How many times longer than QEMU's it may take for anything. */
    readonly patience: number;
  };
}

/**
 * The fold over machines that QEMU makes: L0 is this host or a computer that QEMU emulates, and everything deeper a
 * guest of KVM, or an emulated computer again where the study says so. Pure, so that a plan can print every argv before anything is there.
 */
export function qemuSteps(input: StepsInput): readonly PlatformStep[] {
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
      ...xenHost(input, sizes, level),
      ...memory,
      ...(pin || onCpus !== undefined ? { pidFile } : {}),
    } as const;
    const ofAll = flatTopology(sizes[level - 1]?.cpus ?? size.cpus).cpus.map(({ id }) => id);
    const below = onHost ? hostCpus : (onCpus ?? ofAll);
    const given = {
      measured: measured[level] ?? size,
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
      // Below L0 the scratch disk is a file of the host, whose page cache stands for the computer's disk.
      const spec = { ...guest, files, scratchCache: "writeback" } as const;
      const step = input.computer?.step ?? emulatedComputerStep;
      return designed(step(spec, input.privateKey, given));
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
    const spec = {
      ...guest,
      files: {
        ...GUEST_KERNEL,
        rootDisk: parentDisks.rootDisk,
        scratchDisk: parentDisks.scratchDisk,
        ...(withData ? { dataDisk: parentDisks.dataDisk } : {}),
        consoleLog: `/run/dvirt/L${level}.console`,
      },
    };
    return designed(guestStep(input, spec, given));
  });
}

function guestStep({ study, computer, privateKey }: StepsInput, spec: GuestSpec, given: Given): PlatformStep {
  switch (hypervisorOf(study, spec.level)) {
    case "kvm": {
      const patience = computer === undefined ? {} : { patience: computer.patience };
      return kvmStep({ ...spec, hosts: hostsKvm(study, spec.level), ...patience }, privateKey, given);
    }
    case "tcg":
      return emulatedComputerStep(spec, privateKey, given);
    case "xen":
      return xenStep(spec, privateKey, given);
  }
}

/** What the machine of a level that boots Xen is told of it. */
function xenHost(
  { study, hardware }: StepsInput,
  sizes: readonly Size[],
  level: number,
): Pick<GuestSpec, "xen"> {
  const [own, guest] = [sizes[level], sizes[level + 1]];
  if (!hostsXen(study, level) || own === undefined || guest === undefined) return {};
  const bytes = domain0Bytes(own.memoryBytes, guest.memoryBytes);
  return { xen: { domain0Bytes: bytes, emulated: hardware === "emulated" } };
}

/** What workloads find at a level. */
export function workPlace(hardware: "real" | "emulated", level: number): WorkPlace {
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
