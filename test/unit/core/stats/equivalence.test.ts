import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { equivalence } from "../../../../src/core/stats/equivalence.ts";
import { SMALLEST_P } from "../../../../src/core/stats/t-distribution.ts";
import { expectClose, oracle } from "./oracle.ts";
import { pairedLogRatio } from "./paired.ts";

const { example, published } = oracle("equivalence", {
  example: z.strictObject({
    difference: z.number(),
    standardError: z.number(),
    df: z.number(),
    bound: z.number(),
    p: z.number(),
    t: z.number(),
  }),
  published: z.strictObject({ source: z.string(), t: z.number(), df: z.number(), p: z.number() }),
});

const estimates = fc.record({
  ratio: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  standardError: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
  df: fc.double({ min: 1, max: 40, noNaN: true }),
});

test("the example of Lakens, Scheel & Isager (2018) gives R's p, which is the published one", () => {
  // The test is on a difference; a ratio's logarithm is one.
  const { difference, standardError, df, bound } = example;
  const found = equivalence({ ratio: Math.exp(difference), standardError, df }, Math.expm1(bound));
  expectClose(found.p, example.p);
  expect(found.equivalent).toBe(true);
  expect(Math.abs(example.p - published.p)).toBeLessThan(0.0005);
  expect(Math.abs(example.df - published.df)).toBeLessThan(0.005);
  expect(Math.abs(example.t - published.t)).toBeLessThan(0.005);
});

test("is the same answer for A to B as for B to A", () => {
  fc.assert(
    fc.property(estimates, ({ ratio, standardError, df }) => {
      const one = equivalence({ ratio, standardError, df }, 0.02);
      const other = equivalence({ ratio: 1 / ratio, standardError, df }, 0.02);
      expectClose(other.p, one.p ?? Number.NaN, 1e-9);
      expect(one.low * one.high).toBeCloseTo(1, 15);
    }),
  );
});

test("holds exactly where the 90% interval lies inside the margin", () => {
  const boots = fc.array(fc.double({ min: 0.93, max: 1.07, noNaN: true }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(boots, (of) => {
      const found = pairedLogRatio(
        of,
        of.map(() => 1),
        0.9,
      );
      if (found === undefined) throw new Error("positive values have a ratio");
      const { p, equivalent, low, high } = equivalence(found, 0.02);
      if (p === undefined || Math.abs(p - 0.05) < 1e-9) return;
      expect(equivalent).toBe(low < found.low && found.high < high);
    }),
    { numRuns: 1000 },
  );
});

test("is easier with a wider margin and a smaller error", () => {
  fc.assert(
    fc.property(estimates, ({ ratio, standardError, df }) => {
      const p = equivalence({ ratio, standardError, df }, 0.02).p ?? Number.NaN;
      expect(equivalence({ ratio, standardError, df }, 0.03).p).toBeLessThanOrEqual(p);
      if (p < 0.5)
        expect(equivalence({ ratio, standardError: standardError / 2, df }, 0.02).p).toBeLessThanOrEqual(p);
    }),
  );
});

test("without a standard error shows nothing, and without spread asks only where the ratio lies", () => {
  expect(equivalence({ ratio: 1, standardError: undefined, df: 0 }, 0.02)).toMatchObject({
    p: undefined,
    equivalent: false,
  });
  expect(equivalence({ ratio: 1.01, standardError: 0, df: 5 }, 0.02)).toMatchObject({
    p: SMALLEST_P,
    equivalent: true,
  });
  expect(equivalence({ ratio: 1.03, standardError: 0, df: 5 }, 0.02)).toMatchObject({
    p: 1,
    equivalent: false,
  });
});

test.each([0, -0.02, Number.NaN])("the margin %d is a bug", (margin) => {
  expect(() => equivalence({ ratio: 1, standardError: 0.1, df: 5 }, margin)).toThrow(RangeError);
});
