import { describe, expect, test } from "vitest";
import { type Effect, effectsOf } from "../../../../src/core/analysis/effects.ts";
import type { MeasuredTrial } from "../../../../src/core/analysis/gather.ts";
import { effectAnswers } from "../../../../src/core/report/parts/effects-report.ts";
import { conditionsOf } from "../../../../src/core/study/settings/condition.ts";
import { analyse } from "../../made-up/analysed.ts";

const FACTORS = { thp: ["always", "never"], "L1.mitigations": ["on", "off"] };
const CONDITIONS = conditionsOf({ factors: FACTORS });

/** Throughput of one condition at one level in one block. */
type Truth = (at: { values: Readonly<Record<string, string>>; level: number; boot: number }) => number;

function trialsOf(truth: Truth, boots: number): readonly MeasuredTrial[] {
  return Array.from({ length: boots }, (_, at) => at + 1).flatMap((boot) =>
    CONDITIONS.flatMap(({ index, values }) =>
      [0, 1, 2].flatMap((level) =>
        (["up", "down"] as const).map((direction) => {
          const throughput = truth({ values, level, boot });
          return {
            trial: { boot, condition: index, direction, level, workload: "cpu" },
            reading: { metrics: { throughput, response: 1 / throughput } },
          };
        }),
      ),
    ),
  );
}

function effects(trials: readonly MeasuredTrial[]) {
  const design = {
    platform: "simulated",
    resources: "reserved",
    workloads: ["cpu"],
    levels: 2,
    margin: 0.02,
  };
  return effectsOf(analyse(trials, [], { ...design, conditions: CONDITIONS }), FACTORS);
}

/** Blocks differ, and a little of each block's own in each value, so that there is an interval. */
const wobble = (boot: number, level: number) => 1 + 0.001 * ((boot * 7 + level * 3) % 5);

const TRUTH: Truth = ({ values, level, boot }) => {
  const thp = values["thp"] === "never" ? [0.9, 0.8, 0.6][level] : 1;
  const mitigations = values["L1.mitigations"] === "off" ? [1, 1.1, 1.2][level] : 1;
  const both = values["thp"] === "never" && values["L1.mitigations"] === "off" ? [1, 1, 0.95][level] : 1;
  const own = values["thp"] === "never" ? wobble(boot, level) : 1;
  return 1000 * 0.7 ** level * (1 + 0.2 * boot) * (thp ?? 1) * (mitigations ?? 1) * (both ?? 1) * own;
};

function ratioOf(all: readonly Effect[], kind: Effect["kind"], level: number, factor?: string): number {
  const found = all.find(
    (one) =>
      one.kind === kind &&
      one.level === level &&
      (factor === undefined || one.changes.map((change) => change.factor).join() === factor),
  );
  return found?.estimate.ratio ?? Number.NaN;
}

describe("a factor's effect", () => {
  const found = effects(trialsOf(TRUTH, 6)).effects;

  test("is the ratio within blocks, the geometric mean over the other factor's values", () => {
    expect(ratioOf(found, "throughput", 0, "thp")).toBeCloseTo(0.9, 2);
    expect(ratioOf(found, "throughput", 1, "thp")).toBeCloseTo(0.8, 2);
    expect(ratioOf(found, "throughput", 2, "thp")).toBeCloseTo(0.6 * Math.sqrt(0.95), 2);
    expect(ratioOf(found, "throughput", 2, "L1.mitigations")).toBeCloseTo(1.2 * Math.sqrt(0.95), 6);
  });

  test("on what a level keeps of L0 is the ratio of the ratios", () => {
    expect(ratioOf(found, "kept", 1, "thp")).toBeCloseTo(0.8 / 0.9, 2);
    expect(ratioOf(found, "kept", 2, "thp")).toBeCloseTo((0.6 * Math.sqrt(0.95)) / 0.9, 2);
    const kept = found.find((one) => one.kind === "kept" && one.level === 1);
    expect(kept?.shares?.from).toBeCloseTo(0.7 * Math.sqrt(1.1), 6);
  });

  test("of two factors together is what they do beyond each alone", () => {
    expect(ratioOf(found, "interaction", 2)).toBeCloseTo(0.95, 6);
    expect(ratioOf(found, "interaction", 1)).toBeCloseTo(1, 6);
  });

  test("is a control at a level that stands on no changed machine", () => {
    const controls = found.filter(({ role }) => role === "control");
    expect(controls.map(({ level, changes }) => [level, changes[0]?.factor])).toEqual([
      [0, "L1.mitigations"],
    ]);
    expect(controls[0]?.estimate.ratio).toBeCloseTo(1, 9);
  });

  test("is judged in words, adjusted over its own table", () => {
    const thp = found.find((one) => one.kind === "throughput" && one.level === 2);
    expect(thp?.verdict.kind).toBe("slower");
    expect(thp?.holmP ?? 0).toBeGreaterThan(thp?.estimate.p ?? 1);
    expect(thp?.bhP ?? 1).toBeLessThanOrEqual(thp?.holmP ?? 0);
  });

  test("turns round when the factor's values do", () => {
    const turned = { ...FACTORS, thp: ["never", "always"] };
    const conditions = conditionsOf({ factors: turned });
    const trials = trialsOf(TRUTH, 6).map((one) => {
      const name = CONDITIONS[(one.trial.condition ?? 1) - 1]?.values;
      const at = conditions.find(({ values }) =>
        Object.entries(values).every(([key, value]) => name?.[key] === value),
      );
      return { ...one, trial: { ...one.trial, condition: at?.index ?? 0 } };
    });
    const design = {
      platform: "simulated",
      resources: "reserved",
      workloads: ["cpu"],
      levels: 2,
      margin: 0.02,
      conditions,
    };
    const other = effectsOf(analyse(trials, [], design), turned).effects;
    expect(ratioOf(other, "throughput", 1, "thp")).toBeCloseTo(1 / ratioOf(found, "throughput", 1, "thp"), 9);
  });
});

test("a block that lacks a condition is left out, and that is said", () => {
  const trials = trialsOf(TRUTH, 4).filter(
    ({ trial }) => !(trial.boot === 2 && trial.condition === 3 && trial.level === 1),
  );
  const { effects: found, warnings } = effects(trials);
  expect(found[0]?.estimate.boots).toBe(3);
  expect(warnings).toEqual([
    "cpu: 1 boot(s) lack a condition or a level and are not in the factors' effects",
  ]);
});

test("one block gives a ratio without an interval", () => {
  const { effects: found } = effects(trialsOf(TRUTH, 1));
  expect(found[0]?.verdict.kind).toBe("inconclusive");
  expect(found[0]?.bhP).toBeUndefined();
  const [first] = effectAnswers(found, 0.02, undefined);
  expect(first?.sentence).toMatch(
    /^thp never instead of always: cpu at L0 loses 9\.\d+% of its throughput \(inconclusive\)/,
  );
});

describe("an answer", () => {
  const answers = effectAnswers(effects(trialsOf(TRUTH, 6)).effects, 0.02, "EMULATED");

  test("says what the value does to each level and to what the level costs", () => {
    expect(answers.map(({ workload }) => workload)).toEqual(["cpu", "cpu"]);
    expect(answers[0]?.sentence).toMatch(
      /^thp never instead of always: cpu at L0 loses 9\.\d+% \[[\d.]+, [\d.]+\] of its throughput \(slower\); at L1 it loses 19\.\d+% \[[\d.]+, [\d.]+\] of its throughput \(slower\), and L1's cost against L0 grows from 26\.\d+% to 34\.\d+% \(slower\); at L2 it loses/,
    );
  });

  test("leaves out controls, and shows them in its picture as such", () => {
    expect(answers[1]?.sentence).toMatch(
      /^L1\.mitigations off instead of on: cpu at L1 gains 10\.00% \[9\.95, 10\.05\]/,
    );
    expect(answers[1]?.figure?.rows.map(({ name }) => name)).toEqual(["L0 (control)", "L1", "L2"]);
    expect(answers[1]?.figure).toMatchObject({ id: "effect-L1-mitigations-off", label: "EMULATED" });
  });
});
