import type { Problem } from "./problem.ts";

/** What runs a guest: the processor's virtualization, or QEMU's emulation of a whole computer. */
export const HYPERVISORS = ["kvm", "tcg"] as const;

export type Hypervisor = (typeof HYPERVISORS)[number];

/** What of a study decides which hypervisor runs a level. */
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
  return level < study.levels && hypervisorOf(study, level + 1) === "kvm";
}

/** A chain that is longer than the stack names a hypervisor of nobody. */
export function hypervisorProblems({ levels, hypervisors = [] }: Hypervised, at: string): readonly Problem[] {
  if (hypervisors.length <= levels) return [];
  return [
    {
      code: "hypervisors-beyond-levels",
      at,
      what: `hypervisors names ${hypervisors.length} of them, and L${levels} is the deepest level`,
      hint: `one for each level from L1 on: ${hypervisors.slice(0, levels).join(", ") || "none"}`,
    },
  ];
}
