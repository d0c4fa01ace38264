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
const pairs = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })), {
  minLength: 3,
  maxLength: 10,
  selector: ([one]) => one,
});

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

test("turns its sign when the sides are exchanged, and has no unit", () => {
  fc.assert(
    fc.property(pairs, fc.double({ min: 0.01, max: 100, noNaN: true }), (both, by) => {
      const [a, b] = [both.map(([one]) => one), both.map(([, other]) => other)];
      const { g, low, high } = hedgesG(a, b) ?? { g: Number.NaN, low: 0, high: 0 };
      expect(low).toBeLessThanOrEqual(g);
      expect(g).toBeLessThanOrEqual(high);
      expect(hedgesG(b, a)?.g).toBeCloseTo(-g, 9);
      const scaled = (values: readonly number[]) => values.map((value) => value * by);
      expect(Math.abs((hedgesG(scaled(a), scaled(b))?.g ?? Number.NaN) - g)).toBeLessThan(
        1e-9 * (1 + Math.abs(g)),
      );
    }),
  );
});

test("has a narrower interval the more a boot does the same to both of its sides", () => {
  const shared = [1, 5, 2, 8, 4, 6];
  const [close, apart] = [shared.map((value, i) => value + 3 + (i % 2) * 0.1), [8, 5, 11, 4, 9, 7]];
  const width = (values: readonly number[]) => {
    const { low, high } = hedgesG(values, shared) ?? { low: 0, high: 0 };
    return high - low;
  };
  expect(width(close)).toBeLessThan(0.2 * width(apart));
});

test("does not exist without three pairs or without spread", () => {
  expect(hedgesG([1, 2], [1, 3])).toBeUndefined();
  expect(hedgesG([1, 1, 1], [2, 2, 2])).toBeUndefined();
  expect(() => hedgesG([1, 2, 3], [1, 2])).toThrow(RangeError);
});

test("warns of its interval where boots are few", () => {
  const many = Array.from({ length: 10 }, (_, i) => i);
  expect(hedgesG([1, 2, 3], [2, 3, 5])?.warnings).toHaveLength(1);
  expect(hedgesG(many, many.toReversed())?.warnings).toEqual([]);
});
