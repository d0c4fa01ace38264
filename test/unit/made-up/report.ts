import type { Problem } from "../../../src/core/base/problem.ts";
import { normal, randomStreamFor } from "../../../src/core/base/random.ts";
import type { TimelineSpan } from "../../../src/core/document/figure.ts";
import { parseFacts } from "../../../src/core/machine/facts.ts";
import type { KvmWork } from "../../../src/core/machine/kvm-work.ts";
import type { LevelFacts, Report, TrialRow } from "../../../src/core/report/parts/report.ts";
import { attributions } from "../../../src/core/report/run/attribution.ts";
import type { NestedEntries, RunEvidence } from "../../../src/core/report/run/run-evidence.ts";
import { runReport } from "../../../src/core/report/run/run-report.ts";
import { studyData } from "../../../src/core/study/study.ts";
import type { Reading } from "../../../src/core/study/workload.ts";
import { summarise } from "../../../src/core/trial/doubts.ts";
import { planBoots, type Trial } from "../../../src/core/trial/plan.ts";
import { fixture } from "../fixture.ts";
import { analyse } from "./analysed.ts";
import { ALLOTTED, MADE, madeUpProvenance } from "./provenance.ts";
import { fixed, madeUpStudy } from "./study.ts";

const SEED = 7;
const FAILED = "b2-down-L2-threads-1";
/** Lost its machine at the first attempt, so that boot 2 took two bring-ups. */
const MADE_AGAIN = "b2-up-L2-cpu-1";
/** Measured while somebody else was at work. */
const DOUBTED = "b3-up-L0-threads-1";
const DOUBT = { guard: "other-load", sentence: "others used 0.97 of the host's 2 CPUs during the trial" };
const PROBLEM: Problem = {
  code: "workload-failed",
  at: FAILED,
  what: "sysbench threads: exit code 1",
  evidence: 'FATAL: "threads" failed\nat once, it says',
};

/** Throughput at L0, what each level keeps of it, and how far single trials lie from that. */
const TRUTH: Readonly<Record<string, { ground: number; kept: readonly number[]; noise: number }>> = {
  cpu: { ground: 5000, kept: [1, 0.998, 0.9], noise: 0.001 },
  threads: { ground: 2000, kept: [1, 0.6, 0.61], noise: 0.02 },
};

/** A report with fixed figures, made from `madeUpEvidence`; every test says what it needs to be different. */
export function madeUpReport(different: Partial<Report> = {}): Report {
  return { ...runReport(madeUpEvidence()), ...different };
}

/**
 * What a run of three levels, four boots and two workloads left: a layer that costs nothing, two that do, one
 * about which nothing can be said, a boot that lies far from the others, a trial that failed and a boot that was
 * interrupted.
 */
export function madeUpEvidence(different: Partial<RunEvidence> = {}): RunEvidence {
  const study = madeUpStudy({ repetitions: fixed(4) });
  const trials = trialRows(planBoots(study, SEED).flatMap((boot) => boot.trials));
  const measured = trials.flatMap(({ trial, reading, doubts }) =>
    reading === undefined ? [] : [{ trial, reading, doubted: doubts.length > 0 }],
  );
  const failed = trials.flatMap(({ trial, problem }) => (problem === undefined ? [] : [{ trial, problem }]));
  return {
    subject: {
      kind: "run",
      id: "2026-01-02-030405-made-up-abc123",
      createdAt: "2026-01-02T03:04:05.000Z",
      study: studyData(study),
      seed: SEED,
      planned: trials.length,
      provenance: madeUpProvenance({ origin: MADE }),
      levels: madeUpLevels(),
    },
    hardware: "emulated",
    timing: "wall",
    analysis: analyse(measured, failed, {
      platform: study.platform,
      resources: study.resources.policy,
      workloads: study.workloads.map(({ name }) => name),
      levels: study.levels,
      margin: study.margin,
    }),
    probeCosts: [],
    publishedCosts: [],
    publishedRatios: [],
    bringUps: [
      bringUp(1, 1, 4.6, 11.74, 17.25),
      bringUp(2, 2, 4.8, 12, 18.1),
      bringUp(2, 3, 4.7, 12.2),
      bringUp(3, 4, 4.5, 11.9, 17.4),
      bringUp(4, 5, 4.6, 12.1, 17.3),
    ],
    nestedEntries: ["cpu", "threads"].flatMap((workload, index): NestedEntries[] => [
      { workload, level: 1, host: 0, least: 0, most: 0 },
      { workload, level: 2, host: 0, least: 2901 + index, most: 3104 + index },
      { workload, level: 2, host: 1, least: 0, most: 0 },
    ]),
    attributions: attributions(trials),
    bootSeconds: new Map(
      [1, 2, 3, 4].map((boot) => [boot, { all: 240 + boot, added: 240 + boot, bringUp: 35 }]),
    ),
    asynchronousIo: [],
    courses: [0, 1, 2].map((level) => ({
      workload: "threads",
      level,
      trials: level === 2 ? 7 : 8,
      intervals: level === 2 ? 203 : 240,
      lag1: 0.1 * level,
      effectiveShare: 1 / (1 + 0.2 * level),
      examined: 6,
      warmUps: level,
    })),
    spans: spansOf(trials),
    trials,
    doubts: DOUBTS,
    notes: [
      "1 of 47 measured trial(s) are doubted by a guard and kept in every figure",
      "boot 2 was interrupted and went on in a fresh bring-up",
      "1 trial(s) failed and are in no figure; their raw text is kept",
    ],
    ...different,
  };
}

/** The levels of a captured stack: L0 has two CPUs, the guests one. */
export function madeUpLevels(): readonly LevelFacts[] {
  return (["qemu-tcg", "qemu-kvm", "qemu-kvm"] as const).map((driver, level) => ({
    level,
    driver,
    facts: parseFacts(fixture(`facts/L${level}.txt`)),
    allotment: level === 0 ? { ...ALLOTTED, size: { cpus: 2, memoryBytes: 4 * 2 ** 30 } } : ALLOTTED,
  }));
}

function bringUp(boot: number, bringUp: number, ...seconds: readonly number[]) {
  return {
    boot,
    bringUp,
    readySeconds: seconds.map((each, level) => ({ level, seconds: each })),
    settleSeconds: 6,
  };
}

/** One trial after the other, ten seconds apart, and a minute before each boot. */
function trialRows(trials: readonly Trial[]): readonly TrialRow[] {
  let at = Date.parse("2026-01-02T03:05:00.000Z");
  let [boot, bringUp] = [0, 0];
  return trials.map((trial) => {
    if (trial.boot !== boot || trial.id === MADE_AGAIN) {
      boot = trial.boot;
      bringUp += 1;
      at += 60_000;
    }
    const seconds = 8 + 4 * trial.level;
    const startedAt = new Date(at).toISOString();
    at += (seconds + 10) * 1000;
    const failed = trial.id === FAILED;
    return {
      trial,
      attempt: trial.id === MADE_AGAIN ? 2 : 1,
      bringUp,
      startedAt,
      seconds,
      reading: failed ? undefined : readingOf(trial),
      problem: failed ? PROBLEM : undefined,
      kvm: failed ? [] : kvmWorkOf(trial),
      doubts: trial.id === DOUBTED ? [DOUBT] : [],
    };
  });
}

function spansOf(trials: readonly TrialRow[]): readonly TimelineSpan[] {
  const secondsOf = ({ startedAt }: TrialRow) => Date.parse(startedAt) / 1000;
  const begin = Math.min(...trials.map(secondsOf));
  return trials.map((row) => ({
    boot: row.trial.boot,
    level: row.trial.level,
    what: row.trial.workload,
    fromSeconds: secondsOf(row) - begin,
    toSeconds: secondsOf(row) - begin + row.seconds,
    failed: row.problem !== undefined,
  }));
}

/** Every transaction of a guest's guest costs L1 an exit, and L0 ten. */
function kvmWorkOf({ level }: Trial): readonly KvmWork[] {
  if (level === 0) return [];
  const atL0 = { exits: 2000 * level, insn_emulation: 1500 * level, irq_exits: 200 };
  if (level === 1) return [{ level: 0, counts: atL0 }];
  return [
    { level: 0, counts: { ...atL0, nested_run: 405 } },
    { level: 1, counts: { exits: 400, insn_emulation: 300 } },
  ];
}

/** Boot 3 is slow in cpu at L1, and in nothing else. */
function readingOf({ id, workload, level, boot }: Trial): Reading {
  const { ground, kept, noise } = TRUTH[workload] ?? { ground: 0, kept: [], noise: 0 };
  const luck = Math.exp(noise * normal(randomStreamFor(SEED, id)));
  const slow = workload === "cpu" && level === 1 && boot === 3 ? 0.994 : 1;
  const throughput = ground * (kept[level] ?? 0) * luck * slow;
  return { metrics: { throughput, response: 1 / throughput }, more: {} };
}

const ROWS = trialRows(
  planBoots(madeUpStudy({ repetitions: fixed(4) }), SEED).flatMap(({ trials }) => trials),
);

const DOUBTS = await summarise({
  judged: [
    {
      unknown: ["cpu-frequency"],
      trials: ROWS.filter(({ reading }) => reading !== undefined).length,
    },
  ],
  doubted: ROWS.filter(({ doubts }) => doubts.length > 0),
});
