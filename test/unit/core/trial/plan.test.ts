import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { studyData } from "../../../../src/core/study/study.ts";
import { type Boot, bringUpsOf, planBoots, plannedTrials } from "../../../../src/core/trial/plan.ts";
import { type FixedStudy, fixed, madeUpStudy, workload } from "../../made-up/study.ts";

const ALL = [
  workload("cpu", { threads: 1 }),
  workload("threads", {}),
  workload("memory-write", { threads: 1 }),
  workload("memory-read", { threads: 1 }),
  workload("oltp", { threads: 1 }),
];

const anyStudy: fc.Arbitrary<FixedStudy> = fc
  .record({
    levels: fc.integer({ min: 0, max: 4 }),
    repetitions: fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }))
      .map(([boots, runs]) => fixed(boots, runs)),
    workloads: fc.subarray(ALL, { minLength: 1 }),
  })
  .map(madeUpStudy);
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function forEveryPlan(check: (boots: readonly Boot[], study: FixedStudy) => void): void {
  fc.assert(fc.property(anyStudy, anySeed, (study, seed) => check(planBoots(study, seed), study)));
}

describe("a plan", () => {
  test("may measure the deepest level once, where the way turns", () => {
    const repetitions = { ...fixed(2), deepest: "once" } as const;
    const study = madeUpStudy({ repetitions, workloads: ALL.slice(0, 2) });
    const boots = planBoots(study, 1);
    for (const { trials } of boots) {
      expect(trials.map(({ level }) => level)).toEqual([0, 0, 1, 1, 2, 2, 1, 1, 0, 0]);
      expect(trials.filter(({ level }) => level === 2).map(({ direction }) => direction)).toEqual([
        "up",
        "up",
      ]);
    }
    expect(plannedTrials(study)).toEqual({ least: 20, most: 20 });
  });

  test("goes up the levels and down again", () => {
    const study = madeUpStudy({ repetitions: fixed(1, 2), workloads: [workload("cpu", { threads: 1 })] });
    expect(planBoots(study, 1)[0]?.trials.map((trial) => trial.id)).toEqual([
      "b1-up-L0-cpu-1",
      "b1-up-L0-cpu-2",
      "b1-up-L1-cpu-1",
      "b1-up-L1-cpu-2",
      "b1-up-L2-cpu-1",
      "b1-up-L2-cpu-2",
      "b1-down-L2-cpu-2",
      "b1-down-L2-cpu-1",
      "b1-down-L1-cpu-2",
      "b1-down-L1-cpu-1",
      "b1-down-L0-cpu-2",
      "b1-down-L0-cpu-1",
    ]);
  });

  test("has a way down that is the exact mirror of the way up", () => {
    forEveryPlan((boots) => {
      for (const { trials } of boots) {
        const place = trials.map(({ level, workload, run }) => ({ level, workload, run }));
        expect(place).toEqual([...place].reverse());
        const half = trials.length / 2;
        expect(trials.slice(0, half).every((trial) => trial.direction === "up")).toBe(true);
        expect(trials.slice(half).every((trial) => trial.direction === "down")).toBe(true);
      }
    });
  });

  test("never goes down a level on the way up", () => {
    forEveryPlan((boots) => {
      for (const { trials } of boots) {
        const levels = trials.filter((trial) => trial.direction === "up").map((trial) => trial.level);
        expect(levels).toEqual([...levels].sort((a, b) => a - b));
      }
    });
  });

  test("has each combination exactly once: boots × directions × levels × runs × workloads", () => {
    forEveryPlan((boots, study) => {
      expect(boots.map((boot) => boot.index)).toEqual(
        Array.from({ length: study.repetitions.boots }, (_, i) => i + 1),
      );
      const trials = boots.flatMap((boot) => boot.trials);
      const { boots: planned, runs } = study.repetitions;
      expect(trials).toHaveLength(planned * 2 * (study.levels + 1) * runs * study.workloads.length);
      expect(plannedTrials(study).most).toBe(trials.length);
      expect(plannedTrials(studyData(study)).most).toBe(trials.length);
      expect(new Set(trials.map((trial) => trial.id)).size).toBe(trials.length);
      const combinations = trials.map(({ id: _, ...rest }) => JSON.stringify(rest));
      expect(new Set(combinations).size).toBe(trials.length);
    });
  });

  test("keeps one order of workloads within a boot", () => {
    forEveryPlan((boots, study) => {
      for (const { trials } of boots) {
        const upwards = trials.filter((trial) => trial.direction === "up").map((trial) => trial.workload);
        const order = upwards.slice(0, study.workloads.length);
        const rounds = (study.levels + 1) * study.repetitions.runs;
        expect(upwards).toEqual(Array.from({ length: rounds }, () => order).flat());
      }
    });
  });

  test("is the same for the same seed", () => {
    fc.assert(
      fc.property(anyStudy, anySeed, (study, seed) => {
        expect(planBoots(study, seed)).toEqual(planBoots(study, seed));
      }),
    );
  });

  test("gives the boots of a study the same order when more boots are added", () => {
    fc.assert(
      fc.property(anyStudy, anySeed, (study, seed) => {
        const more = planBoots(
          { ...study, repetitions: fixed(study.repetitions.boots + 2, study.repetitions.runs) },
          seed,
        );
        expect(more.slice(0, study.repetitions.boots)).toEqual(planBoots(study, seed));
      }),
    );
  });

  test("draws the order of the workloads anew for each boot and each seed", () => {
    const study = madeUpStudy({ repetitions: fixed(12), workloads: ALL });
    const orders = (seed: number) =>
      planBoots(study, seed).map((boot) =>
        boot.trials
          .slice(0, ALL.length)
          .map((trial) => trial.workload)
          .join(),
      );
    expect(new Set(orders(1)).size).toBeGreaterThan(6);
    expect(orders(2)).not.toEqual(orders(1));
  });

  test("puts every workload first in some boot", () => {
    const boots = planBoots(madeUpStudy({ repetitions: fixed(60), workloads: ALL }), 5);
    const first = new Set(boots.map((boot) => boot.trials[0]?.workload));
    expect([...first].sort()).toEqual(ALL.map((one) => one.name).sort());
  });
});

describe("a plan with factors", () => {
  const study = madeUpStudy({
    repetitions: fixed(24),
    workloads: ALL.slice(0, 2),
    factors: { thp: ["always", "never"], disk: ["virtio", "ide"] },
  });
  const boots = planBoots(study, 3);
  const orderOf = (boot: Boot) => bringUpsOf(boot).map(({ trials }) => trials[0]?.condition);

  test("measures every condition of every boot over the whole palindrome", () => {
    for (const boot of boots) {
      const parts = bringUpsOf(boot);
      expect(parts.map(({ trials }) => trials[0]?.condition).sort()).toEqual([1, 2, 3, 4]);
      for (const { index, trials } of parts) {
        const condition = trials[0]?.condition;
        const plain = planBoots(madeUpStudy({ ...study, factors: {} }), 3)[index - 1]?.trials ?? [];
        expect(trials.map(({ id }) => id)).toEqual(
          plain.map(({ id }) => id.replace(`b${index}-`, `b${index}-c${condition}-`)),
        );
      }
      expect(parts.flatMap(({ trials }) => trials)).toEqual(boot.trials);
    }
    expect(plannedTrials(study).most).toBe(boots.flatMap(({ trials }) => trials).length);
    expect(plannedTrials(studyData(study)).most).toBe(plannedTrials(study).most);
  });

  test("draws the order of the conditions for each boot, so that none is always first", () => {
    expect(new Set(boots.map((boot) => orderOf(boot)[0]))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(boots.map((boot) => orderOf(boot).join())).size).toBeGreaterThan(12);
    expect(planBoots(study, 3)).toEqual(boots);
  });

  test("is what it was for a study without", () => {
    const plain = planBoots(madeUpStudy({ repetitions: fixed(1) }), 3);
    expect(Object.keys(plain[0]?.trials[0] ?? {}).sort()).toEqual([
      "boot",
      "direction",
      "id",
      "level",
      "run",
      "workload",
    ]);
    expect(plain.flatMap(bringUpsOf)).toEqual(plain);
  });
});
