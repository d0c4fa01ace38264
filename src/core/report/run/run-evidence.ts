import type { Analysis } from "../../analysis/analysis.ts";
import type { BootSeconds, StopReason } from "../../analysis/stopping.ts";
import type { TimelineSpan } from "../../document/figure.ts";
import type { DoubtSummary } from "../../trial/doubts.ts";
import type { Ground, Subject, TrialRows } from "../parts/report.ts";
import type { AsynchronousIo } from "./asynchronous-io.ts";
import type { Attribution } from "./attribution.ts";
import type { ProbeCost, PublishedCost } from "./probe-report.ts";
import type { PublishedRatio } from "./published-ratios.ts";

/** What a run left, gathered from the store; single trials are read only when they are iterated. */
export interface RunEvidence extends Ground {
  readonly subject: Extract<Subject, { kind: "run" }>;
  readonly analysis: Analysis;
  readonly bringUps: readonly BringUp[];
  readonly nestedEntries: readonly NestedEntries[];
  /** None where no level's KVM could be read. */
  readonly attributions: readonly Attribution[];
  /** None where no probe was measured. */
  readonly probeCosts: readonly ProbeCost[];
  /** What publications state of the same events, and of exits. */
  readonly publishedCosts: readonly PublishedCost[];
  /** What studies measured of levels on real hardware. */
  readonly publishedRatios: readonly PublishedRatio[];
  /** Why measuring ended, by workload; absent while it goes on, and where the number of boots was fixed. */
  readonly stopped?: ReadonlyMap<string, StopReason>;
  readonly bootSeconds: ReadonlyMap<number, BootSeconds>;
  /** The course of trials that reported while they ran; none where no trial did. */
  readonly courses: readonly Course[];
  /** How servers read and wrote; none where no workload has one. */
  readonly asynchronousIo: readonly AsynchronousIo[];
  /** The first trials of the run, as many as a picture can show. */
  readonly spans: readonly TimelineSpan[];
  readonly trials: TrialRows;
  readonly doubts: DoubtSummary;
  /** Sentences beside the analysis's own warnings. */
  readonly notes: readonly string[];
}

export interface BringUp {
  readonly boot: number;
  readonly condition?: number;
  readonly bringUp: number;
  /** Seconds from each machine's launch to its first command answered; measuring in between is not in it. */
  readonly readySeconds: readonly { readonly level: number; readonly seconds: number }[];
  /** Seconds from there until each could be measured, all machines together. */
  readonly settleSeconds: number;
}

/** Entries into guests of guests that KVM at `host` counted during the trials of one workload at one level. */
export interface NestedEntries {
  readonly workload: string;
  readonly level: number;
  readonly host: number;
  readonly least: number;
  readonly most: number;
}

/** How steady the trials of one workload at one level were, from what they reported while they ran. */
export interface Course {
  readonly workload: string;
  readonly level: number;
  readonly trials: number;
  readonly intervals: number;
  /** Mean over the trials; undefined where they were too short to tell. */
  readonly lag1: number | undefined;
  /** Mean share of a trial's intervals that count as independent. */
  readonly effectiveShare: number | undefined;
  /** Trials long enough to look for a warm-up, and those in which one was shown. */
  readonly examined: number;
  readonly warmUps: number;
}
