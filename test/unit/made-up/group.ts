import { normal, randomStreamFor } from "../../../src/core/base/random.ts";
import type { LevelFacts, Report, TrialRow } from "../../../src/core/report/parts/report.ts";
import type { RunEvidence } from "../../../src/core/report/run/run-evidence.ts";
import type { GroupEvidence } from "../../../src/core/report/several/group-evidence.ts";
import { groupReport } from "../../../src/core/report/several/group-report.ts";
import { studyData } from "../../../src/core/study/study.ts";
import { planBoots } from "../../../src/core/trial/plan.ts";
import { analyse } from "./analysed.ts";
import { madeUpEvidence, madeUpLevels } from "./report.ts";
import { type FixedStudy, fixed, madeUpStudy, workload } from "./study.ts";

export const GROUP = "2026-01-02-030405-made-up-abc123";

/** One platform of a group as a test wants it. */
export interface MadeUpMember {
  readonly study: FixedStudy;
  readonly hardware: RunEvidence["hardware"];
  readonly timing: RunEvidence["timing"];
  /** Transactions per second at L0, and what each level keeps of them. */
  readonly ground: number;
  readonly kept: readonly number[];
  readonly levels: readonly LevelFacts[];
}

/** The processor of the study, measured on real hardware to L2. */
export const REAL: MadeUpMember = {
  study: madeUpStudy({ repetitions: fixed(6) }),
  hardware: "real",
  timing: "wall",
  ground: 5000,
  kept: [1, 0.95, 0.8],
  levels: madeUpLevels(),
};

/** An emulated mainframe: two boots, no L2, no threads, and another number of events. */
export const EMULATED: MadeUpMember = {
  study: madeUpStudy({
    platform: "s390x-made-up",
    repetitions: fixed(2),
    levels: 1,
    workloads: [workload("cpu", { threads: 1, events: 100 })],
  }),
  hardware: "emulated",
  timing: "wall",
  ground: 20,
  kept: [1, 0.5],
  levels: madeUpLevels()
    .slice(0, 2)
    .map((one) => ({ ...one, facts: { ...one.facts, architecture: "s390x", cpuModel: "IBM/S390" } })),
};

/** What a run of a group left, with figures that lie some thousandths from the truth. */
export function madeUpMemberRun({
  study,
  hardware,
  timing,
  ground,
  kept,
  levels,
}: MadeUpMember): RunEvidence {
  const rows = planBoots(study, 1)
    .flatMap((boot) => boot.trials)
    .map((trial): TrialRow => {
      const luck = Math.exp(0.003 * normal(randomStreamFor(1, `${study.platform} ${trial.id}`)));
      const throughput = ground * (kept[trial.level] ?? 0) * luck;
      return {
        trial,
        attempt: 1,
        bringUp: trial.boot,
        startedAt: "2026-01-02T03:05:00.000Z",
        seconds: 8,
        reading: { metrics: { throughput, response: 1 / throughput }, more: {} },
        problem: undefined,
        kvm: [],
        doubts: [],
      };
    });
  const analysis = analyse(
    rows.flatMap(({ trial, reading }) => (reading === undefined ? [] : [{ trial, reading }])),
    [],
    {
      platform: study.platform,
      resources: study.resources.policy,
      workloads: study.workloads.map(({ name }) => name),
      levels: study.levels,
      margin: study.margin,
    },
  );
  const { subject } = madeUpEvidence();
  return {
    ...madeUpEvidence({ hardware, timing, analysis, trials: rows }),
    nestedEntries: [],
    attributions: [],
    courses: [],
    notes: [`a note of ${study.platform}`],
    subject: { ...subject, id: `${GROUP}-${study.platform}`, study: studyData(study), levels },
  };
}

export function madeUpGroupEvidence(members: readonly MadeUpMember[] = [REAL, EMULATED]): GroupEvidence {
  return {
    id: GROUP,
    createdAt: "2026-01-02T03:04:05.000Z",
    seed: 7,
    members: members.map((member) => ({
      study: studyData(member.study),
      run: madeUpMemberRun(member),
    })),
  };
}

export function madeUpGroup(members?: readonly MadeUpMember[]): Report {
  return groupReport(madeUpGroupEvidence(members));
}
