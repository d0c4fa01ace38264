import type { GuardFinding } from "../observation.ts";
import { clockRate } from "./clock-rate.ts";
import { clockSource } from "./clock-source.ts";
import { cpuFrequency } from "./cpu-frequency.ts";
import { depth } from "./depth.ts";
import type { Guard, GuardInput } from "./guard.ts";
import { hugePages } from "./huge-pages.ts";
import { image } from "./image.ts";
import { kernelLog } from "./kernel-log.ts";
import { littlesLaw } from "./littles-law.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { memorySize } from "./memory-size.ts";
import { mitigations } from "./mitigations.ts";
import { otherLoad } from "./other-load.ts";
import { pageSharing } from "./page-sharing.ts";
import { steal } from "./steal.ts";

/** Every guard, in the order of the report. */
export const guards: readonly Guard[] = [
  clockRate,
  clockSource,
  littlesLaw,
  steal,
  otherLoad,
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
export function guardFindings(input: GuardInput): readonly GuardFinding[] {
  return guards.map(({ name, check }) => ({ guard: name, ...check(input) }));
}
