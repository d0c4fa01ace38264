import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Timing } from "../../../src/core/base/timing.ts";
import { planBoots } from "../../../src/core/trial/plan.ts";
import {
  createEstimator,
  type Estimator,
  remainingSeconds,
  sideBySideSeconds,
} from "../../../src/lab/estimate.ts";
import { fixed, madeUpStudy, workload } from "../made-up/study.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const WORKLOADS = [workload("cpu", { threads: 1 }), workload("oltp", { threads: 1, seconds: 10 })];

/** The same pace at every level. */
const paces = (pace: number) => Array.from({ length: 5 }, () => pace);

/** Machines that dvirt makes, so many times slower than those of QEMU. */
function made(pace: number, timing: Timing = "wall"): Estimator {
  return createEstimator(
    WORKLOADS,
    { machines: { kind: "made", hardware: "either", timing }, timing },
    paces(pace),
  );
}

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
    for (const estimator of [made(0.25), made(1)]) {
      for (const workload of ["cpu", "oltp"]) {
        const seconds = [0, 1, 2, 3, 4].map((level) => estimator.trialSeconds({ workload, level }));
        expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
        expect(seconds[0]).toBeGreaterThan(0);
      }
      const bringUps = [0, 1, 2, 3].map((level) => estimator.bringUpSeconds(level));
      expect(bringUps).toEqual([...bringUps].sort((a, b) => a - b));
    }
  });

  test("guesses as many times more as the machines are slower, and then learns as always", () => {
    const [usual, slow] = [made(1), made(8)];
    const trial = { workload: "cpu", level: 1 };
    expect(slow.trialSeconds(trial)).toBeCloseTo(8 * usual.trialSeconds(trial), 9);
    expect(slow.bringUpSeconds(2)).toBeCloseTo(8 * usual.bringUpSeconds(2), 9);
    slow.sawBringUp(2, 100);
    expect(slow.bringUpSeconds(2)).toBe(100);
  });

  test("a stated time is the machine's own: it takes longer only where that counts instructions", () => {
    const oltp = (timing: Timing) => made(8, timing).trialSeconds({ workload: "oltp", level: 0 });
    expect(oltp("wall")).toBeGreaterThan(10);
    expect(oltp("functional")).toBe(oltp("wall"));
    expect(oltp("counted") - oltp("wall")).toBeCloseTo(7 * (WORKLOADS[1]?.levels[0]?.guessSeconds ?? 0), 9);
    for (const level of [0, 1, 2]) {
      expect(made(0.25).trialSeconds({ workload: "oltp", level })).toBeGreaterThan(10);
    }
  });

  test("machines that are there take a connection, and their trials as long as any", () => {
    const there = createEstimator(
      WORKLOADS,
      { machines: { kind: "given", guests: "stay up" }, timing: "wall" },
      paces(0.25),
    );
    const started = createEstimator(
      WORKLOADS,
      { machines: { kind: "given", guests: "started" }, timing: "wall" },
      paces(0.25),
    );
    expect(there.trialSeconds({ workload: "oltp", level: 1 })).toBeGreaterThan(10);
    expect(there.bringUpSeconds(1)).toBeGreaterThan(0);
    expect(started.bringUpSeconds(1)).toBeGreaterThan(there.bringUpSeconds(1));
  });

  test("where there are no machines everything takes as long as its commands do", () => {
    const of = (commandSeconds: number) =>
      createEstimator(
        WORKLOADS,
        { machines: { kind: "imagined", commandSeconds }, timing: "wall" },
        paces(1),
      );
    for (const workload of ["cpu", "oltp"]) {
      const [none, some] = [of(0), of(0.1)].map((one) => one.trialSeconds({ workload, level: 2 }));
      expect(none).toBe(0);
      expect(some).toBeGreaterThan(0.2);
      expect(some).toBeLessThan(1);
    }
  });
});

describe("an estimator that has seen something", () => {
  test("says the mean of what it saw of the same workload and level", () => {
    const estimator = made(1);
    estimator.sawTrial({ workload: "cpu", level: 1 }, 30);
    estimator.sawTrial({ workload: "cpu", level: 1 }, 50);
    estimator.sawBringUp(2, 100);
    expect(estimator.trialSeconds({ workload: "cpu", level: 1 })).toBe(40);
    expect(estimator.bringUpSeconds(2)).toBe(100);
  });

  test("scales its other guesses by how far it was off", () => {
    const estimator = made(1);
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
    const estimator = made(0.25);
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
      pace: fc.constantFrom(0.25, 1, 8),
      boots: fc.integer({ min: 1, max: 3 }),
      upTo: fc.integer({ min: -1, max: 2 }),
    });
    fc.assert(
      fc.property(input, seen, ({ pace, boots, upTo }, sights) => {
        const estimator = made(pace);
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

describe("so many at a time", () => {
  test("one at a time takes the sum, and as many places as there are items the longest", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }), (each) => {
        const sum = each.reduce((total, one) => total + one, 0);
        expect(sideBySideSeconds(each, 1)).toBe(sum);
        expect(sideBySideSeconds(each, each.length)).toBe(Math.max(...each));
      }),
    );
  });

  test("each begins where a place is free first; nothing takes no time", () => {
    expect(sideBySideSeconds([50, 20, 40, 10], 2)).toBe(60);
    expect(sideBySideSeconds([], 3)).toBe(0);
  });
});
