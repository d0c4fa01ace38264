import type { Analysis } from "../../analysis/analysis.ts";
import { groundText } from "../../base/timing.ts";
import type { StudyData } from "../../study/study.ts";
import { labelOf } from "../parts/report.ts";
import type { RunEvidence } from "../run/run-evidence.ts";

/** What the runs of one study on several platforms left. */
export interface GroupEvidence {
  readonly id: string;
  readonly createdAt: string;
  readonly seed: number;
  /** In the order of the study. */
  readonly members: readonly Member[];
}

/** A group with what its report draws from it. */
export interface GroupView extends GroupEvidence {
  /** Of the members that have begun. */
  readonly runs: readonly RunEvidence[];
  readonly topics: readonly Topic[];
  readonly analysis: Analysis;
  readonly label: string | undefined;
}

/** A platform of a study, with what its run left once that has begun. */
export interface Member {
  readonly study: StudyData;
  readonly run?: RunEvidence;
}

/** One workload under one condition of the study, which is undefined where it has no factors. */
export interface Topic {
  readonly workload: string;
  readonly condition: string | undefined;
}

/** The label that all of the runs have; where they stand on unlike ground, one that names the ground of each. */
export function groupLabel(runs: readonly RunEvidence[]): string | undefined {
  const [first] = runs;
  if (first === undefined) return undefined;
  if (new Set(runs.map(groundText)).size === 1) return labelOf(first);
  return `MIXED HARDWARE: ${groundsText(runs)}. What a layer costs on emulated hardware is the emulator's, not a processor's; it stands beside the others only to be read so.`;
}

/** `x86_64-kvm is real hardware, s390x-qemu is emulated hardware`. */
export function groundsText(runs: readonly RunEvidence[]): string {
  return runs.map((run) => `${run.subject.study.platform} is ${groundText(run)}`).join(", ");
}
