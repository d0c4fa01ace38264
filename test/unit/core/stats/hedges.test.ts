import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { hedgesCorrection, hedgesG } from "../../../../src/core/stats/hedges.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("hedges", {
  corrections: z.array(z.strictObject({ df: z.number(), correction: z.number() })),
  cases: z.array(
    z.strictObject({
      a: z.array(z.number()),
      b: z.array(z.number()),
      g: z.number(),
      low: z.number(),
      high: z.number(),
    }),
  ),
});
const sample = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 10 });

test("the correction is the gamma functions' own, not the usual approximation", () => {
  for (const { df, correction } of recorded.corrections) {
    expectClose(hedgesCorrection(df), correction, 1e-14);
    expect(Math.abs(1 - 3 / (4 * df - 1) - correction)).toBeLessThan(0.01);
  }
});

test("g and its interval agree with mpmath", () => {
  expect(recorded.cases).toHaveLength(4);
  for (const { a, b, g, low, high } of recorded.cases) {
    const found = hedgesG(a, b);
    expectClose(found?.g, g);
    expectClose(found?.low, low);
    expectClose(found?.high, high);
  }
});

test("turns its sign when the samples are exchanged, and has no unit", () => {
  fc.assert(
    fc.property(sample, sample, fc.double({ min: 0.01, max: 100, noNaN: true }), (a, b, by) => {
      const { g, low, high } = hedgesG(a, b) ?? { g: Number.NaN, low: 0, high: 0 };
      expect(low).toBeLessThan(g);
      expect(g).toBeLessThan(high);
      expectClose(hedgesG(b, a)?.g, -g, 1e-12);
      const scaled = (values: readonly number[]) => values.map((value) => value * by);
      expect(Math.abs((hedgesG(scaled(a), scaled(b))?.g ?? Number.NaN) - g)).toBeLessThan(
        1e-9 * (1 + Math.abs(g)),
      );
    }),
  );
});

test("does not exist without two values a side or without spread", () => {
  expect(hedgesG([1], [1, 2])).toBeUndefined();
  expect(hedgesG([1, 2], [])).toBeUndefined();
  expect(hedgesG([1, 1], [2, 2])).toBeUndefined();
});

test("warns of its interval where the samples are small", () => {
  const many = Array.from({ length: 10 }, (_, i) => i);
  expect(hedgesG([1, 2, 3], [2, 3, 4])?.warnings).toHaveLength(1);
  expect(hedgesG(many, many)?.warnings).toEqual([]);
});
