import type { TrialRow } from "../parts/report.ts";
import { reportsByLevel } from "./reports-by-level.ts";

/** Trials of one workload at one level by how the server read and wrote. */
export interface AsynchronousIo {
  readonly workload: string;
  readonly level: number;
  readonly native: number;
  /** Where the kernel refused io_uring, so that the server's own threads did it. */
  readonly simulated: number;
}

export function asynchronousIoOf(trials: Iterable<TrialRow>): readonly AsynchronousIo[] {
  return reportsByLevel(trials, "nativeAio").map(({ workload, level, rows }) => {
    const native = rows.filter(({ more }) => more["nativeAio"] === 1).length;
    return { workload, level, native, simulated: rows.length - native };
  });
}

/** A workload whose levels read and wrote in different ways: that difference is in what a layer costs. */
export function asynchronousIoNotes(all: readonly AsynchronousIo[]): readonly string[] {
  return [...new Set(all.map(({ workload }) => workload))].flatMap((workload) => {
    const own = all.filter((one) => one.workload === workload);
    const levels = (way: "native" | "simulated") =>
      own.filter((one) => one[way] > 0).map(({ level }) => `L${level}`);
    const [native, simulated] = [levels("native"), levels("simulated")];
    if (native.length === 0 || simulated.length === 0) return [];
    return [
      `${workload}: MariaDB was refused io_uring at ${simulated.join(", ")} and read and wrote by threads of its own, and by the kernel at ${native.join(", ")}; what that costs is in the figures (sysctl kernel.io_uring_disabled, ulimit -l, a container's seccomp)`,
    ];
  });
}
