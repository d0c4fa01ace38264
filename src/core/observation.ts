import type { Command, Completed } from "./command.ts";
import { endText, succeeded } from "./command.ts";
import { type KvmWork, kvmWork } from "./kvm-work.ts";
import type { Trial } from "./plan.ts";
import type { Problem } from "./problem.ts";
import { kvmCounters } from "./snapshot.ts";
import type { Reading } from "./workload.ts";

/** What a trial left, before anybody parsed it. Append-only. */
export interface Observation {
  readonly trial: Trial;
  /** 1-based: a trial whose machine was lost under it is executed again, and every attempt is kept. */
  readonly attempt: number;
  /** Which bring-up of the stack it was measured in, 1-based over the run. */
  readonly bringUp: number;
  readonly startedAt: string;
  readonly argv: readonly string[];
  readonly completed: Completed;
  /** Preparation and cleanup, in order, the first failure last. */
  readonly steps: readonly Step[];
  readonly evidence: readonly LevelEvidence[];
}

export interface Step {
  readonly phase: "prepare" | "cleanup";
  readonly command: Command;
  readonly completed: Completed;
}

/** Raw snapshots of one level around a trial. */
export interface LevelEvidence {
  readonly level: number;
  readonly before: string;
  readonly after: string;
}

/** Whether the machine was lost, or hung, at any time around the trial: then it cannot be trusted any more. */
export function machineLost(observation: Observation): boolean {
  return trialLost(observation) || observation.steps.some(({ completed }) => isLost(completed));
}

/** Whether the machine was lost, or hung, before the workload's end: then the trial says nothing of the workload. */
export function trialLost({ completed, steps }: Observation): boolean {
  return isLost(completed) || steps.some((step) => step.phase === "prepare" && isLost(step.completed));
}

function isLost({ end }: Completed): boolean {
  return end.kind === "lost" || end.kind === "timed-out";
}

/** Attempts at one trial before it counts as failed. */
export const ATTEMPTS = 3;

/** Trials that need not be executed again: some attempt kept its machine, or all attempts are used up. */
export function settledTrials(attempts: readonly TrialAttempt[]): ReadonlySet<string> {
  return new Set(attempts.filter((one) => !one.lost || one.attempt >= ATTEMPTS).map((one) => one.trial));
}

/** The little of an observation that says whether its trial is settled. */
export interface TrialAttempt {
  readonly trial: string;
  readonly attempt: number;
  readonly lost: boolean;
}

/** What parsing made of an observation. */
export type Verdict =
  | {
      readonly kind: "measured";
      readonly reading: Reading;
      /** Entries into guests of guests that KVM at each hosting level counted during the trial. */
      readonly nestedEntries: readonly { readonly level: number; readonly count: number }[];
      /** Absent in verdicts of versions that did not keep it. */
      readonly kvm?: readonly KvmWork[];
    }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Judges an observation with its workload's parser; pure, so it can be done again from the store. */
export function judge(
  observation: Observation,
  parse: (stdout: string) => { ok: true; value: Reading } | { ok: false; problems: readonly Problem[] },
): Verdict {
  const at = observation.trial.id;
  const broken = observation.steps.find((step) => step.phase === "prepare" && !succeeded(step.completed));
  if (broken !== undefined) {
    return {
      kind: "failed",
      problem: executionProblem("preparation-failed", at, broken.command.argv, broken.completed),
    };
  }
  if (!succeeded(observation.completed)) {
    return {
      kind: "failed",
      problem: executionProblem("workload-failed", at, observation.argv, observation.completed),
    };
  }
  const parsed = parse(observation.completed.stdout);
  if (parsed.ok) {
    return {
      kind: "measured",
      reading: parsed.value,
      nestedEntries: nestedEntries(observation),
      kvm: kvmWork(observation.evidence, observation.trial.level),
    };
  }
  const first = parsed.problems[0];
  return {
    kind: "failed",
    problem: {
      code: first?.code ?? "unexpected-output",
      at,
      what: first?.what ?? "the output was not understood",
      hint: "dvirt show RUN TRIAL prints the raw text, which is kept",
    },
  };
}

function executionProblem(code: string, at: string, argv: readonly string[], completed: Completed): Problem {
  const said = (completed.stderr.trim() || completed.stdout.trim()).split("\n").slice(-6).join("\n");
  return { code, at, what: `${shortArgv(argv)}: ${endText(completed.end)}`, evidence: said };
}

function shortArgv(argv: readonly string[]): string {
  const text = argv.slice(0, 2).join(" ");
  return text.includes("\n") ? `${argv[0]} (script)` : text;
}

function nestedEntries(observation: Observation): readonly { level: number; count: number }[] {
  return observation.evidence
    .filter((one) => one.level < observation.trial.level)
    .flatMap(({ level, before, after }) => {
      const from = kvmCounters(before).get("nested_run");
      const to = kvmCounters(after).get("nested_run");
      return from === undefined || to === undefined ? [] : [{ level, count: to - from }];
    });
}
