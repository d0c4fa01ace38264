import type { FailedTrial } from "../core/analysis/analysis.ts";
import type { MeasuredTrial } from "../core/analysis/gather.ts";
import type { Result } from "../core/base/problem.ts";
import type { TrialRow } from "../core/report/parts/report.ts";
import type { NestedEntries } from "../core/report/run/run-evidence.ts";
import type { GuardEvidence } from "../core/trial/doubts.ts";
import type { Observation, Outcome, TrialAttempt } from "../core/trial/observation.ts";
import type { GroupRecord, MachineRecord, RunRecord } from "./ports.ts";

/** Names an observation within a run. */
export interface ObservationKey {
  readonly trial: string;
  readonly attempt: number;
}

export interface JudgedObservation {
  readonly observation: Observation;
  /** Undefined where nobody has judged it yet. */
  readonly outcome: Outcome | undefined;
}

/** An observation that nobody has judged; a damaged one cannot be read any more. */
export interface UnjudgedObservation {
  readonly key: ObservationKey;
  readonly observation: Result<Observation>;
}

/** What a measuring run writes. Observations are append-only; there is one per run, trial and attempt. */
export interface StoreWriter {
  /** Before its first run. */
  addGroup(group: GroupRecord): Promise<void>;
  addRun(run: RunRecord): Promise<void>;
  /** The same run with more boots to measure: nothing that was measured depends on their number. */
  extendRun(run: RunRecord): Promise<void>;
  addMachine(run: string, machine: MachineRecord): Promise<void>;
  /** Stores the raw observation before anybody parses it. */
  addObservation(run: string, observation: Observation): Promise<void>;
  addOutcome(run: string, observation: ObservationKey, outcome: Outcome): Promise<void>;
}

/** What a run asks to go on from where it is. */
export interface RunReader {
  /** In the order of their coming up. */
  machines(run: string): Promise<readonly MachineRecord[]>;
  /** In the order of storing. */
  attempts(run: string): Promise<readonly TrialAttempt[]>;
  /** Observations that a run left without an outcome when it was killed, in the order of storing. */
  unjudged(run: string): AsyncIterable<UnjudgedObservation>;
  /** What could be read, one attempt per trial, in the order of judging; read page by page, as often as wanted. */
  readings(run: string): AsyncIterable<MeasuredTrial>;
  /** Every trial that was executed, by the attempt that speaks for it; read as readings are. */
  trials(run: string): AsyncIterable<TrialRow>;
}

/** What readers ask: commands, reports and pages. */
export interface StoreReader extends RunReader {
  /** In the order of their making. */
  runs(): Promise<readonly RunRecord[]>;
  groups(): Promise<readonly GroupRecord[]>;
  /** Everything that a trial left, attempt by attempt. */
  trial(run: string, trial: string): Promise<readonly JudgedObservation[]>;
  /** What the guards said of the readings, gathered. */
  guardEvidence(run: string): Promise<GuardEvidence>;
  /** Trials of which no attempt could be read, with the attempt that speaks for each. */
  failures(run: string): Promise<readonly FailedTrial[]>;
  /** `repeat`: how often the study has a doubted trial made again. */
  counts(run: string, repeat: number): Promise<RunCounts>;
  /** Entries into guests of guests during measured trials: the least and the most per workload, level and host. */
  nestedEntries(run: string): Promise<readonly NestedEntries[]>;
}

/** A store that is open for both. */
export interface Store extends StoreWriter, StoreReader {
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
