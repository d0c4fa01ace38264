import { confineCommand } from "../core/confinement.ts";
import type { Size } from "../core/resources-policy.ts";
import { flatTopology } from "../core/topology.ts";
import type { LaunchPlan, PlatformStep } from "../lab/ports.ts";
import type { GuestSpec } from "./guest-spec.ts";
import { pinCommand } from "./pinning.ts";

/** What the resources policy gives a guest beside its own size. */
export interface Given {
  readonly measured: Size;
  /** CPUs of the parent for the guest's own, in order, where they are pinned. */
  readonly pinnedTo?: readonly number[];
  /** Where the guest's CPUs may not run on any of the parent's: on which they may, and all that the parent has. */
  readonly keptOn?: { readonly cpus: readonly number[]; readonly ofAll: readonly number[] };
}

/** A guest without a policy is measured whole. */
export function givenLaunch(spec: GuestSpec, given: Given | undefined): Omit<LaunchPlan, "argv"> {
  const { measured = spec.size, pinnedTo } = given ?? {};
  return { ...spec.size, measured, ...(pinnedTo === undefined ? {} : { pinnedTo }) };
}

/** Once a guest with a policy answers: its control group, and its vCPUs in their places. */
export function givenSettling(
  spec: GuestSpec,
  given: Given | undefined,
): Pick<PlatformStep, "confine" | "pin"> {
  if (given === undefined) return {};
  const { measured, pinnedTo, keptOn } = given;
  const vcpus =
    pinnedTo?.map((cpu) => [cpu]) ?? (keptOn && Array<readonly number[]>(spec.size.cpus).fill(keptOn.cpus));
  // All CPUs of a guest are alike, and their memory is one node.
  const { cpus, memoryNodes } = flatTopology(measured.cpus);
  return {
    confine: confineCommand({
      cpus: cpus.map(({ id }) => id),
      memoryNodes,
      memoryBytes: measured.memoryBytes,
    }),
    ...(vcpus === undefined || spec.pidFile === undefined
      ? {}
      : {
          pin: pinCommand(spec.pidFile, {
            vcpus,
            ...(keptOn === undefined ? {} : { others: keptOn.ofAll }),
          }),
        }),
  };
}
