import { mebibytes } from "../../core/base/units.ts";
import type { GuestFiles, GuestSpec } from "../steps/guest-spec.ts";

export interface MainframeSpec extends Pick<GuestSpec, "size" | "publicKey"> {
  /** What the emulated mainframe is started with, as this host names it. */
  readonly files: Omit<GuestFiles, "consoleLog">;
}

/**
 * A file in the mainframe's folder: its text or bytes, a copy of a file elsewhere, or a link to it. What is loaded is
 * copied, because Hercules loads nothing from outside the folder of its list.
 */
export type MainframeFile =
  | { readonly kind: "made"; readonly content: string | Uint8Array }
  | { readonly kind: "copy" | "link"; readonly of: string };

/** Where Hercules' own messages and the mainframe's console go. */
export const MAINFRAME_LOG = "console";

/** Where the control channel's two ends are: in a network that has no other members and is seen by nobody else. */
const ADDRESSES = { computer: "10.99.0.1", mainframe: "10.99.0.2" } as const;

const CONSOLE_DEVICE = "0009";
const NETWORK_DEVICE = "0600";

interface Disk {
  readonly device: string;
  /** Its name in the mainframe's folder, and the file of the host that it is. */
  readonly file: string;
  readonly of: string;
  /** The name for the mainframe's kernel: like the disk of a guest; `:ro` where it may only be read. */
  readonly name: string;
}

function disksOf({ rootDisk, scratchDisk, dataDisk }: MainframeSpec["files"]): readonly Disk[] {
  return [
    { device: "0120", file: "root.disk", of: rootDisk, name: "vda:ro" },
    { device: "0121", file: "scratch.disk", of: scratchDisk, name: "vdb" },
    ...(dataDisk === undefined ? [] : [{ device: "0122", file: "data.disk", of: dataDisk, name: "vdc:ro" }]),
  ];
}

/**
 * Everything that Hercules reads, by file name: it runs in a folder of its own, so that no path of the host
 * stands in it and none needs to be quoted.
 */
export function mainframeFiles(
  spec: MainframeSpec,
  initrdBytes: number,
): Readonly<Record<string, MainframeFile>> {
  const { files } = spec;
  return {
    "hercules.conf": made(configuration(spec)),
    "hercules.rc": made("ipl mainframe.ins\n"),
    "mainframe.ins": made(LOAD_LIST),
    "kernel-parameters": made(`${kernelParameters(spec)}\0`),
    "initrd-address": made(bigEndian(INITRD_ADDRESS)),
    "initrd-size": made(bigEndian(initrdBytes)),
    kernel: { kind: "copy", of: files.kernel },
    initrd: { kind: "copy", of: files.initrd },
    ...Object.fromEntries(disksOf(files).map(({ file, of }) => [file, { kind: "link", of }])),
  };
}

/**
 * A z10 (machine type 2097), the least that Debian's kernel asks for. Disks are of fixed blocks (FBA), which are plain
 * files; the network is a channel-to-channel adapter that ends in a TUN device.
 */
function configuration({ size, files }: MainframeSpec): string {
  return `ARCHMODE ESAME
CPUMODEL 2097
MAINSIZE ${mebibytes(size.memoryBytes)}
NUMCPU ${size.cpus}
MAXCPU ${size.cpus}
OSTAILOR QUIET
${CONSOLE_DEVICE} 3215-C / noprompt
${disksOf(files)
  .map(({ device, file }) => `${device} 3370 ${file}`)
  .join("\n")}
${NETWORK_DEVICE}.2 CTCI -n /dev/net/tun -t 1500 ${ADDRESSES.mainframe} ${ADDRESSES.computer}
`;
}

const INITRD_ADDRESS = 0x0200_0000;

/** What is loaded where before the first instruction; the fixed places are those of Linux's boot protocol on s390x. */
const LOAD_LIST = `* dvirt
kernel 0x00000000
initrd 0x${INITRD_ADDRESS.toString(16).padStart(8, "0")}
initrd-address 0x0001040c
initrd-size 0x00010414
kernel-parameters 0x00010480
`;

/** The 3215 console drops output that comes fast, so the kernel says little there. */
function kernelParameters({ publicKey, files }: MainframeSpec): string {
  return [
    `conmode=3215 condev=0x${CONSOLE_DEVICE}`,
    "quiet loglevel=3 panic=-1",
    `dvirt.dasd=${disksOf(files)
      .map(({ device, name }) => `${device}=${name}`)
      .join(",")}`,
    `dvirt.ctc=${NETWORK_DEVICE},${ADDRESSES.mainframe},${ADDRESSES.computer}`,
    "dvirt.level=0",
    `dvirt.key=${btoa(`${publicKey}\n`)}`,
  ].join(" ");
}

/**
 * Runs Hercules in the folder, in process and network namespaces of its own, and connects standard input and output
 * with the mainframe's SSH server: like a guest of QEMU, it is one process with one stream, and all of it, its network
 * included, goes with that process.
 */
export function mainframeArgv(folder: string): readonly string[] {
  return [
    "unshare",
    "--pid",
    "--net",
    "--fork",
    "--kill-child=KILL",
    "bash",
    "-c",
    KEEPER,
    "mainframe",
    folder,
    ADDRESSES.mainframe,
  ];
}

/** $1 folder, $2 the mainframe's address. Ends when Hercules, the mainframe or the connection has. */
const KEEPER = `
set -u
cd "$1" || exit 1
export HERCULES_RC=hercules.rc HERCULES_IFC=/usr/libexec/hercules/hercifc
hercules -d -f hercules.conf >${MAINFRAME_LOG} 2>&1 </dev/null &
emulator=$!
until grep -q '^dvirt: answers' ${MAINFRAME_LOG}; do
  kill -0 $emulator 2>/dev/null || exit 1
  # nothing to load, or the processor waits for ever
  ! grep -qE 'HHCSC003E|HHCCP011I' ${MAINFRAME_LOG} || exit 2
  sleep 0.2
done
exec 3<>/dev/tcp/$2/22 4<&0 || exit 3 # what runs in the background has no standard input of its own
cat <&3 &
cat >&3 <&4 &
wait -n
`;

function made(content: string | Uint8Array): MainframeFile {
  return { kind: "made", content };
}

function bigEndian(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word);
  return bytes;
}
