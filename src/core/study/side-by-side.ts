import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { Timing } from "../base/timing.ts";
import { formatBytes } from "../base/units.ts";
import type { Machines } from "./abilities.ts";

/** What decides how many boots of a run are measured side by side. */
export interface SideBySide {
  /** On the command line; undefined leaves it to the host. */
  readonly asked: number | undefined;
  readonly machines: Machines;
  readonly timing: Timing;
  /** Those that are left to measure and wait for no other. */
  readonly boots: number;
  readonly host: HostRoom;
  /** What each stack takes of the host, with all that is in it; it has one CPU thread. */
  readonly each: { readonly memoryBytes: number; readonly diskBytes: number };
}

export interface HostRoom {
  readonly cpus: number;
  readonly availableMemoryBytes: number;
  readonly freeDiskBytes: number;
}

/** Of the available memory, what is left to the host where nobody says how many stacks there are to be. */
const SPARED_MEMORY = 0.1;

/** At least one, and never more than there are boots; a number that was asked for and cannot be is refused. */
export function stacksSideBySide(input: SideBySide): Result<number> {
  const { asked, machines, timing, host, each } = input;
  const boots = Math.max(1, input.boots);
  const disturbed = disturbanceProblem(asked, machines, timing);
  if (disturbed !== undefined) return failed(disturbed);
  if (machines.kind === "imagined") return ok(Math.min(boots, asked ?? 1));
  if (!countsTime(machines, timing)) return ok(1);
  const disks = Math.floor(host.freeDiskBytes / Math.max(1, each.diskBytes));
  const fitting = (bytes: number) => Math.floor(bytes / Math.max(1, each.memoryBytes));
  if (asked === undefined) {
    const memory = fitting(host.availableMemoryBytes * (1 - SPARED_MEMORY));
    return ok(Math.max(1, Math.min(boots, host.cpus, memory, disks)));
  }
  const wanted = Math.min(boots, asked);
  const most = Math.min(fitting(host.availableMemoryBytes), disks);
  return wanted <= Math.max(1, most) ? ok(wanted) : failed(roomProblem(wanted, most, input));
}

/**
 * Why boots may not be measured side by side: they would take the processor from each other, and a second of an
 * ordinary clock goes on meanwhile. Counted time stands still for a machine that waits for the host.
 */
export function disturbanceProblem(
  asked: number | undefined,
  machines: Machines,
  timing: Timing,
): Problem | undefined {
  if (asked === undefined || asked === 1) return undefined;
  if (machines.kind === "imagined" || countsTime(machines, timing)) return undefined;
  return {
    code: "bad-option",
    at: "--parallel",
    what: `${asked} boots side by side would disturb each other: ${
      machines.kind === "given"
        ? "they would run on the same machines"
        : "where time is not counted, the figures of each depend on what the others do"
    }`,
    hint: "leave --parallel out: boots are measured side by side in counted time alone",
  };
}

function countsTime(machines: Machines, timing: Timing): boolean {
  return machines.kind === "made" && timing === "counted";
}

function roomProblem(wanted: number, most: number, { host, each }: SideBySide): Problem {
  const memory = `${formatBytes(wanted * each.memoryBytes)} of memory (${formatBytes(host.availableMemoryBytes)} are available)`;
  const disk = `${formatBytes(wanted * each.diskBytes)} of disk (${formatBytes(host.freeDiskBytes)} are free)`;
  return {
    code: "memory-does-not-fit",
    at: "--parallel",
    what: `${wanted} stacks side by side need ${memory} and ${disk}`,
    hint: `--parallel ${Math.max(1, most)}`,
  };
}
