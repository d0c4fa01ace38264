import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  type ExactTest,
  permutationTest,
  signFlipTest,
  smallestP,
} from "../../../../src/core/stats/permutation.ts";
import { expectClose, oracle } from "./oracle.ts";

const counted = { count: z.int(), arrangements: z.int() };
const recorded = oracle("permutation", {
  twoSample: z.array(z.strictObject({ a: z.array(z.number()), b: z.array(z.number()), ...counted })),
  signFlip: z.array(z.strictObject({ differences: z.array(z.number()), ...counted })),
});

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 6 });

function exact(test: ExactTest): { p: number; smallestP: number } {
  if (test.kind !== "exact") throw new Error(test.reason);
  return test;
}

describe("the two-sample permutation test", () => {
  test("counts what enumeration with fractions and SciPy count, ties too", () => {
    expect(recorded.twoSample.length).toBeGreaterThan(10);
    for (const { a, b, count, arrangements } of recorded.twoSample)
      expect(permutationTest(a, b)).toMatchObject({ kind: "exact", p: count / arrangements, arrangements });
  });

  test("gives no p below the smallest, which it reaches where the samples do not overlap", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { p, smallestP: least } = exact(permutationTest(a, b));
        expect(p).toBeGreaterThanOrEqual(least);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
    expect(exact(permutationTest([1, 2, 3], [4, 5, 6])).p).toBe(smallestP(3, 3));
    expect(exact(permutationTest([59, 60], [1, 2, 3])).p).toBe(smallestP(2, 3));
  });

  test("does not care for order, the names of the samples, shift or unit", () => {
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 0.001, max: 1000, noNaN: true }), (a, b, by) => {
        const { p } = exact(permutationTest(a, b));
        expect(exact(permutationTest(a.toReversed(), b)).p).toBe(p);
        expect(exact(permutationTest(b, a)).p).toBe(p);
        const moved = (values: readonly number[]) => values.map((value) => (value + 7) * by);
        expect(exact(permutationTest(moved(a), moved(b))).p).toBe(p);
      }),
    );
  });

  test("says why it was not made", () => {
    expect(permutationTest([], [1])).toMatchObject({ kind: "not-made" });
    const eleven = Array.from({ length: 11 }, (_, i) => i);
    expect(permutationTest(eleven, eleven)).toMatchObject({
      kind: "not-made",
      reason: expect.stringContaining("200000"),
    });
    expect(permutationTest(eleven.slice(1), eleven.slice(1)).kind).toBe("exact");
  });
});

describe("the sign flip test", () => {
  test("counts what enumeration with fractions and SciPy count, ties too", () => {
    expect(recorded.signFlip.length).toBeGreaterThan(8);
    for (const { differences, count, arrangements } of recorded.signFlip)
      expect(signFlipTest(differences)).toMatchObject({
        kind: "exact",
        p: count / arrangements,
        arrangements,
      });
  });

  test("reaches its smallest p where all differences have one sign, and does not care for order, sign or unit", () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0.001, max: 1000, noNaN: true }), (differences, by) => {
        const { p, smallestP: least } = exact(signFlipTest(differences));
        expect(least).toBe(2 / 2 ** differences.length);
        expect(p).toBeGreaterThanOrEqual(least);
        expect(exact(signFlipTest(differences.toReversed())).p).toBe(p);
        expect(exact(signFlipTest(differences.map((value) => -value * by))).p).toBe(p);
        const apart = differences.map((value) => Math.abs(value) + 1);
        expect(exact(signFlipTest(apart)).p).toBe(least);
      }),
    );
  });

  test("says why it was not made", () => {
    expect(signFlipTest([])).toMatchObject({ kind: "not-made" });
    const many = Array.from({ length: 18 }, (_, i) => i + 1);
    expect(signFlipTest(many)).toMatchObject({ kind: "not-made", reason: expect.stringContaining("200000") });
    expect(signFlipTest(many.slice(1)).kind).toBe("exact");
  });
});

test.each([
  [3, 0.1],
  [4, 0.029],
  [5, 0.0079],
  [6, 0.0022],
  [7, 0.0006],
])("with %d against as many the smallest p is %d", (n, p) => {
  expectClose(smallestP(n, n), p, 0.03); // as rounded in the design of the method
});

test("six boots are the least with which Holm over 15 comparisons can reach 5%", () => {
  expect(smallestP(5, 5) * 15).toBeGreaterThan(0.05);
  expect(smallestP(6, 6) * 15).toBeLessThan(0.05);
  expect(smallestP(0, 4)).toBe(1);
});
