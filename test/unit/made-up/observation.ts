import type { Completed } from "../../../src/core/base/command.ts";
import type { Observation } from "../../../src/core/trial/observation.ts";
import { madeUpTrial } from "./trial.ts";

/** A command that went well and printed nothing. */
export function completed(different: Partial<Completed> = {}): Completed {
  return { end: { kind: "exited", code: 0 }, stdout: "", stderr: "", seconds: 1, ...different };
}

/** An observation of a trial that went well and left nothing, except for what is said to be different. */
export function madeUpObservation(different: Partial<Observation> = {}): Observation {
  return {
    trial: madeUpTrial(),
    attempt: 1,
    bringUp: 1,
    startedAt: "2026-01-02T03:04:05.000Z",
    argv: ["sysbench", "cpu", "run"],
    completed: completed(),
    setupSteps: [],
    evidence: [],
    ...different,
  };
}
