import { expect, test } from "vitest";
import type { MeasuredTrial } from "../../../../src/core/analysis/gather.ts";
import { analyse } from "../../made-up/analysed.ts";

/**
 * A run of two boots of the study `quick`, in wall time on an emulated computer, as dvirt 0.1.0 printed it in November
 * 2026: ratio, low and high of L1 to L0, L2 to L0 and L2 to L1, with the paired t-test's 95% interval.
 */
const PRINTED = {
  cpu: [
    [0.902, 0.792, 1.03],
    [0.568, 0.453, 0.713],
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: a bound as it was printed
    [0.63, 0.572, 0.693],
  ],
  threads: [
    [1.04, 0.513, 2.1],
    [0.679, 0.471, 0.979],
    [0.654, 0.224, 1.91],
  ],
  "memory-write": [
    [0.761, 0.524, 1.1],
    [0.527, 0.378, 0.735],
    [0.692, 0.665, 0.72],
  ],
  "memory-read": [
    [0.859, 0.483, 1.53],
    [0.556, 0.534, 0.579],
    [0.647, 0.35, 1.2],
  ],
  oltp: [
    [0.418, 0.124, 1.41],
    [0.128, 0.113, 0.145],
    [0.306, 0.0801, 1.17],
  ],
} as const;

type Printed = readonly [number, number, number];

/** 97.5% point of Student's t with one degree of freedom. */
const T = 12.706204736432095;

/** How far the logarithms of a ratio in two boots lie apart: the standard error is half of that. */
function apart([, low, high]: Printed): number {
  return Math.log(high / low) / T;
}

/** Two boots that give these ratios and intervals; what both share does not matter. */
function bootsOf(workload: string, [first, both, second]: readonly [Printed, Printed, Printed]) {
  const [a, b] = [apart(first), apart(second)];
  // Of the two ways in which the steps can differ between boots, the one that fits what both together do.
  const sign = Math.abs(Math.abs(a + b) - apart(both)) < Math.abs(Math.abs(a - b) - apart(both)) ? 1 : -1;
  return [1, -1].flatMap((side, at): readonly MeasuredTrial[] => {
    const one = Math.log(first[0]) + (side * a) / 2;
    const two = one + Math.log(second[0]) + (side * sign * b) / 2;
    return [0, one, two].map((log, level) => ({
      trial: { boot: at + 1, direction: "up", level, workload },
      reading: { metrics: { throughput: Math.exp(log) } },
    }));
  });
}

test("a run of two boots, of whose 15 comparisons two were decided, has 13 decided now", () => {
  const workloads = Object.keys(PRINTED);
  const trials = Object.entries(PRINTED).flatMap(([workload, printed]) => bootsOf(workload, printed));
  const { comparisons } = analyse(trials, [], {
    platform: "x86_64-kvm",
    resources: "constant-guest",
    workloads,
    levels: 2,
    margin: 0.02,
  });
  expect(comparisons).toHaveLength(15);
  for (const { workload, level, to, estimate } of comparisons) {
    const printed = Object.entries(PRINTED).find(([name]) => name === workload)?.[1];
    const own = printed?.[to === 0 ? level - 1 : 2];
    expect(estimate.ratio / (own?.[0] ?? Number.NaN)).toBeCloseTo(1, 1);
  }
  const open = comparisons.filter(({ verdict }) => verdict.kind !== "slower");
  expect(open.map(({ workload, level, to, verdict }) => [workload, level, to, verdict.kind])).toEqual([
    ["threads", 1, 0, "inconclusive"],
    ["memory-read", 1, 0, "inconclusive"],
  ]);
});
