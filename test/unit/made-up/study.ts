import type { Size } from "../../../src/core/resources-policy.ts";
import { DEFAULT_MARGIN, type Repetitions, type Study } from "../../../src/core/study.ts";
import type { Workload } from "../../../src/core/workload.ts";
import { workloads } from "../../../src/workloads/index.ts";

/** A small study of two workloads; every test says what it needs to be different. */
export function madeUpStudy(different: Partial<Study> = {}): Study {
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
    workloads: [workload("cpu", { threads: 1 }), workload("threads", {})],
    ...different,
  };
}

/** So many boots, whatever comes out. */
export function fixed(boots: number, runs = 1): Repetitions {
  return { kind: "fixed", boots, runs };
}

/** A registered workload with its parameters resolved, as a study would. */
export function workload(name: string, params: Readonly<Record<string, unknown>>, size?: Size): Workload {
  const resolved = workloads.find((kind) => kind.name === name)?.resolve(params, size);
  if (resolved?.ok !== true) throw new Error(`${name} with ${JSON.stringify(params)} does not resolve`);
  return resolved.workload;
}
