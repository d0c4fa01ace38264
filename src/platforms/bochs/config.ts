import { mebibytes } from "../../core/base/units.ts";
import type { GuestFiles } from "../steps/guest-spec.ts";

/** What one start of Bochs is made of. */
export interface BochsSpec {
  readonly memoryBytes: number;
  readonly files: Pick<GuestFiles, "rootDisk" | "scratchDisk" | "dataDisk" | "consoleLog">;
  /** The folder for what Bochs writes. */
  readonly folder: string;
  /** The disc that it boots. */
  readonly bootDisc: string;
  /** The port of this host's loopback interface that its first serial line connects to. */
  readonly port: number;
}

/**
 * Instructions that Bochs calls a second. It decides what the guest sees of time beside its own work: how often its
 * timer ticks and how long 10 KB take on a serial line. 200 million, as a kernel does at 250 ticks a second in 0.8
 * million instructions each.
 */
const INSTRUCTIONS_PER_SECOND = 200_000_000;

/** When every such computer was switched on, by its own clock: 2014-01-01, so that runs can be repeated. */
const SWITCHED_ON_SECONDS = 1_388_534_400;

/**
 * Bochs' configuration of a Lynnfield, the core of the Xeon X3440 in the study of 2014. Disks that nobody may write to
 * are `volatile`: what is written ends in a file that Bochs drops.
 */
export function bochsConfig({ memoryBytes, files, folder, bootDisc, port }: BochsSpec): string {
  const memory = mebibytes(memoryBytes);
  const kept = (name: string) => `mode=volatile, journal="${folder}/${name}.journal"`;
  return [
    "display_library: term", // its picture goes to its output; the others need a screen or open a port to everybody
    "sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
    `memory: guest=${memory}, host=${memory}`,
    `romimage: file="${BIOS}"`,
    `vgaromimage: file="${VGA_BIOS}"`,
    `cpu: model=corei5_lynnfield_750, count=1, ips=${INSTRUCTIONS_PER_SECOND}, reset_on_triple_fault=0, ignore_bad_msrs=1`,
    "boot: cdrom",
    "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14",
    "ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15",
    `ata0-master: type=disk, path="${files.rootDisk}", ${kept("root")}`,
    `ata0-slave: type=disk, path="${files.scratchDisk}", mode=flat`,
    ...(files.dataDisk === undefined
      ? []
      : [`ata1-master: type=disk, path="${files.dataDisk}", ${kept("data")}`]),
    `ata1-slave: type=cdrom, path="${bootDisc}", status=inserted`,
    `com1: enabled=1, mode=socket-client, dev="127.0.0.1:${port}"`,
    `com2: enabled=1, mode=file, dev="${files.consoleLog}"`,
    `clock: sync=none, time0=${SWITCHED_ON_SECONDS}`,
    `log: "${folder}/bochs.log"`,
    "panic: action=fatal",
    "error: action=ignore", // it takes each exit for an EPT violation for one, and writes a line
    "",
  ].join("\n");
}

/** The boot loader's own configuration: it starts the kernel at once. */
export function bootConfig(kernelArguments: string): string {
  return `DEFAULT dvirt\nPROMPT 0\nLABEL dvirt\n  LINUX /vmlinuz\n  INITRD /initrd\n  APPEND ${kernelArguments}\n`;
}

/** Makes the disc with the boot loader, its configuration, the kernel and the initrd. */
export function bootDiscArgv(disc: string, files: Readonly<Record<"config" | "kernel" | "initrd", string>>) {
  return [
    "xorriso",
    "-as",
    "mkisofs",
    "-quiet",
    "-o",
    disc,
    "-b",
    "isolinux.bin",
    "-c",
    "boot.cat",
    "-no-emul-boot",
    "-boot-load-size",
    "4",
    "-boot-info-table",
    "-graft-points",
    `isolinux.bin=${ISOLINUX}`,
    `ldlinux.c32=${LDLINUX}`,
    `isolinux.cfg=${files.config}`,
    `vmlinuz=${files.kernel}`,
    `initrd=${files.initrd}`,
  ] as const;
}

/** Where Debian's bochsbios, vgabios and bochs-term keep what Bochs loads. */
export const BIOS = "/usr/share/bochs/BIOS-bochs-latest";
export const VGA_BIOS = "/usr/share/vgabios/vgabios.bin";
export const TERMINAL_PLUGIN = "/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so";

/** Where Debian's isolinux and syslinux-common keep the boot loader. */
export const ISOLINUX = "/usr/lib/ISOLINUX/isolinux.bin";
export const LDLINUX = "/usr/lib/syslinux/modules/bios/ldlinux.c32";
