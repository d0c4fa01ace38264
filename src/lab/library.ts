import type { PerMetric } from "../core/base/metrics.ts";
import type { StudyData } from "../core/study/study.ts";
import type { Direction } from "../core/trial/plan.ts";
import type { LiveState } from "./live.ts";
import type { GroupRecord, Hardware, RunRecord } from "./ports.ts";
import type { StoreReader } from "./store.ts";
import type { RunSummary } from "./summary.ts";

/**
 * A store as pages look things up in it, over a connection that cannot write: many runs at once, one trial, what is
 * going on. Only summaries, which follow from what was measured, are kept.
 */
export interface Library extends StoreReader {
  run(id: string): Promise<RunRecord | undefined>;
  group(id: string): Promise<GroupRecord | undefined>;
  /** A group's runs that have begun. */
  runsOfGroup(id: string): Promise<readonly RunRecord[]>;
  /** Differs whenever anything that a run's report rests on was added. */
  basis(run: string): Promise<string>;
  /** Differs whenever anybody wrote to the store. */
  version(): Promise<number>;
  /** Newest first. */
  list(filter: RunFilter, page: Page): Promise<readonly RunLine[]>;
  count(filter: RunFilter): Promise<number>;
  platforms(): Promise<readonly string[]>;
  /** Runs without a summary, newest first, at most `count`. */
  unsummarised(count: number): Promise<readonly string[]>;
  /** Kept only if the run's rows are still those that the basis names. */
  keepSummary(run: RunRecord, basis: string, summary: RunSummary): Promise<void>;
  /** Of runs that are being measured, or were when their process was killed. */
  live(): Promise<readonly LiveState[]>;
  /** Every attempt in the order of storing: those after a row's number, which is 0 for the first. */
  attemptLines(run: string, selection: TrialSelection, page: PageAfter): Promise<readonly AttemptLine[]>;
  /** The newest, in the order of storing. */
  newest(run: string, count: number): Promise<readonly AttemptLine[]>;
  /** Runs that measured under other resources policies what this one measured, the newest of each. */
  underOtherPolicies(run: RunRecord): Promise<readonly RunRecord[]>;
  close(): Promise<void>;
}

export interface PageAfter {
  readonly after: number;
  readonly count: number;
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
export interface RunLine extends Pick<RunRecord, "id" | "createdAt" | "hardware" | "timing"> {
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
  readonly metrics: PerMetric<number> | undefined;
  /** How many guards doubt it. */
  readonly doubts: number;
}

/** What a search looks through beside the answer. */
export function searchText(id: string, study: StudyData, hardware: Hardware): string {
  const workloads = study.workloads.map(({ name }) => name).join(" ");
  return `${id} ${study.name} ${study.title} ${study.platform} ${hardware} ${study.resources.policy} ${workloads}`;
}
