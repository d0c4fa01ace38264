import type { FixedRepetitions } from "../../../src/core/study/repetitions.ts";
import type { Size } from "../../../src/core/study/resources-policy.ts";
import { DEFAULT_MARGIN, LIMITS, type Study } from "../../../src/core/study/study.ts";
import {
  type Resolved,
  type WorkCommands,
  type Workload,
  workloadAt,
} from "../../../src/core/study/workload.ts";
import { workloads } from "../../../src/workloads/index.ts";

export type FixedStudy = Study & { readonly repetitions: FixedRepetitions };

/** A small study of two workloads; every test says what it needs to be different. */
export function madeUpStudy(different: Partial<FixedStudy> = {}): FixedStudy {
  return {
    name: "made-up",
    title: "A made-up study",
    platform: "x86_64-kvm",
    hardware: "auto",
    levels: 2,
    repetitions: fixed(2),
    resources: {
      policy: "reserved",
      guest: { cpus: 1, memoryBytes: 768 * 2 ** 20 },
      reserve: { cpus: 1, memoryBytes: 512 * 2 ** 20 },
    },
    scratch: { sizeBytes: 128 * 2 ** 20, cache: "none" },
    margin: DEFAULT_MARGIN,
    settings: {},
    factors: {},
    doubts: { repeat: 0, headline: "keep" },
    workloads: [workload("cpu", { threads: 1 }), workload("threads", {})],
    ...different,
  };
}

/** So many boots, whatever comes out. */
export function fixed(boots: number, runs = 1): FixedRepetitions {
  return { kind: "fixed", boots, runs };
}

/** A registered workload with its parameters resolved, as a study would; of one size at as many levels as there may be. */
export function workload(name: string, params: Readonly<Record<string, unknown>>, size?: Size): Workload {
  const resolved = resolve(name, params, size);
  if (!resolved.ok) throw new Error(`${name} with ${JSON.stringify(params)} does not resolve`);
  return resolved.workload;
}

export function resolve(name: string, params: Readonly<Record<string, unknown>>, size = SMALL): Resolved {
  const sizes = Array.from({ length: LIMITS.levels + 1 }, () => size);
  const resolved = workloads.find((kind) => kind.name === name)?.resolve({ name, params }, sizes);
  if (resolved === undefined) throw new Error(`there is no workload ${name}`);
  return resolved;
}

const SMALL: Size = { cpus: 1, memoryBytes: 2 ** 30 };

const PLACE = { dataDisk: "/dev/vdc", scratchDisk: "/dev/vdb" };

/** What the workload runs at L0, on the disks of a guest. */
export function commandsOf(workload: Workload): WorkCommands {
  return workloadAt(workload, 0).commands(PLACE);
}
