import type { Analysis } from "../../analysis/analysis.ts";
import type { Effect } from "../../analysis/effects.ts";
import type { Problem } from "../../base/problem.ts";
import { TIMING_LABELS, type Timing } from "../../base/timing.ts";
import type { Section } from "../../document/document.ts";
import type { RatioFigure } from "../../document/figure.ts";
import type { Allotment } from "../../machine/allotment.ts";
import type { Confinement } from "../../machine/confinement.ts";
import type { Driver } from "../../machine/driver.ts";
import type { MachineFacts } from "../../machine/facts.ts";
import type { KvmWork } from "../../machine/kvm-work.ts";
import type { Provenance } from "../../machine/provenance.ts";
import type { StudyData } from "../../study/study.ts";
import type { Reading } from "../../study/workload.ts";
import type { Doubt } from "../../trial/observation.ts";
import type { Trial } from "../../trial/plan.ts";
import type { Overview } from "./overview.ts";

/** Everything an output needs, as data; an output turns it into bytes and adds nothing. */
export interface Report {
  readonly subject: Subject;
  readonly title: string;
  /** `mixed`: of a group whose platforms differ in it; its subject says which is which. */
  readonly hardware: HardwareKind | "mixed";
  readonly timing: Timing | "mixed";
  /** Must stand wherever a figure of this report stands; absent for real hardware. */
  readonly label?: string;
  /** One sentence and one picture of everything; absent where nothing can be compared. */
  readonly overview?: Overview;
  /** The conclusion, one per workload. */
  readonly answers: readonly Answer[];
  /** How many answers are open, and what would settle them; absent where none is. */
  readonly open?: string;
  /** The whole report in reading order, the answers first. */
  readonly sections: readonly Section[];
  readonly analysis: Analysis;
  /** Of a run's factors; absent where it has none. */
  readonly effects?: readonly Effect[];
  /** Every trial, read from the store each time it is iterated; a published study has none. */
  readonly trials: TrialRows;
  readonly notes: readonly string[];
}

type HardwareKind = "real" | "emulated" | "simulated";

/** What a run stands on. */
export interface Ground {
  readonly hardware: HardwareKind;
  readonly timing: Timing;
}

/** What the report is about. */
export type Subject =
  | {
      readonly kind: "run";
      /** The run's name. */
      readonly id: string;
      readonly createdAt: string;
      readonly study: StudyData;
      readonly seed: number;
      readonly planned: number;
      readonly provenance: Provenance;
      readonly levels: readonly LevelFacts[];
    }
  | {
      readonly kind: "group";
      /** The group's name. */
      readonly id: string;
      readonly createdAt: string;
      readonly seed: number;
      /** One for each platform, in the order of the study. */
      readonly members: readonly GroupMember[];
    }
  | { readonly kind: "reference"; readonly id: string; readonly citation: string }
  | { readonly kind: "comparison"; readonly id: string; readonly of: readonly string[] };

/** One platform of a group. */
export interface GroupMember {
  readonly platform: string;
  readonly study: StudyData;
  /** Its run and what that stands on; absent where it has not begun. */
  readonly run?: string;
  readonly hardware?: HardwareKind;
  readonly timing?: Timing;
}

/** Whose a figure is: in a group each platform has a run of its own. */
export function originOf(
  { subject, hardware, timing }: Report,
  platform: string | undefined,
): Pick<Report, "hardware" | "timing"> & { readonly run: string } {
  const members = subject.kind === "group" ? subject.members : [];
  const own = members.find((member) => member.platform === platform);
  return {
    run: own?.run ?? subject.id,
    hardware: own?.hardware ?? hardware,
    timing: own?.timing ?? timing,
  };
}

/** The first facts seen at a level. */
export interface LevelFacts {
  readonly level: number;
  readonly driver: Driver;
  readonly facts: MachineFacts;
  /** What the resources policy gave it. */
  readonly allotment: Allotment;
  /** What it said of the control group that was measured; absent where nothing is confined. */
  readonly confinement?: Confinement;
  /** The CPUs of the level below that its vCPUs were on, in order: `0, 1`; absent where they were not pinned. */
  readonly pinning?: string;
}

export interface Answer {
  readonly workload: string;
  readonly sentence: string;
  readonly figure: RatioFigure | undefined;
}

/** Rows that are in memory, or in a store from which they are read page by page; `for await` reads both, repeatedly. */
export type TrialRows = AsyncIterable<TrialRow> | Iterable<TrialRow>;

export async function allOf<T>(rows: AsyncIterable<T> | Iterable<T>): Promise<readonly T[]> {
  const all = [];
  for await (const row of rows) all.push(row);
  return all;
}

export interface TrialRow {
  readonly trial: Trial;
  /** In the report of a group, where each platform's trials have the same names. */
  readonly platform?: string;
  /** Which attempt at the trial this is; earlier ones lost their machine, or were doubted. */
  readonly attempt: number;
  readonly bringUp: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** By the host's clock. */
  readonly seconds: number;
  /** Absent where the trial failed or is not judged yet. */
  readonly reading: Reading | undefined;
  readonly problem: Problem | undefined;
  /** What KVM counted on the levels that hosted the trial; none where it could not be read. */
  readonly kvm: readonly KvmWork[];
  /** What guards doubt of it; empty where it failed. */
  readonly doubts: readonly Doubt[];
}

export const LABELS: Readonly<Record<HardwareKind, string | undefined>> = {
  real: undefined,
  emulated:
    "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates. The costs of entering and leaving guests are the emulator's, not a processor's; do not set them beside figures of real hardware.",
  simulated:
    "SIMULATED: no machine was measured; the figures were drawn from known truth to try the program.",
};

/** What must stand with every figure of such a ground; undefined for real hardware. */
export function labelOf({ hardware, timing }: Ground): string | undefined {
  return TIMING_LABELS[timing] ?? LABELS[hardware];
}
