import { mebibytes } from "../../core/base/units.ts";
import { type MachineDesign, USUAL_DESIGN } from "../../core/study/settings/setting.ts";
import { type GuestSpec, hugePagesOf, XEN_KERNEL, type XenHost } from "../steps/guest-spec.ts";
import { pinnableFlags } from "../steps/pinning.ts";
import type { Board } from "./boards/board.ts";
import { boards } from "./boards/index.ts";
import { kvmBoard } from "./boards/x86-64.ts";

/** A computer that QEMU makes without KVM. */
export function emulatedComputerArgv(spec: GuestSpec): readonly string[] {
  return guestArgv(boards[spec.architecture ?? "x86_64"].emulated(spec), spec);
}

/** A KVM guest on any level. */
export function kvmGuestArgv(spec: GuestSpec): readonly string[] {
  const architecture = spec.architecture ?? "x86_64";
  const { kvm } = boards[architecture];
  if (kvm === undefined) throw new Error(`nothing is known of KVM on ${architecture}`);
  return guestArgv(kvm(spec), spec);
}

function guestArgv(board: Board, spec: GuestSpec): readonly string[] {
  const boot = bootFlags(
    spec,
    kernelArguments(spec, [...board.kernelArguments, ...namesOfDisks(spec, board)]),
  );
  return [
    board.program,
    ...board.machine,
    ...machineFlags(spec),
    ...monitorFlags(spec),
    ...boot.files,
    ...devices(spec, board),
    "-append",
    boot.append,
  ];
}

/** What is booted: Linux, or Xen with Linux and its initrd as the modules that it is loaded with. */
function bootFlags({ files, xen, size }: GuestSpec, linux: string) {
  if (xen === undefined) {
    return { files: ["-kernel", files.kernel, "-initrd", files.initrd], append: linux };
  }
  const modules = [`${files.kernel} ${linux}`, files.initrd].map(escaped).join(",");
  return { files: ["-kernel", XEN_KERNEL, "-initrd", modules], append: xenArguments(xen, size.cpus) };
}

/** What Xen is told: the memory and CPUs of its domain 0, and where its console is. */
function xenArguments({ domain0Bytes, emulated }: XenHost, cpus: number): string {
  const memory = mebibytes(domain0Bytes);
  return [
    `dom0_mem=${memory}M,max:${memory}M`,
    `dom0_max_vcpus=${cpus}`,
    "com1=115200,8n1",
    "console=com1",
    "loglvl=warning",
    "guest_loglvl=warning",
    // QEMU's TCG reads the stack of IRET as the supervisor even in ring 3, where domain 0's kernel runs, and faults; and
    // with XSAVE processes died and streams broke in every stack that was seen.
    ...(emulated ? ["smap=0", "xsave=0"] : []),
  ].join(" ");
}

/** A name in a list of QEMU's, whose commas are doubled. */
function escaped(text: string): string {
  return text.replaceAll(",", ",,");
}

/** The smallest guest that proves that KVM runs a stock kernel: no disk, one line on its console. */
export function probeArgv(kernel: string, initrd: string): readonly string[] {
  const board = kvmBoard({});
  return [
    board.program,
    ...board.machine,
    ...bareMachine(1, 256),
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
    [...board.kernelArguments, "dvirt.probe"].join(" "),
  ];
}

export const PROBE_ANSWER = "dvirt-probe-ok";

function monitorFlags({ monitor }: GuestSpec): readonly string[] {
  return monitor === undefined ? [] : ["-qmp", `unix:${monitor},abstract=on,server=on,wait=off`];
}

function machineFlags({ size, pidFile, design }: GuestSpec): readonly string[] {
  const pages = hugePagesOf({ size, ...(design === undefined ? {} : { design }) });
  return [
    ...(pidFile === undefined ? [] : pinnableFlags(pidFile)),
    ...bareMachine(size.cpus, pages === 0 ? mebibytes(size.memoryBytes) : 2 * pages),
  ];
}

/** CPUs and MiB, and nothing that is not named. */
function bareMachine(cpus: number, memory: number): readonly string[] {
  const nothingMore = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"];
  return ["-smp", String(cpus), "-m", String(memory), ...nothingMore];
}

/** A disk that the guest may only read; an IDE disk is always writable, so writes go to a file that QEMU drops. */
const READ_ONLY = { virtio: "readonly=on", ide: "snapshot=on" } as const;

/** Where the disks sit on the two IDE channels, by which the initrd gives them their virtio names. */
const IDE_PLACES = {
  root: "bus=ide.0,unit=0",
  scratch: "bus=ide.0,unit=1",
  data: "bus=ide.1,unit=0",
} as const;

/** What each disk is called in the guest. */
const DISK_NAMES = { root: "vda", scratch: "vdb", data: "vdc" } as const;

function disks(
  { files, scratchCache, memoryDisk, design = USUAL_DESIGN }: GuestSpec,
  { bus, found }: Board,
): readonly string[] {
  const unwritten = READ_ONLY[design.disk];
  const { scratchDisk, dataDisk } = files;
  const all: readonly (readonly [id: keyof typeof DISK_NAMES, file: string, options: string])[] = [
    ["root", files.rootDisk, unwritten],
    ...(memoryDisk === undefined
      ? [["scratch", scratchDisk, `cache=${design.scratchCache ?? scratchCache}`] as const]
      : []),
    ...(dataDisk === undefined ? [] : [["data", dataDisk, unwritten] as const]),
  ];
  const device = (id: keyof typeof DISK_NAMES) => {
    if (design.disk === "ide") return `ide-hd,drive=${id},${IDE_PLACES[id]}`;
    return `virtio-blk-${bus},drive=${id}${found === "in order" ? "" : `,serial=${DISK_NAMES[id]}`}`;
  };
  return all.flatMap(([id, file, options]) => [
    "-drive",
    `file=${escaped(file)},if=none,id=${id},format=raw,${options}`,
    "-device",
    device(id),
  ]);
}

/** Cut off from everything: it is there for what an idle card costs. */
function network({ nic }: MachineDesign, bus: Board["bus"]): readonly string[] {
  if (nic === "none") return [];
  const card = nic === "e1000" ? "e1000" : `virtio-net-${bus}`;
  return ["-netdev", "user,id=net,restrict=on", "-device", `${card},netdev=net`];
}

function devices(spec: GuestSpec, board: Board): readonly string[] {
  const { files } = spec;
  const { bus } = board;
  return [
    ...disks(spec, board),
    ...network(spec.design ?? USUAL_DESIGN, bus),
    "-device",
    `virtio-serial-${bus},max_ports=4`,
    "-chardev",
    `file,id=console,path=${escaped(files.consoleLog)}`,
    // Xen keeps the console for itself and its domain 0, and knows a serial line only.
    ...(spec.xen === undefined ? ["-device", "virtconsole,chardev=console"] : ["-serial", "chardev:console"]),
    // The control channel: this process's standard input and output are the guest's SSH connection.
    "-chardev",
    "stdio,id=control,signal=off",
    "-device",
    "virtserialport,chardev=control,name=dvirt.ssh",
  ];
}

/** One line: what the machine needs, what its design wants, and what the image's first process is to know. */
export function kernelArguments(spec: GuestSpec, ofBoard: readonly string[]): string {
  const key = btoa(`${spec.publicKey}\n`);
  const design = spec.design ?? USUAL_DESIGN;
  const ide = design.disk === "ide" ? [`dvirt.ide=${diskCount(spec)}`] : [];
  return [
    ...ofBoard,
    ...ide,
    ...(spec.xen === undefined ? [] : ["dvirt.xen=host"]),
    ...diskInMemory(spec),
    ...design.kernelArguments,
    `dvirt.level=${spec.level}`,
    `dvirt.key=${key}`,
  ].join(" ");
}

/** What the image's first process makes of the machine's own memory. */
function diskInMemory({ memoryDisk: disk }: GuestSpec): readonly string[] {
  if (disk === undefined) return [];
  const size = mebibytes(disk.sizeBytes);
  return [`dvirt.memory-disk=${DISK_NAMES.scratch},${size},${Math.round(disk.latencySeconds * 1e9)}`];
}

/** How many disks the initrd has to wait for and to name, where the kernel's own letters do not say which is which. */
function namesOfDisks(spec: GuestSpec, { found }: Board): readonly string[] {
  return found === "in order" ? [] : [`dvirt.virtio=${diskCount(spec)}`];
}

function diskCount({ files, memoryDisk }: GuestSpec): number {
  return 1 + (memoryDisk === undefined ? 1 : 0) + (files.dataDisk === undefined ? 0 : 1);
}
