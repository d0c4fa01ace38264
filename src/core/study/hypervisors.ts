import type { Problem } from "../base/problem.ts";

/** What runs a guest: KVM or Xen by the processor's virtualization, or QEMU's emulation of a whole computer. */
export const HYPERVISORS = ["kvm", "tcg", "xen"] as const;

export type Hypervisor = (typeof HYPERVISORS)[number];

/** The keys of a study that decide which hypervisor runs a level. */
export interface Hypervised {
  /** The deepest level. */
  readonly levels: number;
  /** Of L1, L2 and so on; absent where all of them are KVM's. */
  readonly hypervisors?: readonly Hypervisor[];
}

/** The hypervisor that runs a guest, from L1 on. */
export function hypervisorOf({ hypervisors }: Hypervised, level: number): Hypervisor {
  return hypervisors?.[level - 1] ?? "kvm";
}

/** Whether a level's machine is to run a guest of KVM. */
export function hostsKvm(study: Hypervised, level: number): boolean {
  return hosts(study, level, "kvm");
}

/** Whether a level's machine boots Xen, with its Linux as domain 0, to run a guest. */
export function hostsXen(study: Hypervised, level: number): boolean {
  return hosts(study, level, "xen");
}

function hosts(study: Hypervised, level: number, hypervisor: Hypervisor): boolean {
  return level < study.levels && hypervisorOf(study, level + 1) === hypervisor;
}

/** A chain that no machines can be made for: longer than the stack, or with Xen where it cannot be. */
export function hypervisorProblem({ levels, hypervisors = [] }: Hypervised, at: string): Problem | undefined {
  if (hypervisors.length > levels) {
    return {
      code: "hypervisors-beyond-levels",
      at,
      what: `hypervisors names ${hypervisors.length} of them, and L${levels} is the deepest level`,
      hint: `one for each level from L1 on: ${hypervisors.slice(0, levels).join(", ") || "none"}`,
    };
  }
  const guest = hypervisors.indexOf("xen") + 1;
  if (guest === 0) return undefined;
  if (guest === 1) {
    return {
      code: "xen-at-the-ground",
      at,
      what: "L1 as a guest of Xen would need L0 to boot Xen, and dvirt boots it from L1 on",
      hint: "hypervisors: [kvm, xen] makes L1 a guest of KVM that boots Xen, and L2 a guest of that",
    };
  }
  if (guest === levels) return undefined;
  return {
    code: "nothing-below-xen",
    at,
    what: `L${guest} is a guest of Xen, which gives it no virtualization of its own, so there is no L${guest + 1}`,
    hint: `levels: ${guest}, with xen as the last hypervisor`,
  };
}
