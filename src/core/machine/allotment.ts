import type { Size } from "../study/resources-policy.ts";
import { type Workload, workloadAt } from "../study/workload.ts";

/** What a level gets, and what that makes of the workloads: decided before any boot, stored with the run. */
export interface Allotment {
  /** The machine. */
  readonly size: Size;
  /** The part of it that is measured. */
  readonly measured: Size;
  /** The CPUs of the level below to which its own are pinned, in order; absent where they are not. */
  readonly pinnedTo?: readonly number[];
  /** Each workload's parameters with expressions worked out. */
  readonly workloads: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export function allotmentOf(
  launch: {
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly measured: Size;
    readonly pinnedTo?: readonly number[];
  },
  workloads: readonly Workload[],
  level: number,
): Allotment {
  const { cpus, memoryBytes, measured, pinnedTo } = launch;
  return {
    size: { cpus, memoryBytes },
    measured,
    ...(pinnedTo === undefined ? {} : { pinnedTo }),
    workloads: Object.fromEntries(workloads.map((one) => [one.name, workloadAt(one, level).values])),
  };
}
