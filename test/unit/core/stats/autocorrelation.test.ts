import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { autocorrelation } from "../../../../src/core/stats/autocorrelation.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("series", {
  autocorrelation: z.array(z.strictObject({ values: z.array(z.number()), lag1: z.number() })),
  outliers: z.unknown(),
  changePoint: z.unknown(),
});

test("agrees with R's acf", () => {
  expect(recorded.autocorrelation).toHaveLength(2);
  for (const { values, lag1 } of recorded.autocorrelation) {
    const found = autocorrelation(values);
    expectClose(found?.lag1, lag1);
    expectClose(found?.effectiveN, (values.length * (1 - lag1)) / (1 + lag1));
    expect(found?.warnings).toEqual([]);
  }
});

test("lies between -1 and 1, and the effective n between 1 and n", () => {
  const series = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 50 });
  fc.assert(
    fc.property(series, (values) => {
      const found = autocorrelation(values);
      if (found === undefined) {
        expect(new Set(values).size).toBe(1);
        return;
      }
      expect(Math.abs(found.lag1)).toBeLessThanOrEqual(1);
      expect(found.effectiveN).toBeGreaterThanOrEqual(1);
      expect(found.effectiveN).toBeLessThanOrEqual(values.length);
    }),
  );
});

test("of values that go up and down is negative, and counts no value more than once", () => {
  const found = autocorrelation([1, 2, 1, 2, 1, 2]);
  expect(found?.lag1).toBeLessThan(-0.8);
  expect(found?.effectiveN).toBe(6);
});

test("of a slow climb leaves few effective values", () => {
  expect(autocorrelation(Array.from({ length: 60 }, (_, i) => i))?.effectiveN).toBeLessThan(3);
});

test("does not exist for two values or without spread, and warns of a short series", () => {
  expect(autocorrelation([1, 2])).toBeUndefined();
  expect(autocorrelation([2, 2, 2])).toBeUndefined();
  expect(autocorrelation([1, 3, 2])?.warnings).toHaveLength(1);
});
