import { optional } from "../base/optional.ts";
import type { Problem } from "../base/problem.ts";
import type { Timing } from "../base/timing.ts";
import type { Abilities, Machines } from "./abilities.ts";
import { nominalSizes, type Sized } from "./level-sizes.ts";

/** What a study's seconds are: `counted`, instructions of an emulated computer; `wall`, an ordinary clock's. */
export const CLOCKS = ["counted", "wall"] as const;

export type ClockName = (typeof CLOCKS)[number];

/** The keys of a study that decide what its seconds are. */
export interface Clocked extends Sized {
  readonly name: string;
  readonly platform: string;
  readonly hardware: "auto" | "real" | "emulated";
  /** Absent where it is counted on a computer that QEMU emulates, and wall elsewhere. */
  readonly clock?: ClockName;
  readonly scratch: { readonly sizeBytes: number; readonly latencySeconds?: number };
}

/** What the machines' seconds are, once it is known where L0 is. */
export function timingOf(
  { clock }: Pick<Clocked, "clock">,
  machines: Machines,
  hardware: "real" | "emulated",
): Timing {
  if (machines.kind !== "made") return "wall";
  if (machines.timing !== "of the study") return machines.timing;
  return hardware === "real" ? "wall" : (clock ?? "counted");
}

/** QEMU counts the instructions of all CPUs together, so in counted time every level has one. */
const COUNTED_CPUS = 1;

/**
 * What a disk in L0's memory takes where a study says nothing else: the typical latency that Intel states for a read and
 * for a write of its Optane SSD DC P4800X (under 10 µs for both; AnandTech 11930, 2017). That drive keeps what it was
 * given when power fails, so a flush takes no longer.
 */
export const DEFAULT_LATENCY_SECONDS = 10e-6;

/** What L0 stands on, once it is known where it is. */
export interface Ground {
  readonly hardware: "real" | "emulated";
  readonly timing: Timing;
  /** CPUs of every level, whatever the host has; absent where the host decides. */
  readonly cpus?: number;
  /** Memory of L0 that its scratch disk takes, beside the level's own. */
  readonly memoryDiskBytes: number;
}

export function groundOf(
  study: Clocked,
  { machines, limits }: Pick<Abilities, "machines" | "limits">,
  hardware: Ground["hardware"],
): Ground {
  const timing = timingOf(study, machines, hardware);
  const byQemu = timing === "counted" && hasChoice(machines);
  return {
    hardware,
    timing,
    ...optional({ cpus: limits?.cpus ?? (byQemu ? COUNTED_CPUS : undefined) }),
    memoryDiskBytes: byQemu ? study.scratch.sizeBytes : 0,
  };
}

function hasChoice(machines: Machines): boolean {
  return machines.kind === "made" && machines.timing === "of the study";
}

/** Why the study's clock cannot be had on its platform, as far as no host is needed to know it. */
export function clockProblem(study: Clocked, { machines }: Pick<Abilities, "machines">): Problem | undefined {
  const { clock, platform, name: at } = study;
  if (machines.kind !== "made" || machines.timing !== "of the study") {
    const own = timingOf(study, machines, "emulated");
    if (clock === undefined || clock === own) return latencyProblem(study);
    return {
      code: "clock-not-there",
      at,
      what: `${platform} has no ${clock} time: QEMU counts the instructions of a computer that it emulates, and no other platform leaves the choice`,
      hint: "leave clock out",
    };
  }
  if (clock === "counted" && study.hardware === "real") {
    return {
      code: "clock-not-there",
      at,
      what: "counted time needs a computer that QEMU emulates, and the study wants real hardware",
      hint: "clock: wall, or hardware: emulated",
    };
  }
  if (clock === "wall" || study.hardware === "real") return latencyProblem(study);
  const emulated = machines.hardware === "emulated" || study.hardware === "emulated" || clock === "counted";
  return emulated ? countedProblem(study, "counted") : undefined;
}

/** What asks for more than counted time has, once it is known what the seconds are. */
export function countedProblem(study: Clocked, timing: Timing): Problem | undefined {
  if (timing !== "counted") return undefined;
  const cpus = Math.max(...nominalSizes(study).map((size) => size.cpus));
  if (cpus <= COUNTED_CPUS) return undefined;
  return {
    code: "one-cpu-in-counted-time",
    at: study.name,
    what: `the study measures ${cpus} CPUs, and in counted time every level has one: QEMU has one counter for all CPUs`,
    hint: "clock: wall (or --clock wall), or resources.guest.cpus: 1",
  };
}

/** Where L0's scratch disk is a file of the host, it takes what the host takes. */
function latencyProblem({ name, scratch }: Clocked): Problem | undefined {
  if (scratch.latencySeconds === undefined) return undefined;
  return {
    code: "latency-not-there",
    at: `${name}: scratch.latency`,
    what: "only a disk in the memory of a computer whose instructions QEMU counts has a latency that a study can state",
    hint: "leave it out, or measure with hardware: emulated in counted time",
  };
}
