import { levelSizes, measuredSizes } from "./level-sizes.ts";
import type { Problem } from "./problem.ts";
import type { Size } from "./resources-policy.ts";
import type { Study } from "./study.ts";
import { formatBytes } from "./units.ts";
import { sizeIssues } from "./workload.ts";

/** QEMU's own memory beside the guest's, with the translation buffer of an emulated computer (1 GiB). */
const EMULATOR_OVERHEAD_BYTES = 1.3 * 2 ** 30;

/** Below this MariaDB's and QEMU's guests were killed for want of memory. */
const SMALLEST_BYTES = 384 * 2 ** 20;

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
  const overCommitted = study.resources.policy === "over-committed";
  if (needed > host.availableMemoryBytes) {
    const each = sizes.map((size, level) => `L${level} ${formatBytes(size.memoryBytes)}`).join(", ");
    problems.push({
      code: "memory-does-not-fit",
      at: study.name,
      what: `the levels need ${formatBytes(needed)} of memory (${each}${hardware === "emulated" ? ", the emulator 1.3 GiB" : ""}), and ${formatBytes(host.availableMemoryBytes)} are available`,
      hint: overCommitted
        ? "a smaller resources.host.memory: only the levels above L0 are over-committed"
        : "fewer levels, or a smaller resources.guest.memory or resources.reserve.memory",
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
  const least = Math.min(...sizes.map((size) => size.memoryBytes));
  if (least < SMALLEST_BYTES) {
    problems.push({
      code: "guest-too-small",
      at: study.name,
      what: `a guest of ${formatBytes(least)} cannot boot and run the workloads`,
      hint: `${overCommitted ? "resources.host.memory and memoryShare that leave each level" : "resources.guest.memory of"} at least ${formatBytes(SMALLEST_BYTES)}`,
    });
  }
  return [...problems, ...expressionProblems(study, measuredSizes(study, host.cpus))];
}

/** Expressions that held for the sizes of the study, and do not for what this host, or an option, gives. */
export function expressionProblems(study: Study, sizes: readonly Size[]): readonly Problem[] {
  return study.workloads.flatMap((workload) =>
    sizeIssues(workload, sizes).map((issue) => ({
      code: "expression-does-not-fit",
      at: study.name,
      what: `${[workload.name, ...issue.path.map(String)].join(".")}: ${issue.message}`,
      hint: "a host with more CPUs, or another expression",
    })),
  );
}
