import type { Comparison } from "../../../src/core/analysis/analysis.ts";
import { publishedCosts } from "../../../src/core/report/run/probe-report.ts";
import { publishedRatios } from "../../../src/core/report/run/published-ratios.ts";
import type { RunEvidence } from "../../../src/core/report/run/run-evidence.ts";
import { references } from "../../../src/references/index.ts";
import { analyse } from "./analysed.ts";
import { madeUpEvidence } from "./report.ts";
import { madeUpTrial } from "./trial.ts";

/** Of one transaction: the microseconds that it was counted to take, and its exits to L0. */
interface Planted {
  readonly microseconds: readonly number[];
  readonly exits: readonly number[];
}

/** By workload, for L0, L1 and L2; every boot alike. */
export const PLANTED: Readonly<Record<string, Planted>> = {
  cpu: { microseconds: [1000, 1010, 1050], exits: [0, 5, 40] },
  threads: { microseconds: [1000, 1250, 2000], exits: [0, 100, 1000] },
};

const TRANSACTIONS = 500;

/** What a run left in which QEMU counted instructions, with the references of this program beside it. */
export function countedEvidence(different: Partial<RunEvidence> = {}): RunEvidence {
  const levels = Object.entries(PLANTED).flatMap(([workload, { microseconds, exits }]) =>
    microseconds.map((each, level) => ({ workload, level, each, exits: exits[level] ?? 0 })),
  );
  const readings = levels.flatMap(({ workload, level, each }) =>
    [1, 2].map((boot) => ({
      trial: madeUpTrial({ workload, level, boot }),
      reading: { metrics: { throughput: 1e6 / each, response: each * 1e-6 } },
    })),
  );
  return madeUpEvidence({
    timing: "counted",
    analysis: analyse(readings, [], {
      platform: "x86_64-kvm",
      resources: "constant-guest",
      workloads: Object.keys(PLANTED),
      levels: 2,
      margin: 0.02,
    }),
    attributions: levels
      .filter(({ level }) => level > 0)
      .map(({ workload, level, exits }) => ({
        workload,
        level,
        host: 0,
        trials: 2,
        transactions: TRANSACTIONS,
        seconds: 7,
        counts: new Map([["exits", exits * TRANSACTIONS]]),
      })),
    publishedCosts: publishedCosts(references),
    publishedRatios: publishedRatios(references),
    ...different,
  });
}

/** The same comparisons as those of a run's condition. */
export function underCondition(comparisons: readonly Comparison[]): readonly Comparison[] {
  return comparisons.map((one) => ({ ...one, condition: "L1.mitigations=off" }));
}
