import type { RunReport } from "./run-report.ts";
import type { StudyData } from "./study.ts";

/** What the runs of one study on several platforms left. */
export interface GroupEvidence {
  readonly id: string;
  readonly createdAt: string;
  readonly seed: number;
  /** In the order of the study. */
  readonly members: readonly Member[];
}

/** A platform of a study, with the report of its run once that has begun. */
export interface Member {
  readonly study: StudyData;
  readonly report?: RunReport;
}

/** One workload under one condition of the study, which is undefined where it has no factors. */
export interface Topic {
  readonly workload: string;
  readonly condition: string | undefined;
}
