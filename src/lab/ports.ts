import type { Duplex } from "node:stream";
import type { FailedTrial, MeasuredTrial } from "../core/analysis.ts";
import type { Command, Completed } from "../core/command.ts";
import type { GuardOutcomes } from "../core/doubts.ts";
import type { Observation, TrialAttempt, Verdict } from "../core/observation.ts";
import type { Problem, Result } from "../core/problem.ts";
import type { TrialRow } from "../core/report.ts";
import type { Size } from "../core/resources-policy.ts";
import type { NestedEntries } from "../core/run-evidence.ts";
import type { TimedText } from "../core/snapshot.ts";
import type { StudyData } from "../core/study.ts";
import type { Timing } from "../core/timing.ts";
import type { WorkPlace } from "../core/workload.ts";

/**
 * Something that runs commands: this host, an emulated computer, a guest, a guest of a guest.
 * One conformance suite (test/conformance) holds every implementation to this text.
 */
export interface Machine {
  /** For messages: `host`, `L0`, `L1`. */
  readonly name: string;
  /** Runs to the end, the limit or the abort; never rejects for what the command or the channel did. */
  run(command: Command, signal: AbortSignal): Promise<Completed>;
  /** Starts a process whose standard input and output become one stream. */
  spawn(argv: readonly string[], signal: AbortSignal): Promise<Result<Child>>;
  /** An interactive shell on this machine, until it ends; the exit code. */
  shell(terminal: Terminal, signal: AbortSignal): Promise<number>;
  /** Settles when the machine cannot be reached any more, with the reason. */
  readonly lost: Promise<string>;
  /** Why it was lost and what it last said (console, hypervisor); undefined while it can be reached. */
  diagnose(): Promise<string | undefined>;
  /** Ends the machine and everything that runs on it. Idempotent; never rejects. */
  dispose(): Promise<void>;
}

/** A process on a machine, seen from outside. */
export interface Child {
  readonly stream: Duplex;
  /** The end of what it wrote to standard error. */
  errors(): string;
  /** Settles when it has ended, with how. */
  readonly ended: Promise<string>;
  kill(): void;
}

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * One fold step: turns a machine into the next one. Everything that can be known beforehand is in
 * `launch`, which `dvirt plan` prints.
 */
export interface PlatformStep {
  /** The level that the new machine is. */
  readonly level: number;
  readonly driver: string;
  readonly launch: LaunchPlan;
  /** Asks the parent whether the step can work there; problems carry the remedy. */
  check(parent: Machine, signal: AbortSignal): Promise<readonly Problem[]>;
  /** On failure nothing is left behind. */
  start(parent: Machine, signal: AbortSignal): Promise<Result<Machine>>;
  /** Makes the control group of the measured size on the new machine; absent where nothing is confined. */
  readonly confine?: Command;
  /** Shell that prints further sections of the machine's facts. */
  readonly moreFacts?: string;
  /** Run on the parent once the machine answers: pins its vCPUs and prints to what. */
  readonly pin?: Command;
}

export interface LaunchPlan {
  readonly argv: readonly string[];
  readonly memoryBytes: number;
  readonly cpus: number;
  /** What of the machine is measured. */
  readonly measured: Size;
  /** CPUs of the parent to which the machine's own are pinned, in order; absent where they are not. */
  readonly pinnedTo?: readonly number[];
}

/** A platform set up for one study on one machine: the base, the fold's steps, and how to name things. */
export interface PreparedPlatform {
  readonly hardware: Hardware;
  /** What the machines' seconds are; absent: wall. */
  readonly timing?: Timing;
  readonly base: Machine;
  /** L0 first, as a condition of the study makes them; without one, as the first does. */
  steps(condition: number | undefined): readonly PlatformStep[];
  /** What workloads find on a machine of a level. */
  place(level: number): WorkPlace;
  /** `nothing`: the stack does not stand on the base, which only reaches it; absent, the base is watched too. */
  readonly watched?: "nothing";
  /** Anything that must stand in the run's record: image manifest, versions. */
  readonly record: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

export type Hardware = "real" | "emulated" | "simulated";

export interface RunRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly study: StudyData;
  readonly seed: number;
  readonly hardware: Hardware;
  readonly timing: Timing;
  /** Image hash, package versions, program version … by name. */
  readonly record: Readonly<Record<string, string>>;
  /** Absent where the study has one platform. */
  readonly group?: GroupPlace;
}

/** Where a run stands among those of its study's platforms. */
export interface GroupPlace {
  /** The group's name. */
  readonly id: string;
  /** 1-based, in the order of the study. */
  readonly place: number;
}

/** A study on several platforms: one run for each, which may not have begun yet. */
export interface GroupRecord {
  readonly id: string;
  readonly createdAt: string;
  /** One for each platform, in the order of the study. */
  readonly studies: readonly StudyData[];
  /** Of every run. */
  readonly seed: number;
}

/** One machine that came up: its launch, how long it took, and its facts as raw text. */
export interface MachineRecord {
  readonly boot: number;
  /** As in its trials. */
  readonly condition?: number;
  readonly bringUp: number;
  readonly level: number;
  readonly driver: string;
  readonly argv: readonly string[];
  readonly launchedAt: string;
  /** From launch to the first command answered. */
  readonly readySeconds: number;
  /** From the launch of the stack's first machine. */
  readonly sinceLaunchSeconds: number;
  readonly facts: string;
  /** What trials in this bring-up are held against; absent in runs that are older than it. */
  readonly snapshot?: TimedText;
}

/** Names an observation within a run. */
export interface ObservationKey {
  readonly trial: string;
  readonly attempt: number;
}

export function verdictKey({ trial, attempt }: ObservationKey): string {
  return `${trial}#${attempt}`;
}

/** Keeps what was measured. Observations are append-only; one per run, trial and attempt. */
export interface Store {
  /** Before its first run. */
  addGroup(group: GroupRecord): Promise<void>;
  groups(): Promise<readonly GroupRecord[]>;
  addRun(run: RunRecord): Promise<void>;
  runs(): Promise<readonly RunRecord[]>;
  addMachine(run: string, machine: MachineRecord): Promise<void>;
  machines(run: string): Promise<readonly MachineRecord[]>;
  /** Stores the raw observation before anybody parses it. */
  addObservation(run: string, observation: Observation): Promise<void>;
  observations(run: string): Promise<readonly Observation[]>;
  attempts(run: string): Promise<readonly TrialAttempt[]>;
  addVerdict(run: string, observation: ObservationKey, verdict: Verdict): Promise<void>;
  /** By `trial#attempt`. */
  verdicts(run: string): Promise<ReadonlyMap<string, Verdict>>;
  /**
   * What could be read, one attempt per trial, in the order of judging; for a million of them. The store must still
   * be open then.
   */
  readings(run: string): Iterable<MeasuredTrial>;
  /** What the guards said of those, gathered. */
  guardOutcomes(run: string): Promise<GuardOutcomes>;
  /** Trials of which no attempt could be read, with the attempt that speaks for each. */
  failures(run: string): Promise<readonly FailedTrial[]>;
  /** `repeat`: how often the study has a doubted trial made again. */
  counts(run: string, repeat: number): Promise<RunCounts>;
  /** Every trial that was executed, by the attempt that speaks for it. The store must still be open then. */
  trials(run: string): Iterable<TrialRow>;
  /** Entries into guests of guests during measured trials: the least and the most per workload, level and host. */
  nestedEntries(run: string): Promise<readonly NestedEntries[]>;
  close(): Promise<void>;
}

/** How far a run is. */
export interface RunCounts {
  /** Trials that were executed at least once. */
  readonly executed: number;
  /** Attempts beyond the first of each trial. */
  readonly repeats: number;
  /** Those of them that were made because the one before was doubted. */
  readonly doubtRepeats: number;
  /** Trials that need not be executed again. */
  readonly settled: number;
}

/** Wall and monotonic time as an argument, so that tests and simulations can choose. */
export interface Clock {
  /** ISO 8601 in UTC. */
  now(): string;
  /** Monotonic seconds. */
  seconds(): number;
}
