import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { tCdf, tQuantile, tTwoSidedP } from "../../../../src/core/stats/t-distribution.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("t-distribution", {
  probabilities: z.array(
    z.strictObject({
      df: z.number(),
      t: z.number(),
      twoSided: z.number(),
      below: z.number(),
      above: z.number(),
    }),
  ),
  quantiles: z.array(z.strictObject({ df: z.number(), p: z.number(), t: z.number() })),
});

const anyDf = fc.double({ min: 0.5, max: 1e6, noNaN: true });
const anyT = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const anyP = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

describe("probabilities of Student's t", () => {
  test("agree with mpmath's, from df 0.5 to a million and down to 1e-300", () => {
    expect(recorded.probabilities.length).toBeGreaterThan(300);
    expect(Math.min(...recorded.probabilities.map(({ twoSided }) => twoSided))).toBeLessThan(1e-280);
    for (const { df, t, twoSided, below, above } of recorded.probabilities) {
      expectClose(tTwoSidedP(t, df), twoSided, 2e-12);
      expectClose(tTwoSidedP(-t, df), twoSided, 2e-12);
      expectClose(tCdf(-t, df), below, 2e-12);
      expectClose(tCdf(t, df), above, 2e-12);
    }
  });

  test.each([
    [1, (t: number) => 0.5 + Math.atan(t) / Math.PI],
    [2, (t: number) => 0.5 + t / (2 * Math.sqrt(2 + t * t))],
  ])("with df %d are those of the closed form", (df, closed) => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (t) =>
        expectClose(tCdf(t, df), closed(t), 1e-11),
      ),
    );
  });

  test("of t and of -t add up to 1", () => {
    fc.assert(fc.property(anyT, anyDf, (t, df) => expectClose(tCdf(t, df) + tCdf(-t, df), 1, 1e-14)));
  });

  test("never fall as t grows, across the join of the two methods too", () => {
    fc.assert(
      fc.property(anyDf, fc.double({ min: 0, max: 3, noNaN: true }), (df, t) => {
        const next = t * (1 + 1e-9) + 1e-12;
        expect(tTwoSidedP(next, df)).toBeLessThanOrEqual(tTwoSidedP(t, df) * (1 + 1e-13));
      }),
      { numRuns: 1000 },
    );
  });

  test("have their limits", () => {
    expect(tCdf(0, 5)).toBe(0.5);
    expect(tCdf(Number.NEGATIVE_INFINITY, 5)).toBe(0);
    expect(tCdf(Number.POSITIVE_INFINITY, 5)).toBe(1);
    expect(tTwoSidedP(0, 5)).toBe(1);
    expect(tCdf(Number.NaN, 5)).toBeNaN();
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuse df %d", (df) => {
    expect(() => tCdf(1, df)).toThrow(RangeError);
    expect(() => tQuantile(0.9, df)).toThrow(RangeError);
  });
});

describe("quantiles of Student's t", () => {
  test("agree with mpmath's, from p 1e-300 to next to 1", () => {
    expect(recorded.quantiles.length).toBeGreaterThan(600);
    for (const { df, p, t } of recorded.quantiles) expectClose(tQuantile(p, df), t, 2e-12);
  });

  test("undo the distribution function", () => {
    fc.assert(
      fc.property(anyP, anyDf, (p, df) => expectClose(tCdf(tQuantile(p, df), df), p, 1e-11)),
      { numRuns: 2000 },
    );
  });

  test("grow with p", () => {
    fc.assert(
      fc.property(anyP, anyP, anyDf, (a, b, df) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(tQuantile(low, df)).toBeLessThanOrEqual(tQuantile(high, df) + 1e-13);
      }),
    );
  });

  test("have their limits", () => {
    expect(tQuantile(0, 3)).toBe(Number.NEGATIVE_INFINITY);
    expect(tQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(tQuantile(0.5, 3)).toBe(0);
    expect(tQuantile(1e-300, 0.5)).toBe(Number.NEGATIVE_INFINITY); // some -1e600
  });

  test.each([-0.1, 1.1, Number.NaN])("refuse the probability %d", (p) => {
    expect(() => tQuantile(p, 3)).toThrow(RangeError);
  });
});
