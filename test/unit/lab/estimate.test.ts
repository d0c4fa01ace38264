import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planBoots } from "../../../src/core/plan.ts";
import { createEstimator, type Estimator, remainingSeconds, slownessOf } from "../../../src/lab/estimate.ts";
import { fixed, madeUpStudy, workload } from "../made-up/study.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const WORKLOADS = [workload("cpu", { threads: 1 }), workload("oltp", { threads: 1, seconds: 10 })];
const HARDWARE = ["real", "emulated", "simulated"] as const;

/** An estimator that only knows what the test says. */
function knowing(trialSeconds: number, bringUpSeconds: number): Estimator {
  return {
    trialSeconds: () => trialSeconds,
    bringUpSeconds: () => bringUpSeconds,
    sawTrial: () => {},
    sawBringUp: () => {},
  };
}

describe("an estimator that has seen nothing", () => {
  test("guesses more time for each level further down", () => {
    for (const hardware of ["real", "emulated"] as const) {
      const estimator = createEstimator(WORKLOADS, hardware);
      for (const workload of ["cpu", "oltp"]) {
        const seconds = [0, 1, 2, 3, 4].map((level) => estimator.trialSeconds({ workload, level }));
        expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
        expect(seconds[0]).toBeGreaterThan(0);
      }
      const bringUps = [0, 1, 2, 3].map((level) => estimator.bringUpSeconds(level));
      expect(bringUps).toEqual([...bringUps].sort((a, b) => a - b));
    }
  });

  test("guesses at least the stated time for a workload that runs for a stated time", () => {
    for (const hardware of ["real", "emulated"] as const) {
      const estimator = createEstimator(WORKLOADS, hardware);
      for (const level of [0, 1, 2]) {
        expect(estimator.trialSeconds({ workload: "oltp", level })).toBeGreaterThan(10);
      }
    }
  });

  test("guesses as many times more as the platform is slower, and then learns as always", () => {
    const [usual, slow] = [1, 8].map((slower) => createEstimator(WORKLOADS, "emulated", [], () => slower));
    const trial = { workload: "oltp", level: 1 };
    expect(slow?.trialSeconds(trial)).toBeCloseTo(8 * (usual?.trialSeconds(trial) ?? 0), 9);
    expect(slow?.bringUpSeconds(2)).toBeCloseTo(8 * (usual?.bringUpSeconds(2) ?? 0), 9);
    slow?.sawBringUp(2, 100);
    expect(slow?.bringUpSeconds(2)).toBe(100);
  });

  test("guesses more for a guest of QEMU's emulation, and for what runs in that, and no more below it", () => {
    const chain = { levels: 3, hypervisors: ["kvm", "tcg"] } as const;
    const of = (hardware: "real" | "emulated") => [0, 1, 2, 3].map(slownessOf(chain, hardware, 2));
    expect(of("emulated")).toEqual([2, 2, 40, 40]);
    expect(of("real")).toEqual([2, 2, 20, 20]);
    expect([0, 1, 2].map(slownessOf({ levels: 2 }, "emulated"))).toEqual([1, 1, 1]);
  });

  test("guesses nothing for the simulated lab, which takes no time", () => {
    const estimator = createEstimator(WORKLOADS, "simulated");
    expect(estimator.bringUpSeconds(2)).toBe(0);
    expect(estimator.trialSeconds({ workload: "cpu", level: 2 })).toBe(0);
    expect(estimator.trialSeconds({ workload: "oltp", level: 2 })).toBe(0);
  });
});

describe("an estimator that has seen something", () => {
  test("says the mean of what it saw of the same workload and level", () => {
    const estimator = createEstimator(WORKLOADS, "emulated");
    estimator.sawTrial({ workload: "cpu", level: 1 }, 30);
    estimator.sawTrial({ workload: "cpu", level: 1 }, 50);
    estimator.sawBringUp(2, 100);
    expect(estimator.trialSeconds({ workload: "cpu", level: 1 })).toBe(40);
    expect(estimator.bringUpSeconds(2)).toBe(100);
  });

  test("scales its other guesses by how far it was off", () => {
    const estimator = createEstimator(WORKLOADS, "emulated");
    const guess = {
      trial: estimator.trialSeconds({ workload: "oltp", level: 2 }),
      bringUp: estimator.bringUpSeconds(1),
    };
    estimator.sawTrial(
      { workload: "cpu", level: 0 },
      3 * estimator.trialSeconds({ workload: "cpu", level: 0 }),
    );
    expect(estimator.trialSeconds({ workload: "oltp", level: 2 })).toBeCloseTo(3 * guess.trial, 9);
    expect(estimator.bringUpSeconds(1)).toBeCloseTo(3 * guess.bringUp, 9);
  });

  test("keeps its guesses where they were right", () => {
    const estimator = createEstimator(WORKLOADS, "real");
    const before = estimator.bringUpSeconds(2);
    estimator.sawBringUp(0, estimator.bringUpSeconds(0));
    expect(estimator.bringUpSeconds(2)).toBeCloseTo(before, 9);
  });
});

describe("the remaining time", () => {
  const trials = [
    madeUpTrial({ level: 0 }),
    madeUpTrial({ level: 1 }),
    madeUpTrial({ level: 1, direction: "down" }),
    madeUpTrial({ level: 0, direction: "down" }),
  ];

  test("of nothing is nothing", () => {
    expect(remainingSeconds([], -1, knowing(1, 10))).toBe(0);
    expect(remainingSeconds([], 2, knowing(1, 10))).toBe(0);
  });

  test("counts each trial, and each machine once on the way up", () => {
    expect(remainingSeconds(trials, -1, knowing(1, 10))).toBe(4 + 20);
  });

  test("does not count machines that are up already", () => {
    expect(remainingSeconds(trials, 0, knowing(1, 10))).toBe(4 + 10);
    expect(remainingSeconds(trials.slice(2), 1, knowing(1, 10))).toBe(2);
  });

  test("counts a fresh stack for each further boot", () => {
    const second = trials.map((trial) => ({ ...trial, boot: 2 }));
    expect(remainingSeconds([...trials, ...second], -1, knowing(1, 10))).toBe(2 * (4 + 20));
  });

  test("is never negative, whatever was seen", () => {
    const seen = fc.array(
      fc.tuple(fc.constantFrom("cpu", "oltp"), fc.nat(2), fc.double({ min: 0, max: 1e4, noNaN: true })),
    );
    const input = fc.record({
      hardware: fc.constantFrom(...HARDWARE),
      boots: fc.integer({ min: 1, max: 3 }),
      upTo: fc.integer({ min: -1, max: 2 }),
    });
    fc.assert(
      fc.property(input, seen, ({ hardware, boots, upTo }, sights) => {
        const estimator = createEstimator(WORKLOADS, hardware);
        for (const [workload, level, seconds] of sights) {
          estimator.sawTrial({ workload, level }, seconds);
          estimator.sawBringUp(level, seconds / 2);
        }
        const plan = planBoots(madeUpStudy({ workloads: WORKLOADS, repetitions: fixed(boots) }), 1).flatMap(
          (boot) => boot.trials,
        );
        const rest = plan.map((_, done) => {
          const depth = done === 0 ? upTo : (plan[done - 1]?.level ?? upTo);
          return remainingSeconds(plan.slice(done), depth, estimator);
        });
        expect(rest.every((seconds) => seconds >= 0)).toBe(true);
      }),
    );
  });
});
