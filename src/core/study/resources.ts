import { failed, ok, type Problem, problemsOf, type Result } from "../base/problem.ts";
import { formatBytes } from "../base/units.ts";
import { countedProblem, type Ground } from "./clock.ts";
import { levelSizes, measuredSizes, nominalSizes } from "./level-sizes.ts";
import type { Size } from "./resources-policy.ts";
import type { Study } from "./study.ts";
import type { Workload } from "./workload.ts";

/** QEMU's own memory beside the guest's, with the translation buffer of an emulated computer (1 GiB). */
const EMULATOR_OVERHEAD_BYTES = 1.3 * 2 ** 30;

/** What a stack takes of the host's memory, with all that is in it. */
export function stackMemoryBytes(study: Study, ground: Ground, hostCpus: number): number {
  const top = levelSizes(study, ground.cpus ?? hostCpus)[0]?.memoryBytes ?? 0;
  return ground.hardware === "emulated" ? top + ground.memoryDiskBytes + EMULATOR_OVERHEAD_BYTES : top;
}

/** What a stack's scratch disk takes of the host's disk, beside those that its levels share. */
export function stackDiskBytes({ scratch }: Pick<Study, "scratch">, { memoryDiskBytes }: Ground): number {
  return memoryDiskBytes > 0 ? 0 : scratch.sizeBytes;
}

/** What does not fit this host, before any boot: each problem says how much every level needs and how much there is. */
export function resourceProblems(
  study: Study,
  ground: Ground,
  host: { readonly cpus: number; readonly availableMemoryBytes: number; readonly freeDiskBytes: number },
): readonly Problem[] {
  const { hardware, memoryDiskBytes } = ground;
  const cpus = ground.cpus ?? host.cpus;
  const sizes = levelSizes(study, cpus);
  const problems: Problem[] = [...problemsOf(countedProblem(study, ground.timing))];
  const needed = stackMemoryBytes(study, ground, host.cpus);
  if (needed > host.availableMemoryBytes) {
    const each = sizes.map((size, level) => `L${level} ${formatBytes(size.memoryBytes)}`).join(", ");
    const diskText = memoryDiskBytes === 0 ? "" : `, the disk in L0's memory ${formatBytes(memoryDiskBytes)}`;
    problems.push({
      code: "memory-does-not-fit",
      at: study.name,
      what: `the levels need ${formatBytes(needed)} of memory (${each}${diskText}${hardware === "emulated" ? ", the emulator 1.3 GiB" : ""}), and ${formatBytes(host.availableMemoryBytes)} are available`,
      hint:
        study.resources.policy === "over-committed"
          ? "a smaller resources.host.memory: only the levels above L0 are over-committed"
          : "fewer levels, or a smaller resources.guest.memory or resources.reserve.memory",
    });
  }
  const disk = stackDiskBytes(study, ground);
  if (disk > host.freeDiskBytes) {
    problems.push({
      code: "disk-full",
      at: study.name,
      what: `the scratch disk needs ${formatBytes(disk)}, and ${formatBytes(host.freeDiskBytes)} are free in the cache folder`,
      hint: "free some space, or point XDG_CACHE_HOME at a larger disk",
    });
  }
  const fitted = fittedTo(study, measuredSizes(study, cpus));
  return fitted.ok ? problems : [...problems, ...fitted.problems];
}

/** What a reader of the plan should know where this host has fewer CPUs than the study measures; undefined where it has enough. */
export function fewerCpusText(study: Study, hostCpus: number): string | undefined {
  const [wanted, given] = [nominalSizes(study), measuredSizes(study, hostCpus)];
  if (wanted.every(({ cpus }, level) => cpus === given[level]?.cpus)) return undefined;
  const each = given.map(({ cpus }, level) => `L${level} with ${cpus}`).join(", ");
  const most = Math.max(...wanted.map(({ cpus }) => cpus));
  return `the study measures ${most} CPUs, and this computer has ${hostCpus}: it would measure ${each}`;
}

/**
 * The study with its workloads ready for measured machines of these sizes, L0 first. An expression that held for the
 * sizes of the study may not hold for what a host, or an option, gives.
 */
export function fittedTo(study: Study, sizes: readonly Size[]): Result<Study> {
  const workloads: Workload[] = [];
  const problems: Problem[] = [];
  for (const workload of study.workloads) {
    const resolved = workload.kind.resolve(workload, sizes);
    if (resolved.ok) {
      workloads.push(resolved.workload);
      problems.push(...problemsOf(unfitProblem(study, resolved.workload)));
    } else
      problems.push(
        ...resolved.issues.map(
          (issue): Problem => ({
            code: "expression-does-not-fit",
            at: study.name,
            what: `${[workload.name, ...issue.path.map(String)].join(".")}: ${issue.message}`,
            hint: "a host with more CPUs, or another expression",
          }),
        ),
      );
  }
  return problems.length > 0 ? failed(...problems) : ok({ ...study, workloads });
}

/** Of several levels that a workload does not fit, the first speaks for all. */
function unfitProblem(study: Study, { name, levels }: Workload): Problem | undefined {
  const level = levels.findIndex(({ unfit }) => unfit !== undefined);
  const unfit = levels[level]?.unfit;
  return (
    unfit && {
      code: "workload-does-not-fit",
      at: study.name,
      what: `${name} at L${level}: ${unfit.what}`,
      hint: unfit.hint,
    }
  );
}
