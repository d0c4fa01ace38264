import type { GuardResult } from "../observation.ts";
import { clockRate } from "./clock-rate.ts";
import { cpuFrequency } from "./cpu-frequency.ts";
import { depth } from "./depth.ts";
import { errors } from "./errors.ts";
import type { Guard, GuardInput } from "./guard.ts";
import { hostDisk } from "./host-disk.ts";
import { image } from "./image.ts";
import { kernelLog } from "./kernel-log.ts";
import { littlesLaw } from "./littles-law.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { otherLoad } from "./other-load.ts";
import { steal } from "./steal.ts";
import { clockSource, hugePages, memorySize, mitigations, pageSharing } from "./unchanged.ts";

/** Every guard, in the order of the report. */
export const guards: readonly Guard[] = [
  clockRate,
  clockSource,
  littlesLaw,
  errors,
  steal,
  otherLoad,
  hostDisk,
  memoryPressure,
  memorySize,
  kernelLog,
  cpuFrequency,
  hugePages,
  pageSharing,
  mitigations,
  image,
  depth,
];

/** What every guard says of a trial that could be read. */
export function guardResults(input: GuardInput): readonly GuardResult[] {
  return guards.map(({ name, check }) => ({ guard: name, ...check(input) }));
}
