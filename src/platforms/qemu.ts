import type { Size } from "../core/resources-policy.ts";
import { type MachineDesign, USUAL_DESIGN } from "../core/settings/setting.ts";
import { mebibytes } from "../core/units.ts";
import { pinnableFlags } from "./pinning.ts";

/** What a guest needs, as its parent names it. */
export interface GuestFiles {
  readonly kernel: string;
  readonly initrd: string;
  readonly rootDisk: string;
  /** Absent where no workload needs a data set. */
  readonly dataDisk?: string;
  readonly scratchDisk: string;
  readonly consoleLog: string;
}

export interface GuestSpec {
  readonly level: number;
  readonly size: Size;
  readonly files: GuestFiles;
  readonly scratchCache: "none" | "writeback";
  /** Over-committed memory is taken page by page, and may be more than the parent has. */
  readonly memory?: "over-committed";
  /** Where the parent keeps the hypervisor's number, if its vCPUs are to be pinned. */
  readonly pidFile?: string;
  /** As usual where it is absent. */
  readonly design?: MachineDesign;
  /** The authorized_keys line of the session's key. */
  readonly publicKey: string;
}

/** The disks of every guest, in the order in which its kernel names them. */
export const GUEST_DISKS = { rootDisk: "/dev/vda", scratchDisk: "/dev/vdb", dataDisk: "/dev/vdc" } as const;

/**
 * The emulated computer that L0 runs on: AMD SVM with nested paging, emulated by TCG.
 * Without erms and fsrm the kernel copies with plain loops, which TCG runs faster than string instructions.
 */
export function emulatedComputerArgv(spec: GuestSpec): readonly string[] {
  return [
    "qemu-system-x86_64",
    "-accel",
    "tcg,thread=multi,tb-size=1024",
    "-cpu",
    "max,-erms,-fsrm",
    "-M",
    "pc",
    ...machineFlags(spec),
    ...devices(spec, "pci"),
    "-append",
    kernelArguments(spec, []),
  ];
}

/** A KVM guest on any level. */
export function kvmGuestArgv(spec: GuestSpec): readonly string[] {
  const board = boardOf(spec.design ?? USUAL_DESIGN);
  return [
    "qemu-system-x86_64",
    ...kvmMachine(spec),
    ...memoryFlags(spec),
    ...machineFlags(spec),
    ...devices(spec, board === "pc" ? "pci" : "device"),
    "-append",
    kernelArguments(spec, ["cryptomgr.notests"]),
  ];
}

type Board = "microvm" | "pc";

/** microvm boots faster than a PCI machine, most of all when nested, and has no PCI bus. */
function boardOf({ disk, nic }: MachineDesign): Board {
  return disk === "ide" || nic === "e1000" ? "pc" : "microvm";
}

const BOARDS: Readonly<Record<Board, string>> = {
  microvm: "microvm,acpi=on,pic=off,pit=off,rtc=off,isa-serial=off",
  pc: "pc",
};

function kvmMachine(spec: Pick<GuestSpec, "design" | "memory">): readonly string[] {
  const design = spec.design ?? USUAL_DESIGN;
  const backed = design.memory === "huge-pages" || spec.memory === "over-committed";
  const machine = BOARDS[boardOf(design)];
  return ["-accel", "kvm", "-cpu", design.cpuModel, "-M", backed ? `${machine},memory-backend=ram` : machine];
}

/** Huge pages of the machine below, as many as the guest has memory for: from a file without a name. */
export function hugePagesOf({ size, design }: Pick<GuestSpec, "size" | "design">): number {
  return design?.memory === "huge-pages" ? Math.floor(mebibytes(size.memoryBytes) / 2) : 0;
}

function memoryFlags(spec: GuestSpec): readonly string[] {
  const pages = hugePagesOf(spec);
  if (pages > 0) {
    return [
      "-object",
      `memory-backend-memfd,id=ram,size=${2 * pages}M,hugetlb=on,hugetlbsize=2M,prealloc=on`,
    ];
  }
  if (spec.memory === undefined) return ["-mem-prealloc"];
  // Without `reserve=off` the parent's kernel may refuse to promise memory that it does not have.
  return [
    "-object",
    `memory-backend-ram,id=ram,size=${mebibytes(spec.size.memoryBytes)}M,prealloc=off,reserve=off`,
  ];
}

/** The smallest guest that proves that KVM runs a stock kernel: no disk, one line on its console. */
export function probeArgv(kernel: string, initrd: string): readonly string[] {
  return [
    "qemu-system-x86_64",
    ...kvmMachine({}), // what the probe proves is what the guests then use
    "-smp",
    "1",
    "-m",
    "256",
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-no-reboot",
    "-kernel",
    kernel,
    "-initrd",
    initrd,
    "-device",
    "virtio-serial-device",
    "-chardev",
    "stdio,id=console,signal=off",
    "-device",
    "virtconsole,chardev=console",
    "-append",
    `${COMMON_KERNEL_ARGUMENTS} dvirt.probe`,
  ];
}

export const PROBE_ANSWER = "dvirt-probe-ok";

function machineFlags({ size, files, pidFile, design }: GuestSpec): readonly string[] {
  const pages = hugePagesOf({ size, ...(design === undefined ? {} : { design }) });
  return [
    ...(pidFile === undefined ? [] : pinnableFlags(pidFile)),
    "-smp",
    String(size.cpus),
    "-m",
    String(pages === 0 ? mebibytes(size.memoryBytes) : 2 * pages),
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-no-reboot",
    "-kernel",
    files.kernel,
    "-initrd",
    files.initrd,
  ];
}

/** A disk that the guest may only read; an IDE disk is always writable, so writes go to a file that QEMU drops. */
const READ_ONLY = { virtio: "readonly=on", ide: "snapshot=on" } as const;

/** Where the disks sit on the two IDE channels, in the order of the virtio names that the initrd gives them. */
const IDE_PLACES = ["bus=ide.0,unit=0", "bus=ide.0,unit=1", "bus=ide.1,unit=0"] as const;

function disks(
  { files, scratchCache, design = USUAL_DESIGN }: GuestSpec,
  bus: "pci" | "device",
): readonly string[] {
  const unwritten = READ_ONLY[design.disk];
  const all: readonly (readonly [id: string, file: string, options: string])[] = [
    ["root", files.rootDisk, unwritten],
    ["scratch", files.scratchDisk, `cache=${design.scratchCache ?? scratchCache}`],
    ...(files.dataDisk === undefined ? [] : [["data", files.dataDisk, unwritten] as const]),
  ];
  return all.flatMap(([id, file, options], at) => [
    "-drive",
    `file=${file.replaceAll(",", ",,")},if=none,id=${id},format=raw,${options}`,
    "-device",
    design.disk === "ide" ? `ide-hd,drive=${id},${IDE_PLACES[at]}` : `virtio-blk-${bus},drive=${id}`,
  ]);
}

/** Cut off from everything: it is there for what an idle card costs. */
function network({ nic }: MachineDesign, bus: "pci" | "device"): readonly string[] {
  if (nic === "none") return [];
  const card = nic === "e1000" ? "e1000" : `virtio-net-${bus}`;
  return ["-netdev", "user,id=net,restrict=on", "-device", `${card},netdev=net`];
}

function devices(spec: GuestSpec, bus: "pci" | "device"): readonly string[] {
  const { files } = spec;
  return [
    ...disks(spec, bus),
    ...network(spec.design ?? USUAL_DESIGN, bus),
    "-device",
    `virtio-serial-${bus},max_ports=4`,
    "-chardev",
    `file,id=console,path=${files.consoleLog.replaceAll(",", ",,")}`,
    "-device",
    "virtconsole,chardev=console",
    // The control channel: this process's standard input and output are the guest's SSH connection.
    "-chardev",
    "stdio,id=control,signal=off",
    "-device",
    "virtserialport,chardev=control,name=dvirt.ssh",
  ];
}

/** cmos_init is left out because without an RTC it waits for one: 7 s at L1, minutes at L2. */
const COMMON_KERNEL_ARGUMENTS =
  "console=hvc0 quiet loglevel=3 panic=-1 reboot=t nokaslr tsc=reliable no_timer_check random.trust_cpu=on initcall_blacklist=cmos_init";

function kernelArguments(spec: GuestSpec, more: readonly string[]): string {
  const key = btoa(`${spec.publicKey}\n`);
  const design = spec.design ?? USUAL_DESIGN;
  const ide = design.disk === "ide" ? [`dvirt.ide=${spec.files.dataDisk === undefined ? 2 : 3}`] : [];
  return [
    COMMON_KERNEL_ARGUMENTS,
    ...more,
    ...ide,
    ...design.kernelArguments,
    `dvirt.level=${spec.level}`,
    `dvirt.key=${key}`,
  ].join(" ");
}
