import type { Architecture } from "../core/architecture.ts";
import type { Size } from "../core/resources-policy.ts";
import type { MachineDesign } from "../core/settings/setting.ts";
import { mebibytes } from "../core/units.ts";

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

/** A machine that boots Xen, with its Linux as domain 0. */
export interface XenHost {
  readonly domain0Bytes: number;
  /** Whether QEMU's TCG is somewhere below, which needs two things done otherwise. */
  readonly emulated: boolean;
}

export interface GuestSpec {
  /** Absent for x86_64. */
  readonly architecture?: Architecture;
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
  /** Absent where Linux itself is booted. */
  readonly xen?: XenHost;
  /** The authorized_keys line of the session's key. */
  readonly publicKey: string;
}

/** The disks of every guest, in the order in which its kernel names them. */
export const GUEST_DISKS = { rootDisk: "/dev/vda", scratchDisk: "/dev/vdb", dataDisk: "/dev/vdc" } as const;

/** The image's own kernel and initrd, as every level names them. */
export const GUEST_KERNEL = { kernel: "/usr/lib/dvirt/vmlinux", initrd: "/usr/lib/dvirt/initrd" } as const;

/** Xen as QEMU loads it, where the image has it. */
export const XEN_KERNEL = "/usr/lib/dvirt/xen";

/** Huge pages of the machine below, as many as the guest has memory for: from a file without a name. */
export function hugePagesOf({ size, design }: Pick<GuestSpec, "size" | "design">): number {
  return design?.memory === "huge-pages" ? Math.floor(mebibytes(size.memoryBytes) / 2) : 0;
}

/** What QEMU is told of where a guest's memory comes from. */
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

/** The board's flag with its memory made by the object `ram`, where that is not QEMU's own affair. */
export function backedBy(board: string, { design, memory }: Pick<GuestSpec, "design" | "memory">): string {
  const own = design?.memory !== "huge-pages" && memory !== "over-committed";
  return own ? board : `${board},memory-backend=ram`;
}
