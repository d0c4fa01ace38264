import type { Observation, Verdict } from "../core/observation.ts";
import type { Direction } from "../core/plan.ts";
import type { StudyData } from "../core/study.ts";
import type { Timing } from "../core/timing.ts";
import type { LiveState } from "./live.ts";
import type { GroupRecord, Hardware, RunRecord, Store } from "./ports.ts";
import type { RunSummary } from "./summary.ts";

/**
 * A store as pages look things up in it: many runs at once, one trial, what is going on. Nothing here changes what
 * was measured; only summaries, which follow from it, are kept. Lookups are short and answer at once.
 */
export interface Library {
  /** What makes reports, over a connection that cannot write. */
  readonly store: Store;
  run(id: string): RunRecord | undefined;
  group(id: string): GroupRecord | undefined;
  /** A group's runs that have begun. */
  runsOfGroup(id: string): readonly RunRecord[];
  /** Differs whenever anything that a run's report rests on was added. */
  basis(run: string): string;
  /** Differs whenever anybody wrote to the store. */
  version(): number;
  /** Newest first. */
  list(filter: RunFilter, page: Page): readonly RunLine[];
  count(filter: RunFilter): number;
  platforms(): readonly string[];
  /** Runs without a summary, newest first, as many as asked for. */
  unsummarised(count: number): readonly string[];
  /** Kept only if the run's rows are still those that the basis names. */
  keepSummary(run: RunRecord, basis: string, summary: RunSummary): void;
  /** Of runs that are being measured, or were when their process was killed. */
  live(): readonly LiveState[];
  /** In the order of storing, every attempt: those after a row's number, which is 0 for the first. */
  attempts(run: string, selection: TrialSelection, after: number, count: number): readonly AttemptLine[];
  /** The newest, in the order of storing. */
  newest(run: string, count: number): readonly AttemptLine[];
  /** Everything that a trial left, attempt by attempt. */
  trial(run: string, trial: string): readonly JudgedObservation[];
  /** Runs that measured under other resources policies what this one measured, the newest of each. */
  underOtherPolicies(run: RunRecord): readonly RunRecord[];
  close(): Promise<void>;
}

export interface RunFilter {
  /** Lower case; each must stand somewhere in what is known of the run. */
  readonly words: readonly string[];
  readonly platform?: string;
  readonly hardware?: Hardware;
  readonly state?: RunSummary["state"];
  readonly doubts?: "some" | "none";
}

export interface Page {
  readonly from: number;
  readonly count: number;
}

/** A run as a list shows it. */
export interface RunLine {
  readonly id: string;
  readonly createdAt: string;
  readonly hardware: Hardware;
  readonly timing: Timing;
  readonly title: string;
  readonly platform: string;
  readonly policy: string;
  /** The group's name, where the run is one platform's of a study on several. */
  readonly group?: string;
  /** Absent where nobody has worked it out since the run's last trial. */
  readonly summary?: RunSummary;
}

export interface TrialSelection {
  readonly workload?: string;
  readonly level?: number;
  readonly boot?: number;
  readonly only?: "doubted" | "failed";
}

/** One attempt at a trial as a list shows it. */
export interface AttemptLine {
  /** Of its row; to go on from. */
  readonly row: number;
  readonly trial: string;
  readonly attempt: number;
  readonly boot: number;
  readonly level: number;
  readonly workload: string;
  readonly direction: Direction | undefined;
  readonly outcome: "measured" | "failed" | "lost" | "not judged";
  /** A later attempt speaks for the trial. */
  readonly replaced: boolean;
  readonly throughputPerSecond: number | undefined;
  readonly responseSeconds: number | undefined;
  /** How many guards doubt it. */
  readonly doubts: number;
}

export interface JudgedObservation {
  readonly observation: Observation;
  readonly verdict: Verdict | undefined;
}

/** What a search looks through beside the answer. */
export function searchText(id: string, study: StudyData, hardware: Hardware): string {
  const workloads = study.workloads.map(({ name }) => name).join(" ");
  return `${id} ${study.name} ${study.title} ${study.platform} ${hardware} ${study.resources.policy} ${workloads}`;
}
