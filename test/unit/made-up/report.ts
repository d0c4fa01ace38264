import { analyse } from "../../../src/core/analysis.ts";
import { parseFacts } from "../../../src/core/facts.ts";
import { planBoots, type Trial } from "../../../src/core/plan.ts";
import { type Problem, problemText } from "../../../src/core/problem.ts";
import { answer, LABELS, type Report, type TrialRow } from "../../../src/core/report.ts";
import { studyData } from "../../../src/core/study.ts";
import type { Reading } from "../../../src/core/workload.ts";
import { fixture } from "../fixture.ts";
import { madeUpStudy } from "./study.ts";

const SEED = 7;
/** Of the throughput at L0, by level. */
const KEPT = [1, 0.8, 0.64];
const WORKLOADS = ["cpu", "threads"];
const FAILED = "b2-down-L2-threads-1";
const PROBLEM: Problem = {
  code: "workload-failed",
  at: FAILED,
  what: "sysbench threads: exit code 1",
  evidence: 'FATAL: "threads" failed\nat once, it says',
};

/** A small report with fixed figures: three levels, two boots, two workloads, and one trial that failed. */
export function madeUpReport(different: Partial<Report> = {}): Report {
  const study = madeUpStudy();
  const trials = planBoots(study, SEED).flatMap((boot) => boot.trials);
  const good = trials.filter((trial) => trial.id !== FAILED);
  const failed = trials.filter((trial) => trial.id === FAILED).map((trial) => ({ trial, problem: PROBLEM }));
  const analysis = analyse(
    good.map((trial) => ({ trial, reading: readingOf(trial) })),
    failed,
    WORKLOADS,
    study.levels,
  );
  const label = LABELS.emulated;
  return {
    run: "2026-01-02-030405-made-up-abc123",
    createdAt: "2026-01-02T03:04:05.000Z",
    study: studyData(study),
    seed: SEED,
    hardware: "emulated",
    ...(label === undefined ? {} : { label }),
    analysis,
    answers: WORKLOADS.map((name) => answer(name, analysis.cells)),
    levels: ["qemu-tcg", "qemu-kvm", "qemu-kvm"].map((driver, level) => ({
      level,
      driver,
      facts: parseFacts(fixture(`facts/L${level}.txt`)),
    })),
    bringUps: [
      {
        boot: 1,
        bringUp: 1,
        readySeconds: [4.6, 11.74, 17.25].map((seconds, level) => ({ level, seconds })),
      },
      { boot: 2, bringUp: 2, readySeconds: [4.8, 12].map((seconds, level) => ({ level, seconds })) },
    ],
    trials: trials.map(
      (trial): TrialRow => ({
        trial,
        attempt: 1,
        bringUp: trial.boot,
        reading: trial.id === FAILED ? undefined : readingOf(trial),
        problem: trial.id === FAILED ? problemText(PROBLEM) : undefined,
        nestedEntries: [0, 1]
          .filter((level) => level < trial.level)
          .map((level) => ({ level, count: trial.level - level === 2 ? 2900 + trial.boot : 0 })),
      }),
    ),
    planned: trials.length,
    notes: [...analysis.warnings, "1 trial(s) failed and are in no figure; their raw text is kept"],
    record: { image: "f2f8c102ae9e1468", dvirt: "0.1.0" },
    ...different,
  };
}

/** Each level keeps 0.8 of the one below; the second boot is a hundredth faster, the way down a thousandth. */
function readingOf({ workload, level, boot, direction }: Trial): Reading {
  const ground = workload === "cpu" ? 5000 : 2000;
  const throughputPerSecond =
    ground * (KEPT[level] ?? 0) * (boot === 1 ? 1 : 1.01) * (direction === "up" ? 1 : 1.001);
  return { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond, more: {} };
}
