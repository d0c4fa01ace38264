import type { Problem } from "./problem.ts";
import type { Size, Study } from "./study.ts";
import { formatBytes } from "./units.ts";

/**
 * What each level gets, L0 first. `reserved`: the deepest level gets the study's guest, and every level
 * above it that much more as it keeps back for itself; CPUs never exceed what the machine below has.
 */
export function levelSizes(study: Study, hostCpus: number): readonly Size[] {
  const { guest, reserve } = study.resources;
  return Array.from({ length: study.levels + 1 }, (_, level) => {
    const above = study.levels - level;
    return {
      cpus: Math.max(1, Math.min(guest.cpus + above * reserve.cpus, hostCpus - level)),
      memoryBytes: guest.memoryBytes + above * reserve.memoryBytes,
    };
  });
}

/** QEMU's own memory beside the guest's, with the translation buffer of an emulated computer (1 GiB). */
const EMULATOR_OVERHEAD_BYTES = 1.3 * 2 ** 30;

/** What cannot fit, before any boot: each problem says how much every level needs and how much there is. */
export function resourceProblems(
  study: Study,
  hardware: "real" | "emulated",
  host: { readonly cpus: number; readonly availableMemoryBytes: number; readonly freeDiskBytes: number },
): readonly Problem[] {
  const sizes = levelSizes(study, host.cpus);
  const problems: Problem[] = [];
  const top = sizes[0]?.memoryBytes ?? 0;
  const needed = hardware === "emulated" ? top + EMULATOR_OVERHEAD_BYTES : top;
  if (needed > host.availableMemoryBytes) {
    const each = sizes.map((size, level) => `L${level} ${formatBytes(size.memoryBytes)}`).join(", ");
    problems.push({
      code: "memory-does-not-fit",
      at: study.name,
      what: `the levels need ${formatBytes(needed)} of memory (${each}${hardware === "emulated" ? ", the emulator 1.3 GiB" : ""}), and ${formatBytes(host.availableMemoryBytes)} are available`,
      hint: "fewer levels, or a smaller resources.guest.memory or resources.reserve.memory",
    });
  }
  if (study.scratch.sizeBytes > host.freeDiskBytes) {
    problems.push({
      code: "disk-full",
      at: study.name,
      what: `the scratch disk needs ${formatBytes(study.scratch.sizeBytes)}, and ${formatBytes(host.freeDiskBytes)} are free in the cache folder`,
      hint: "free some space, or point XDG_CACHE_HOME at a larger disk",
    });
  }
  const smallest = 384 * 2 ** 20; // below this MariaDB's and QEMU's guests were killed for want of memory
  if (study.resources.guest.memoryBytes < smallest) {
    problems.push({
      code: "guest-too-small",
      at: study.name,
      what: `a guest of ${formatBytes(study.resources.guest.memoryBytes)} cannot boot and run the workloads`,
      hint: `resources.guest.memory of at least ${formatBytes(smallest)}`,
    });
  }
  return problems;
}
