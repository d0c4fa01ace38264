import type { Architecture } from "../../core/base/architecture.ts";
import { mebibytes } from "../../core/base/units.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import type { MachineDesign } from "../../core/study/settings/setting.ts";

/** The files and devices of a guest, by their names on its parent. */
export interface GuestFiles {
  readonly kernel: string;
  readonly initrd: string;
  readonly rootDisk: string;
  /** Absent where no workload needs a data set. */
  readonly dataDisk?: string;
  readonly scratchDisk: string;
  readonly consoleLog: string;
}

/** A machine that boots Xen, with its Linux as domain 0. */
export interface XenHost {
  readonly domain0Bytes: number;
  /** Whether QEMU's TCG is somewhere below, which needs two things done otherwise. */
  readonly emulated: boolean;
}

export interface GuestSpec {
  /** Absent for x86_64. */
  readonly architecture?: Architecture;
  /** The emulator's program; absent for the one on the PATH. */
  readonly program?: string;
  readonly level: number;
  readonly size: Size;
  readonly files: GuestFiles;
  readonly scratchCache: "none" | "writeback";
  /** Over-committed memory is taken page by page, and may be more than the parent has. */
  readonly memory?: "over-committed";
  /** Where the parent keeps the hypervisor's number, if its vCPUs are to be pinned. */
  readonly pidFile?: string;
  /** Its seconds, or those of the computer below it, are instructions. */
  readonly counted?: true;
  /** The name of the emulator's monitor in the kernel's abstract namespace of sockets; absent where nobody asks it. */
  readonly monitor?: string;
  /** A scratch disk in the machine's own memory, in place of the file. */
  readonly memoryDisk?: { readonly sizeBytes: number; readonly latencySeconds: number };
  /** The usual design where it is absent. */
  readonly design?: MachineDesign;
  /** Absent where Linux itself is booted. */
  readonly xen?: XenHost;
  /** The authorized_keys line of the session's key. */
  readonly publicKey: string;
}

/** The disks of every guest, in the order in which its kernel names them. */
export const GUEST_DISKS = { rootDisk: "/dev/vda", scratchDisk: "/dev/vdb", dataDisk: "/dev/vdc" } as const;

/** The image's own kernel and initrd, as every level names them. */
export const GUEST_KERNEL = { kernel: "/usr/lib/dvirt/vmlinux", initrd: "/usr/lib/dvirt/initrd" } as const;

/** What a parent with these disks has for its guest. */
export function filesOnParent(
  level: number,
  { dataDisk, ...disks }: Readonly<Record<keyof typeof GUEST_DISKS, string>>,
  { dataDisk: onHost }: GuestFiles,
): GuestFiles {
  const consoleLog = `/run/dvirt/L${level}.console`;
  return { ...GUEST_KERNEL, ...disks, ...(onHost === undefined ? {} : { dataDisk }), consoleLog };
}

/** Xen as QEMU loads it, where the image has it. */
export const XEN_KERNEL = "/usr/lib/dvirt/xen";

/** Huge pages of the machine below, as many as the guest has memory for: from a file without a name. */
export function hugePagesOf({ size, design }: Pick<GuestSpec, "size" | "design">): number {
  return design?.memory === "huge-pages" ? Math.floor(mebibytes(size.memoryBytes) / 2) : 0;
}

/** QEMU's flags for where a guest's memory comes from. */
export function memoryFlags(spec: GuestSpec): readonly string[] {
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

/** The board's flag; it names the object `ram` where that makes the guest's memory. */
export function backedBy(board: string, { design, memory }: Pick<GuestSpec, "design" | "memory">): string {
  const own = design?.memory !== "huge-pages" && memory !== "over-committed";
  return own ? board : `${board},memory-backend=ram`;
}
