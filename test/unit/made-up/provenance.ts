import type { Allotment } from "../../../src/core/machine/allotment.ts";
import type { ImageProvenance, Origin, Provenance } from "../../../src/core/machine/provenance.ts";

const IMAGE: ImageProvenance = {
  id: "666063fc3aa77c24",
  rootDiskSha256: "5f1c".repeat(16),
  packages: ["qemu-system-x86 1:7.2", "sysbench 1.0.20"],
};

export const MADE: Origin = { kind: "made", why: "this host has no KVM", image: IMAGE };

export const IMAGINED: Origin = {
  kind: "imagined",
  truth: { throughputAtL0: 1000, kept: 0.8, betweenBoots: 0.01, withinBoots: 0.005, effects: [] },
};

/** A level with one CPU and 1 GiB, all of it measured. */
export const ALLOTTED: Allotment = {
  size: { cpus: 1, memoryBytes: 2 ** 30 },
  measured: { cpus: 1, memoryBytes: 2 ** 30 },
  workloads: {},
};

/** Of a simulated run down to L3 at most. */
export function madeUpProvenance(different: Partial<Provenance> = {}): Provenance {
  return {
    program: { dvirt: "0.1.0", node: "v20.19.2" },
    origin: IMAGINED,
    allotments: [ALLOTTED, ALLOTTED, ALLOTTED, ALLOTTED],
    ...different,
  };
}
