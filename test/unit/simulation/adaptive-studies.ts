import { afterStopping } from "../../../src/core/analysis/analysis.ts";
import type { MeasuredTrial } from "../../../src/core/analysis/gather.ts";
import {
  type AdaptiveStudy,
  type BootSeconds,
  type HeadlineRatio,
  halfWidth,
  headlineRatios,
  nextShape,
  ratioAt,
  type StopReason,
} from "../../../src/core/analysis/stopping.ts";
import { randomStreamFor } from "../../../src/core/base/random.ts";
import type { RatioEstimate } from "../../../src/core/stats/ratio.ts";
import { type Disturbance, simulateBoot, TRUTH } from "./simulated-studies.ts";

/** A study of several workloads, each with a spread of its own. */
export interface Case {
  readonly name: string;
  readonly workloads: Readonly<Record<string, Disturbance>>;
  /** The relative half-width asked for. */
  readonly asked: number;
}

const spread = (
  boot: number,
  machine: number,
  trial: number,
  more: Partial<Disturbance> = {},
): Disturbance => ({
  name: "",
  boot,
  machine,
  trial,
  drift: 0,
  noise: "normal",
  outliers: 0,
  ...more,
});

/** Five workloads, as quick has: most of them quiet, as the emulated computer's were. */
const five = (noisy: Disturbance, quiet: Disturbance) => ({
  cpu: quiet,
  threads: noisy,
  write: quiet,
  read: quiet,
  oltp: quiet,
});

export const CASES: readonly Case[] = [
  {
    name: "one noisy workload among quiet ones",
    workloads: five(spread(0.02, 0.06, 0.05), spread(0.02, 0.01, 0.01)),
    asked: 0.05,
  },
  {
    name: "trial noise alone",
    workloads: five(spread(0, 0, 0.12), spread(0, 0, 0.02)),
    asked: 0.05,
  },
  {
    name: "boots and machines differ",
    workloads: five(spread(0.05, 0.06, 0.02), spread(0.05, 0.015, 0.01)),
    asked: 0.05,
  },
  {
    name: "strong drift",
    workloads: five(spread(0.02, 0.05, 0.04, { drift: 0.3 }), spread(0.02, 0.01, 0.01, { drift: 0.3 })),
    asked: 0.05,
  },
  {
    name: "skewed noise",
    workloads: five(
      spread(0.02, 0.03, 0.08, { noise: "skewed" }),
      spread(0.02, 0.01, 0.02, { noise: "skewed" }),
    ),
    asked: 0.05,
  },
  {
    name: "all workloads alike",
    workloads: five(spread(0.02, 0.04, 0.03), spread(0.02, 0.04, 0.03)),
    asked: 0.05,
  },
];

/** What a bring-up costs in trials of one level and direction: 35 s against 5 s on an emulated computer. */
const BRING_UP_SECONDS = 35;
const TRIAL_SECONDS = 5;

export interface AdaptiveTally {
  readonly name: string;
  readonly studies: number;
  /** Share of headline intervals that hold the truth. */
  readonly coverage: number;
  /** The same for the workload with the least of it. */
  readonly leastCoverage: number;
  /** Share of workloads that stopped with every interval as narrow as asked. */
  readonly reached: number;
  /** Mean number of trials, and of boots. */
  readonly trials: number;
  readonly boots: number;
}

/** Whole adaptive studies, decided boot by boot as a run is, with the intervals that its report gives. */
export function adaptiveTally(
  { name, workloads, asked }: Case,
  studies: number,
  seed: number,
): AdaptiveTally {
  const random = randomStreamFor(seed, name);
  const names = Object.keys(workloads);
  const held = new Map(names.map((one) => [one, { yes: 0, all: 0 }]));
  const sum = { reached: 0, trials: 0, boots: 0 };
  for (let index = 0; index < studies; index++) {
    const study = studyOf(names, asked);
    const { readings, boots } = runToTheEnd(study, workloads, random);
    const ratios = headlineRatios(study, readings).map((one) => ({ ...one, estimate: stopped(one) }));
    for (const [name, found] of held) {
      const own = ratios.filter(({ workload }) => workload === name);
      if (own.every(({ estimate }) => halfWidth(estimate) <= asked)) sum.reached += 1;
      for (const { level, to, estimate } of own) {
        const truth = (TRUTH[level] ?? 1) / (TRUTH[to] ?? 1);
        found.all += 1;
        if (estimate.low <= truth && truth <= estimate.high) found.yes += 1;
      }
    }
    sum.trials += readings.length;
    sum.boots += boots;
  }
  const shares = [...held.values()];
  return {
    name,
    studies,
    coverage: shares.reduce((a, { yes }) => a + yes, 0) / shares.reduce((a, { all }) => a + all, 0),
    leastCoverage: Math.min(...shares.map(({ yes, all }) => yes / all)),
    reached: sum.reached / studies / names.length,
    trials: sum.trials / studies,
    boots: sum.boots / studies,
  };
}

/**
 * Trials of a fixed design of equal worst-case width: as many boots for every workload, one run each, as the noisiest
 * of all cases needs in nine studies of ten.
 */
export function fixedTrials(cases: readonly Case[], studies: number, seed: number): number {
  const needed = cases.map((one) => {
    const random = randomStreamFor(seed, `fixed ${one.name}`);
    const names = Object.keys(one.workloads);
    const boots = Array.from({ length: studies }, () => boundaryOf(one, names, random)).sort((a, b) => a - b);
    return boots[Math.floor(0.9 * studies)] ?? 0;
  });
  return Math.max(...needed) * Object.keys(cases[0]?.workloads ?? {}).length * TRIALS_PER_BOOT;
}

const TRIALS_PER_BOOT = TRUTH.length * 2;

/** The first number of boots after which every interval of a study is narrow enough, one run each. */
function boundaryOf(one: Case, names: readonly string[], random: () => number): number {
  const study = studyOf(names, one.asked);
  const readings: MeasuredTrial[] = [];
  for (let boots = 1; ; boots++) {
    for (const name of names) readings.push(...bootOf(one.workloads, name, boots, 1, random));
    if (boots < 6) continue;
    const widths = headlineRatios(study, readings).map((ratio) => {
      const estimate = ratioAt(ratio, boots);
      return estimate === undefined ? Number.POSITIVE_INFINITY : halfWidth(estimate);
    });
    if (Math.max(...widths) <= one.asked) return boots;
  }
}

/** The trials of one study of so many boots. */
export function oneStudy(
  index: number,
  boots: number,
): { readonly readings: readonly MeasuredTrial[]; readonly names: readonly string[] } {
  const { workloads } = CASES[index] ?? { workloads: {} };
  const names = Object.keys(workloads);
  const random = randomStreamFor(index, "one study");
  const readings = names.flatMap((name) =>
    Array.from({ length: boots }, (_, boot) => bootOf(workloads, name, boot + 1, 2, random)).flat(),
  );
  return { readings, names };
}

/** The estimate that a run's report prints where boots were added until it was narrow. */
function stopped(ratio: HeadlineRatio): RatioEstimate {
  const estimate = ratioAt(ratio, Number.POSITIVE_INFINITY);
  if (estimate === undefined) throw new Error(`${ratio.workload} has no ratio`);
  return afterStopping(estimate);
}

function studyOf(names: readonly string[], asked: number): AdaptiveStudy {
  return {
    levels: 2,
    factors: {},
    workloads: names.map((name) => ({ name })),
    repetitions: {
      kind: "until",
      ratioHalfWidth: asked,
      boots: { minimum: 6, maximum: 200 },
      runs: { maximum: 4 },
    },
  };
}

function bootOf(
  workloads: Case["workloads"],
  workload: string,
  index: number,
  runs: number,
  random: () => number,
): readonly MeasuredTrial[] {
  const disturbance = workloads[workload];
  if (disturbance === undefined) throw new Error(`the case has no ${workload}`);
  return simulateBoot(disturbance, TRUTH, { index, runs, workload }, random);
}

/** Measures every boot that is decided on, until none is. */
function runToTheEnd(
  study: AdaptiveStudy,
  workloads: Case["workloads"],
  random: () => number,
): { readonly readings: readonly MeasuredTrial[]; readonly boots: number } {
  const readings: MeasuredTrial[] = [];
  const bootSeconds = new Map<number, BootSeconds>();
  const stopped = new Map<string, StopReason>();
  for (let done = 0; ; done++) {
    const soFar = { readings, trials: readings.map(({ trial }) => trial), settled: NONE, bootSeconds };
    const shape = nextShape(study, soFar, headlineRatios(study, readings), done, stopped);
    if (shape.size === 0) return { readings, boots: done };
    let trials = 0;
    for (const [name, runs] of shape) {
      readings.push(...bootOf(workloads, name, done + 1, runs, random));
      trials += runs * TRIALS_PER_BOOT;
    }
    const all = BRING_UP_SECONDS + trials * TRIAL_SECONDS;
    bootSeconds.set(done + 1, { all, added: all, bringUp: BRING_UP_SECONDS });
  }
}

const NONE: ReadonlySet<string> = new Set();
