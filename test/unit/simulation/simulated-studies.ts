import type { Cell, Comparison } from "../../../src/core/analysis/analysis.ts";
import type { MeasuredTrial } from "../../../src/core/analysis/gather.ts";
import { normal, randomStreamFor } from "../../../src/core/base/random.ts";
import { estimateMean, type MeanEstimate } from "../../../src/core/stats/mean.ts";
import { welchLogRatio } from "../../../src/core/stats/ratio.ts";
import { tQuantile } from "../../../src/core/stats/t-distribution.ts";
import { student } from "../../../src/core/stats/t-test.ts";
import type { Direction } from "../../../src/core/trial/plan.ts";
import { analyse } from "../made-up/analysed.ts";

/** What spoils a simulated measurement; standard deviations are of the logarithm. */
export interface Disturbance {
  readonly name: string;
  /** Of a whole boot, the same at every level. */
  readonly boot: number;
  /** Of one level's machine in one boot: memory layout, huge pages. */
  readonly machine: number;
  readonly trial: number;
  /** Change of the logarithm from a boot's first trial to its last, linear in time; its sign is drawn per boot. */
  readonly drift: number;
  readonly noise: "normal" | "skewed";
  /** Share of trials that take twice as long. */
  readonly outliers: number;
}

export const DISTURBANCES: readonly Disturbance[] = [
  { name: "trial noise alone", boot: 0, machine: 0, trial: 0.03, drift: 0, noise: "normal", outliers: 0 },
  { name: "boot effects", boot: 0.03, machine: 0.03, trial: 0.02, drift: 0, noise: "normal", outliers: 0 },
  { name: "machine effects", boot: 0, machine: 0.04, trial: 0.01, drift: 0, noise: "normal", outliers: 0 },
  { name: "strong drift", boot: 0.02, machine: 0.02, trial: 0.02, drift: 0.3, noise: "normal", outliers: 0 },
  { name: "skewed noise", boot: 0.02, machine: 0.02, trial: 0.05, drift: 0, noise: "skewed", outliers: 0 },
  { name: "outliers", boot: 0.02, machine: 0.02, trial: 0.02, drift: 0, noise: "normal", outliers: 0.02 },
  {
    name: "all together",
    boot: 0.03,
    machine: 0.03,
    trial: 0.03,
    drift: 0.2,
    noise: "skewed",
    outliers: 0.01,
  },
];

/** Share of the throughput below that each level keeps: L1 0.9 of L0, L2 0.6 of L1. */
export const TRUTH = [1, 0.9, 0.54] as const;

/** An A/A study: no level costs anything. */
export const NO_COST = [1, 1, 1] as const;

const DESIGN = { platform: "simulated", resources: "reserved", workloads: ["cpu"], levels: 2, margin: 0.02 };

/** How often, of many studies, an interval held the truth, and how often a verdict claimed a difference. */
export interface Tally {
  readonly studies: number;
  readonly paired: number;
  /** Boots taken as unrelated samples: what not to do. */
  readonly unpaired: number;
  readonly fieller: number;
  /** All trials pooled as if they were independent, Student's t on the means: what not to do. */
  readonly pooled: number;
  /** The ratio's own spread alone. */
  readonly studentAlone: number;
  /** Sign flip tests with p up to 5%. */
  readonly flipped: number;
  /** Verdicts of slower or faster. */
  readonly claims: number;
  /** Studies with at least one such verdict. */
  readonly studiesWithClaim: number;
  readonly comparisons: number;
}

/** Measures coverage over whole studies: trials in the plan's order, through the analysis that a run gets. */
export function tally(
  disturbance: Disturbance,
  truth: readonly number[],
  studies: number,
  boots: number,
  runs: number,
  seed: number,
): Tally {
  const random = randomStreamFor(seed, disturbance.name);
  const sum = {
    paired: 0,
    unpaired: 0,
    fieller: 0,
    pooled: 0,
    studentAlone: 0,
    flipped: 0,
    claims: 0,
    studiesWithClaim: 0,
    comparisons: 0,
  };
  for (let study = 0; study < studies; study++) {
    const trials = simulate(disturbance, truth, boots, runs, random);
    const { cells, comparisons } = analyse(trials, [], DESIGN);
    let claimed = false;
    for (const one of comparisons) {
      if (one.metric !== "throughput") continue;
      const ratio = (truth[one.level] ?? 1) / (truth[one.to] ?? 1);
      sum.comparisons += 1;
      sum.paired += covers(one.estimate, ratio);
      sum.unpaired += unpairedCovers(cells, one, ratio);
      if (one.tests.kind === "within boots") {
        sum.studentAlone += covers(one.tests.paired, ratio);
        sum.flipped += one.tests.signFlip.kind === "exact" && one.tests.signFlip.p <= 0.05 ? 1 : 0;
      }
      sum.fieller += one.fieller.kind === "bounded" ? covers(one.fieller, ratio) : 1;
      sum.pooled += pooledCovers(trials, one, ratio);
      if (one.verdict.kind === "slower" || one.verdict.kind === "faster") {
        sum.claims += 1;
        claimed = true;
      }
    }
    if (claimed) sum.studiesWithClaim += 1;
  }
  const share = (count: number) => count / sum.comparisons;
  return {
    studies,
    paired: share(sum.paired),
    unpaired: share(sum.unpaired),
    fieller: share(sum.fieller),
    pooled: share(sum.pooled),
    studentAlone: share(sum.studentAlone),
    flipped: share(sum.flipped),
    claims: share(sum.claims),
    studiesWithClaim: sum.studiesWithClaim / studies,
    comparisons: sum.comparisons,
  };
}

function covers({ low, high }: { readonly low: number; readonly high: number }, ratio: number): number {
  return low <= ratio && ratio <= high ? 1 : 0;
}

function unpairedCovers(cells: readonly Cell[], one: Comparison, ratio: number): number {
  const at = (level: number) => cells.find((cell) => cell.level === level)?.throughput.geometric ?? [];
  const estimate = welchLogRatio(at(one.level), at(one.to), 0.95);
  return estimate === undefined ? 0 : covers(estimate, ratio);
}

/** The naive analysis: every trial a replicate, an interval for the difference of means over the base's mean. */
function pooledCovers(trials: readonly MeasuredTrial[], one: Comparison, ratio: number): number {
  const at = (level: number): MeanEstimate => {
    const values = trials.filter(({ trial }) => trial.level === level);
    const found = estimateMean(values.map(({ reading }) => reading.metrics.throughput));
    if (found === undefined) throw new Error(`no trial at L${level}`);
    return found;
  };
  const [of, to] = [at(one.level), at(one.to)];
  const test = student(of, to);
  if (test === undefined) return 0;
  const half = (tQuantile(0.975, test.df) * Math.abs(of.mean - to.mean)) / Math.abs(test.t);
  const middle = of.mean - to.mean;
  return covers({ low: 1 + (middle - half) / to.mean, high: 1 + (middle + half) / to.mean }, ratio);
}

/** One study's trials: up the levels and down again, each trial one step later in time. */
function simulate(
  disturbance: Disturbance,
  truth: readonly number[],
  boots: number,
  runs: number,
  random: () => number,
): readonly MeasuredTrial[] {
  return Array.from({ length: boots }, (_, i) =>
    simulateBoot(disturbance, truth, { index: i + 1, runs, workload: "cpu" }, random),
  ).flat();
}

/** One boot's trials of one workload. */
export function simulateBoot(
  { boot, machine, trial, drift, noise, outliers }: Disturbance,
  truth: readonly number[],
  { index, runs, workload }: { readonly index: number; readonly runs: number; readonly workload: string },
  random: () => number,
): readonly (MeasuredTrial & { readonly run: number })[] {
  const bootEffect = boot * normal(random);
  const machines = truth.map(() => machine * normal(random));
  const slope = (random() < 0.5 ? -1 : 1) * drift;
  const last = truth.length * runs * 2 - 1;
  return Array.from({ length: last + 1 }, (_, step) => {
    const direction: Direction = step * 2 <= last ? "up" : "down";
    const upwards = direction === "up" ? step : last - step;
    const height = Math.floor(upwards / runs);
    const own = trial * (noise === "normal" ? normal(random) : skewed(random));
    const late = random() < outliers ? Math.LN2 : 0;
    const log = bootEffect + (machines[height] ?? 0) + (slope * step) / last + own - late;
    const throughput = 1000 * (truth[height] ?? 1) * Math.exp(log);
    return {
      trial: { boot: index, direction, level: height, workload },
      run: (upwards % runs) + 1,
      reading: { metrics: { throughput, response: 1 / throughput } },
    };
  });
}

/** Mean 0, standard deviation 1, with a long tail towards slow trials: a negative shifted exponential. */
export function skewed(random: () => number): number {
  return 1 + Math.log(1 - random());
}
