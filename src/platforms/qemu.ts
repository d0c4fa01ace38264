import type { Size } from "../core/resources-policy.ts";
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

/** A KVM guest on any level: microvm boots faster than a PCI machine, most of all when nested. */
export function kvmGuestArgv(spec: GuestSpec): readonly string[] {
  return [
    "qemu-system-x86_64",
    ...(spec.memory === undefined ? [...KVM_MACHINE, "-mem-prealloc"] : overCommittedMachine(spec.size)),
    ...machineFlags(spec),
    ...devices(spec, "device"),
    "-append",
    kernelArguments(spec, ["cryptomgr.notests"]),
  ];
}

/** What the probe proves is what the guests then use. */
const KVM_MACHINE = [
  "-accel",
  "kvm",
  "-cpu",
  "host",
  "-M",
  "microvm,acpi=on,pic=off,pit=off,rtc=off,isa-serial=off",
] as const;

/** Without `reserve=off` the parent's kernel may refuse to promise memory that it does not have. */
function overCommittedMachine({ memoryBytes }: Size): readonly string[] {
  const machine = KVM_MACHINE.map((word) =>
    word.startsWith("microvm,") ? `${word},memory-backend=ram` : word,
  );
  return [
    ...machine,
    "-object",
    `memory-backend-ram,id=ram,size=${mebibytes(memoryBytes)}M,prealloc=off,reserve=off`,
  ];
}

/** The smallest guest that proves that KVM runs a stock kernel: no disk, one line on its console. */
export function probeArgv(kernel: string, initrd: string): readonly string[] {
  return [
    "qemu-system-x86_64",
    ...KVM_MACHINE,
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

function machineFlags({ size, files, pidFile }: GuestSpec): readonly string[] {
  return [
    ...(pidFile === undefined ? [] : pinnableFlags(pidFile)),
    "-smp",
    String(size.cpus),
    "-m",
    String(mebibytes(size.memoryBytes)),
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

function devices(spec: GuestSpec, bus: "pci" | "device"): readonly string[] {
  const { files } = spec;
  const disk = (id: string, file: string, options: string) => [
    "-drive",
    `file=${file.replaceAll(",", ",,")},if=none,id=${id},format=raw,${options}`,
    "-device",
    `virtio-blk-${bus},drive=${id}`,
  ];
  return [
    ...disk("root", files.rootDisk, "readonly=on"),
    ...disk("scratch", files.scratchDisk, `cache=${spec.scratchCache}`),
    ...(files.dataDisk === undefined ? [] : disk("data", files.dataDisk, "readonly=on")),
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
  return [COMMON_KERNEL_ARGUMENTS, ...more, `dvirt.level=${spec.level}`, `dvirt.key=${key}`].join(" ");
}
