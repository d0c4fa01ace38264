import { nearestThere } from "../adapters/files.ts";
import { ok, type Result } from "../core/base/problem.ts";
import type { Ground } from "../core/study/clock.ts";
import { stackDiskBytes, stackMemoryBytes } from "../core/study/resources.ts";
import { stacksSideBySide } from "../core/study/side-by-side.ts";
import type { Study } from "../core/study/study.ts";
import { hostResources } from "../platforms/host-lab.ts";
import { platformNamed } from "../platforms/index.ts";
import { type Context, cacheOf } from "./context.ts";

/** What the number of stacks side by side follows from, beside the host. */
export interface StacksWanted {
  /** `--parallel`. */
  readonly asked: number | undefined;
  readonly study: Study;
  readonly ground: Ground;
  /** Those that are left to measure and wait for no other. */
  readonly boots: number;
  /** Bytes of scratch disks that are laid out already. */
  readonly laidOutBytes: number;
}

/** How many stacks a run brings up side by side on this host, and how many times longer each takes for that. */
export interface Stacks {
  readonly count: number;
  readonly crowding: number;
}

export async function stacksOn(context: Context, wanted: StacksWanted): Promise<Result<Stacks>> {
  const { asked, study, ground, boots, laidOutBytes } = wanted;
  const host = await hostResources(await nearestThere(cacheOf(context)));
  const found = stacksSideBySide({
    asked,
    machines: platformNamed(study.platform).machines,
    timing: ground.timing,
    boots,
    host: { ...host, freeDiskBytes: host.freeDiskBytes + laidOutBytes },
    each: {
      memoryBytes: stackMemoryBytes(study, ground, host.cpus),
      diskBytes: stackDiskBytes(study, ground),
    },
  });
  if (!found.ok) return found;
  return ok({ count: found.value, crowding: Math.max(1, found.value / host.cpus) });
}
