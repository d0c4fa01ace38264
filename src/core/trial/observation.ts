import { type Command, type Completed, endText, lastLines, succeeded } from "../base/command.ts";
import type { Problem, Result } from "../base/problem.ts";
import type { ProblemCode } from "../base/problem-codes.ts";
import { type KvmWork, kvmWork } from "../machine/kvm-work.ts";
import { kvmCounters, type TimedText } from "../machine/snapshot.ts";
import type { Reading } from "../study/workload.ts";
import type { Trial } from "./plan.ts";

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
  readonly setupSteps: readonly SetupStep[];
  readonly evidence: readonly LevelEvidence[];
  /** Of the computer below the stack; absent if the stack does not stand on this host. */
  readonly host?: HostEvidence;
}

export interface SetupStep {
  readonly phase: "prepare" | "cleanup";
  readonly command: Command;
  readonly completed: Completed;
}

/** Raw snapshots of one level around a trial. */
export interface LevelEvidence {
  readonly level: number;
  readonly before: string;
  readonly after: string;
  /** When the host asked for each and had its answer, by its monotonic clock; absent if the machine was lost between. */
  readonly times?: { readonly before: AskedAt; readonly after: AskedAt };
}

export type AskedAt = Omit<TimedText, "text">;

/** Raw snapshots of the computer below the stack: before the preparation, and right around the workload. */
export interface HostEvidence {
  readonly start: TimedText;
  readonly before: TimedText;
  readonly after: TimedText;
}

/** Whether the machine was lost, or hung, at any time around the trial: then it cannot be trusted any more. */
export function machineLost(observation: Observation): boolean {
  return trialLost(observation) || observation.setupSteps.some(({ completed }) => isLost(completed));
}

/** Whether the machine was lost, or hung, before the workload's end: then the trial says nothing of the workload. */
export function trialLost({ completed, setupSteps }: Observation): boolean {
  return isLost(completed) || setupSteps.some((step) => step.phase === "prepare" && isLost(step.completed));
}

function isLost({ end }: Completed): boolean {
  return end.kind === "lost" || end.kind === "timed-out";
}

/** Attempts at one trial before it counts as failed. */
export const ATTEMPTS = 3;

/**
 * Trials that need not be executed again: some attempt kept its machine and is not doubted, or those that are
 * doubted were made again as often as the study says, or too many lost their machine.
 */
export function settledTrials(attempts: readonly TrialAttempt[], repeat: number): ReadonlySet<string> {
  const trials = new Map<string, { doubted: number; lost: number; sound: boolean }>();
  for (const { trial, lost, doubted } of attempts) {
    const own = trials.get(trial) ?? { doubted: 0, lost: 0, sound: false };
    trials.set(trial, own);
    if (lost) own.lost += 1;
    else if (doubted) own.doubted += 1;
    else own.sound = true;
  }
  return new Set(
    [...trials]
      .filter(([, own]) => own.sound || own.doubted > repeat || own.lost >= ATTEMPTS)
      .map(([trial]) => trial),
  );
}

/** The little of an observation that says whether its trial is settled. */
export interface TrialAttempt {
  readonly trial: string;
  readonly attempt: number;
  readonly lost: boolean;
  /** It was read, and some guard doubts it. */
  readonly doubted: boolean;
}

/** What one guard says of a trial. `unknown`: what it needs was not there, so it neither vouches nor doubts. */
export interface GuardResult {
  readonly guard: string;
  readonly kind: "fine" | "doubt" | "unknown";
  readonly sentence: string;
}

/** Why a trial that was measured should perhaps not be believed. */
export type Doubt = Pick<GuardResult, "guard" | "sentence">;

/** When the workload ran, on the host's clock, and in which bring-up of the stack. */
export interface When {
  /** Seconds since the epoch, of its middle. */
  readonly midSeconds: number;
  readonly bringUp: number;
}

/** What parsing made of an observation. */
export type Outcome =
  | {
      readonly kind: "measured";
      readonly reading: Reading;
      /** Absent where an older version judged it. */
      readonly when?: When;
      /** Entries into guests of guests that KVM at each hosting level counted during the trial. */
      readonly nestedEntries: readonly { readonly level: number; readonly count: number }[];
      /** What KVM on each hosting level counted. */
      readonly kvm: readonly KvmWork[];
      readonly doubts: readonly Doubt[];
      /** Guards that could not tell, by name. */
      readonly unknown: readonly string[];
    }
  | { readonly kind: "failed"; readonly problem: Problem };

/**
 * Judges an observation with its workload's parser and the guards; pure, so it can be done again from the store. A bug in
 * one of them is a failed trial and ends no run: what is stored would stop it again at every resume.
 */
export function judge(observation: Observation, parse: Parse, ask: Ask): Outcome {
  try {
    return judged(observation, parse, ask);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return notUnderstood(observation.trial, `reading it failed, which is a bug in dvirt: ${why}`);
  }
}

type Parse = (stdout: string, prepared: string) => Result<Reading>;
type Ask = (reading: Reading) => readonly GuardResult[];

function judged(observation: Observation, parse: Parse, ask: Ask): Outcome {
  const { trial, argv, completed, setupSteps, evidence } = observation;
  const broken = setupSteps.find((step) => step.phase === "prepare" && !succeeded(step.completed));
  if (broken !== undefined) {
    return notExecuted("preparation-failed", trial, broken.command.argv, broken.completed);
  }
  if (!succeeded(completed)) return notExecuted("workload-failed", trial, argv, completed);
  if (completed.leftOutBytes !== undefined) {
    return notUnderstood(
      trial,
      `${completed.leftOutBytes} bytes of its output were not kept, and figures of the rest would be a guess`,
    );
  }
  const prepared = setupSteps.filter(({ phase }) => phase === "prepare").map((step) => step.completed.stdout);
  const parsed = parse(completed.stdout.toWellFormed(), prepared.join("").toWellFormed());
  if (!parsed.ok) return notUnderstood(trial, ...parsed.problems);
  const wrong = notFinite(parsed.value);
  if (wrong !== undefined) return notUnderstood(trial, `it gives no number for ${wrong}`);
  const found = ask(parsed.value);
  return {
    kind: "measured",
    reading: parsed.value,
    when: whenOf(observation),
    nestedEntries: nestedEntries(observation),
    kvm: kvmWork(evidence, trial.level),
    doubts: found
      .filter(({ kind }) => kind === "doubt")
      .map(({ guard, sentence }) => ({ guard, sentence: sentence.toWellFormed() })),
    unknown: found.filter(({ kind }) => kind === "unknown").map(({ guard }) => guard),
  };
}

/** The first figure of a reading that is no number. */
function notFinite({ metrics, resolution = {}, more }: Reading): string | undefined {
  return [metrics, resolution, more]
    .flatMap((figures) => Object.entries(figures))
    .find(([, value]) => !Number.isFinite(value))?.[0];
}

function notUnderstood(
  { id: at }: Trial,
  first: Problem | string = "the output was not understood",
): Outcome {
  const { code, what } =
    typeof first === "string" ? { code: "unexpected-output" as const, what: first } : first;
  return {
    kind: "failed",
    problem: { code, at, what, hint: "dvirt show RUN TRIAL prints the raw text, which is kept" },
  };
}

function whenOf({ startedAt, setupSteps, completed, bringUp }: Observation): When {
  const prepared = setupSteps
    .filter(({ phase }) => phase === "prepare")
    .reduce((sum, step) => sum + step.completed.seconds, 0);
  return { midSeconds: Date.parse(startedAt) / 1000 + prepared + completed.seconds / 2, bringUp };
}

function notExecuted(
  code: ProblemCode,
  { id: at }: Trial,
  argv: readonly string[],
  { stdout, stderr, end }: Completed,
): Outcome {
  const evidence = lastLines(stderr.trim() || stdout, 6).toWellFormed();
  return { kind: "failed", problem: { code, at, what: `${shortArgv(argv)}: ${endText(end)}`, evidence } };
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
