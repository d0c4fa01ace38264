import type { FixedRepetitions } from "../../src/core/study/repetitions.ts";
import { parseStudy, type Study } from "../../src/core/study/study.ts";
import { isFixed } from "../../src/core/trial/plan.ts";
import { platforms } from "../../src/platforms/index.ts";
import { workloads } from "../../src/workloads/index.ts";

export interface StudyShape {
  readonly levels?: number;
  readonly boots?: number;
  readonly runs?: number;
  readonly platform?: string;
  readonly workloads?: readonly string[];
}

export const CPU = "{name: cpu, threads: 1}";
export const OLTP = "{name: oltp, threads: 1, rows: 1000, seconds: 4}";

/** The text of a study; each part is on a line of its own, and the title on line 2. */
export function studyText(shape: StudyShape = {}): string {
  return `study: sim
title: Simulated
platform: ${shape.platform ?? "simulated"}
levels: ${shape.levels ?? 2}
repetitions:
  boots: ${shape.boots ?? 3}
  runs: ${shape.runs ?? 1}
resources: {policy: reserved, guest: {cpus: 1, memory: 768MiB}, reserve: {cpus: 1, memory: 768MiB}}
scratch: {size: 512MiB}
workloads:
${(shape.workloads ?? [CPU, OLTP]).map((text) => `  - ${text}\n`).join("")}`;
}

export function studyOf(shape: StudyShape = {}): Study & { readonly repetitions: FixedRepetitions } {
  const parsed = parseStudy(studyText(shape), "sim.yaml", {
    workloads,
    platforms,
  });
  if (!parsed.ok) throw new Error(`the test's study is wrong: ${JSON.stringify(parsed.problems)}`);
  if (!isFixed(parsed.value)) throw new Error("the test's study has no fixed number of boots");
  return parsed.value;
}

/** The ids of all trials that a study asks for, without asking the program that plans them. */
export function plannedIds(
  shape: Required<Pick<StudyShape, "levels" | "boots" | "runs">>,
  names: readonly string[],
): readonly string[] {
  const ids: string[] = [];
  for (let boot = 1; boot <= shape.boots; boot++) {
    for (const direction of ["up", "down"]) {
      for (let level = 0; level <= shape.levels; level++) {
        for (const name of names) {
          for (let run = 1; run <= shape.runs; run++)
            ids.push(`b${boot}-${direction}-L${level}-${name}-${run}`);
        }
      }
    }
  }
  return ids.sort();
}
