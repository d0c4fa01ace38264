import { USUAL_DESIGN } from "../../../core/study/settings/setting.ts";
import { backedBy, type GuestSpec, memoryFlags } from "../../steps/guest-spec.ts";

/** The part of QEMU's command line that depends on the architecture. */
export interface Board {
  readonly program: string;
  /** Accelerator, processor, board, and memory where it is not QEMU's own affair. */
  readonly machine: readonly string[];
  /** How virtio devices are attached, as their names in QEMU end. */
  readonly bus: "pci" | "device" | "ccw";
  /** Whether the kernel finds disks in the order in which QEMU is told of them, so that their letters say which is which. */
  readonly found: "in order" | "in any order";
  readonly kernelArguments: readonly string[];
}

/** The boards of one architecture: add a file for another, and a line in index.ts. */
export interface Boards {
  /** Without KVM, all of it made by QEMU's TCG: what L0 runs on, or a guest that needs nothing of its parent. */
  emulated(spec: GuestSpec): Board;
  /** Under KVM; absent where the emulated computer has no virtualization extensions, so that nothing is known of it. */
  readonly kvm?: (spec: GuestSpec) => Board;
}

/** For every kernel: its console is virtio's, and it ends instead of waiting for somebody. */
export const COMMON_KERNEL_ARGUMENTS: readonly string[] = ["console=hvc0", "quiet", "loglevel=3", "panic=-1"];

/**
 * QEMU's emulation, with room in MiB for what it has translated; a guest's comes out of its parent's reserve.
 * In counted time an instruction of the bottom takes one nanosecond, and a computer that waits goes to its next timer at once.
 */
export function tcg({ level, counted }: Pick<GuestSpec, "level" | "counted">): readonly string[] {
  if (level > 0) return ["-accel", "tcg,thread=multi,tb-size=128"];
  if (counted === undefined) return ["-accel", "tcg,thread=multi,tb-size=1024"];
  return ["-accel", "tcg,thread=single,tb-size=1024", "-icount", "shift=0,sleep=off"];
}

/** How the kernel finds disks: in counted time one of the bottom's is missing, so letters do not say which is which. */
export function foundIn(
  order: Board["found"],
  { memoryDisk }: Pick<GuestSpec, "memoryDisk">,
): Board["found"] {
  return memoryDisk === undefined ? order : "in any order";
}

/** A guest of KVM on such a board, with the processor that its level's settings say. */
export function underKvm(
  board: string,
  spec: Pick<GuestSpec, "design" | "memory">,
  flags: readonly string[] = [],
): readonly string[] {
  const { cpuModel } = spec.design ?? USUAL_DESIGN;
  return ["-accel", "kvm", "-cpu", [cpuModel, ...flags].join(","), "-M", backedBy(board, spec)];
}

/** The two machines of an architecture whose kernel finds everything on one bus, on one kind of board. */
export function boardsOf({ program, bus, emulated, kvm }: OneBoard): Boards {
  const kernelArguments = [...COMMON_KERNEL_ARGUMENTS, "nokaslr"];
  const common = { program, bus, found: "in any order" } as const;
  return {
    emulated: (spec) => ({
      ...common,
      machine: [...tcg(spec), "-cpu", emulated.processor, "-M", emulated.board],
      kernelArguments,
    }),
    kvm: (spec) => ({
      ...common,
      machine: [...underKvm(kvm.board, spec), ...memoryFlags(spec)],
      kernelArguments: [...kernelArguments, ...(kvm.kernelArguments ?? []), "cryptomgr.notests"],
    }),
  };
}

interface OneBoard extends Pick<Board, "program" | "bus"> {
  readonly emulated: { readonly processor: string; readonly board: string };
  readonly kvm: { readonly board: string; readonly kernelArguments?: readonly string[] };
}
