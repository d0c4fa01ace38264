import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateMean, meanOf, relativeChange } from "../../../../src/core/stats/mean.ts";

/** Figures of a size that a measurement can have. */
const figures = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 30 });

function both(values: readonly number[]): readonly [number, number] {
  const estimate = estimateMean(values);
  if (estimate?.standardError === undefined) throw new Error("two values or more have a standard error");
  return [estimate.mean, estimate.standardError];
}

function expectClose(found: number, wanted: number, scale: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(scale, Math.abs(wanted)));
}

describe("a mean's estimate", () => {
  test("does not exist without a value", () => {
    expect(estimateMean([])).toBeUndefined();
  });

  test("has no standard error for one value", () => {
    expect(estimateMean([42])).toEqual({ n: 1, mean: 42, standardError: undefined });
  });

  test("has standard error 0 for equal values", () => {
    expect(estimateMean([3, 3, 3])).toEqual({ n: 3, mean: 3, standardError: 0 });
  });

  test("of 2, 4, 4, 4, 5, 5, 7, 9 is 5 with standard error √(32/7/8)", () => {
    // Squared deviations: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32.
    const estimate = estimateMean([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(estimate).toMatchObject({ n: 8, mean: 5 });
    expect(estimate?.standardError).toBeCloseTo(0.755928946, 9);
  });

  test("of 10 and 14 is 12 with standard error 2", () => {
    expect(estimateMean([10, 14])).toEqual({ n: 2, mean: 12, standardError: 2 });
  });

  test("scales with its values", () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (values, factor) => {
        const [mean, error] = both(values);
        const [scaledMean, scaledError] = both(values.map((value) => value * factor));
        expectClose(scaledMean, mean * factor, mean * factor);
        expectClose(scaledError, error * factor, mean * factor);
      }),
    );
  });

  test("does not depend on the order of its values", () => {
    const shuffledPair = figures.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
    );
    fc.assert(
      fc.property(shuffledPair, ([values, reordered]) => {
        const [mean, error] = both(values);
        const [otherMean, otherError] = both(reordered);
        expectClose(otherMean, mean, mean);
        expectClose(otherError, error, mean);
      }),
    );
  });

  test("moves with a shift, which leaves the standard error alone", () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0, max: 1e6, noNaN: true }), (values, shift) => {
        const [mean, error] = both(values);
        const [shiftedMean, shiftedError] = both(values.map((value) => value + shift));
        expectClose(shiftedMean, mean + shift, mean + shift);
        expectClose(shiftedError, error, mean + shift);
      }),
    );
  });

  test("lies between the least and the greatest value", () => {
    fc.assert(
      fc.property(figures, (values) => {
        const slack = 1e-9 * Math.max(...values);
        expect(meanOf(values)).toBeGreaterThanOrEqual(Math.min(...values) - slack);
        expect(meanOf(values)).toBeLessThanOrEqual(Math.max(...values) + slack);
      }),
    );
  });
});

describe("a relative change", () => {
  test.each([
    [100, 110, 0.1],
    [100, 50, -0.5],
    [8, 8, 0],
  ])("from %d to %d is %d", (from, to, change) => {
    expect(relativeChange(from, to)).toBeCloseTo(change, 12);
  });
});
