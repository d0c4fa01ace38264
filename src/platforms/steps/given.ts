import type { Command } from "../../core/base/command.ts";
import { confineCommand } from "../../core/machine/confinement.ts";
import { flatTopology } from "../../core/machine/topology.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import type { LaunchPlan, PlatformStep } from "../../lab/ports.ts";
import type { GuestSpec } from "./guest-spec.ts";
import { pinCommand } from "./pinning.ts";

/** What the resources policy gives a guest beside its own size. */
export interface Given extends Pick<LaunchPlan, "measured" | "pace" | "pinnedTo"> {
  /** Where the guest's CPUs may not run on any of the parent's: on which they may, and all that the parent has. */
  readonly keptOn?: { readonly cpus: readonly number[]; readonly ofAll: readonly number[] };
}

export function givenLaunch(spec: GuestSpec, { measured, pace, pinnedTo }: Given): Omit<LaunchPlan, "argv"> {
  return { ...spec.size, measured, pace, ...(pinnedTo === undefined ? {} : { pinnedTo }) };
}

/** Once a guest answers: its control group, and its vCPUs in their places. */
export function givenSettling(
  spec: GuestSpec,
  { measured, pinnedTo, keptOn }: Given,
): Pick<PlatformStep, "confine" | "pin"> {
  const vcpus =
    pinnedTo?.map((cpu) => [cpu]) ?? (keptOn && Array<readonly number[]>(spec.size.cpus).fill(keptOn.cpus));
  return {
    confine: confineGuest(measured),
    ...(vcpus === undefined || spec.pidFile === undefined
      ? {}
      : { pin: pinCommand(spec.pidFile, vcpus, keptOn?.ofAll) }),
  };
}

/** All CPUs of a guest are alike, and their memory is one node. */
export function confineGuest(measured: Size): Command {
  const { cpus, memoryNodes } = flatTopology(measured.cpus);
  return confineCommand({ cpus: cpus.map(({ id }) => id), memoryNodes, memoryBytes: measured.memoryBytes });
}
