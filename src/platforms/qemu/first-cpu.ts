import type { Architecture } from "../../core/base/architecture.ts";
import { hypervisorOf } from "../../core/study/hypervisors.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import type { MadeStack } from "../made-platform.ts";

/**
 * Where QEMU's TCG emulates the machine below, guests of KVM are kept off its first CPU. TCG has whether nested
 * paging is on and whether interrupts are let in as bits of one word for each CPU, and any CPU that restores
 * floating-point state rewrites that word of the first one, unlocked, to clear a bit for MS-DOS (cpu_clear_ignne in
 * target/i386; 7.2 and 10.0 looked at). What falls into the first CPU's way into a guest or out of it is undone, and
 * the computer hangs or ends with a triple fault. With one CPU nobody else is there to write.
 */
export function guestCpus(
  { study, architecture, ground: { hardware } }: FirstCpuInput,
  sizes: readonly Size[],
  level: number,
): readonly number[] | undefined {
  const [below, own] = [sizes[level - 1], sizes[level]];
  if (architecture !== "x86_64" || below === undefined || own === undefined) return undefined;
  const emulatedBelow = level === 1 ? hardware === "emulated" : hypervisorOf(study, level - 1) === "tcg";
  if (!emulatedBelow || hypervisorOf(study, level) !== "kvm") return undefined;
  // Where the policy leaves none over, all are needed.
  if (below.cpus <= own.cpus) return undefined;
  return Array.from({ length: below.cpus - 1 }, (_, index) => index + 1);
}

/** Emulated hardware is QEMU's. */
type FirstCpuInput = Pick<MadeStack, "study" | "ground"> & { readonly architecture: Architecture };
