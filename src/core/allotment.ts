import { z } from "zod";
import type { Size } from "./resources-policy.ts";
import { sized, type Workload } from "./workload.ts";

/** What a level gets, and what that makes of the workloads: decided before any boot, stored with the run. */
export interface Allotment {
  /** The machine. */
  readonly size: Size;
  /** What of it is measured. */
  readonly measured: Size;
  /** The CPUs of the level below to which its own are pinned, in order; absent where they are not. */
  readonly pinnedTo?: readonly number[] | undefined;
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
): Allotment {
  const { cpus, memoryBytes, measured, pinnedTo } = launch;
  return {
    size: { cpus, memoryBytes },
    measured,
    ...(pinnedTo === undefined ? {} : { pinnedTo }),
    workloads: Object.fromEntries(workloads.map((one) => [one.name, sized(one, measured).values])),
  };
}

const sizeShape = z.object({ cpus: z.number(), memoryBytes: z.number() });

const shape = z.array(
  z.object({
    size: sizeShape,
    measured: sizeShape,
    pinnedTo: z.array(z.number()).optional(),
    workloads: z.record(z.string(), z.record(z.string(), z.unknown())),
  }),
);

/** The key of a run's record under which its allotments stand, L0 first. */
export const ALLOTMENTS = "allotments";

/** Back from a run's record; none for a run from before they were kept. */
export function readAllotments(record: Readonly<Record<string, string>>): readonly Allotment[] {
  const text = record[ALLOTMENTS];
  return text === undefined ? [] : shape.parse(JSON.parse(text));
}
