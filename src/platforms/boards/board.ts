import type { GuestSpec } from "../guest-spec.ts";

/** What of QEMU's command line depends on the architecture. */
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

/** QEMU's emulation, with room in MiB for what it has translated; a guest's comes out of its parent's reserve. */
export function tcg(level: number): string {
  return `tcg,thread=multi,tb-size=${level === 0 ? 1024 : 128}`;
}
