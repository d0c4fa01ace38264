import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { MeanEstimate } from "../../../../src/core/stats/mean.ts";
import { SMALLEST_P } from "../../../../src/core/stats/t-distribution.ts";
import { student, welch } from "../../../../src/core/stats/t-test.ts";
import { expectClose, oracle } from "./oracle.ts";

const summary = z.strictObject({ n: z.number(), mean: z.number(), standardError: z.number() });
const tTest = z.strictObject({ t: z.number(), df: z.number(), p: z.number() });
const { fromSummaries } = oracle("t-tests", {
  fromSummaries: z.array(z.strictObject({ a: summary, b: summary, welch: tTest, student: tTest })),
  ratios: z.unknown(),
  holm: z.unknown(),
});

const anySummary: fc.Arbitrary<MeanEstimate> = fc.record({
  n: fc.integer({ min: 2, max: 50 }),
  mean: fc.double({ min: 1, max: 1e4, noNaN: true }),
  standardError: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
});
const scaled = ({ n, mean, standardError = 0 }: MeanEstimate, by: number): MeanEstimate => ({
  n,
  mean: mean * by,
  standardError: standardError * by,
});

describe.each([
  ["Welch's", welch, "welch"],
  ["Student's", student, "student"],
] as const)("%s t-test from means and standard errors", (_name, run, key) => {
  test("agrees with SciPy", () => {
    expect(fromSummaries.length).toBeGreaterThan(5);
    for (const recorded of fromSummaries) {
      const found = run(recorded.a, recorded.b);
      expectClose(found?.t, recorded[key].t);
      expectClose(found?.df, recorded[key].df);
      expectClose(found?.p, recorded[key].p);
    }
  });

  test("turns its sign, and nothing else, when the samples are exchanged", () => {
    fc.assert(
      fc.property(anySummary, anySummary, (a, b) => {
        const one = run(a, b);
        const other = run(b, a);
        expectClose(one?.t, -(other?.t ?? Number.NaN), 1e-12);
        expectClose(one?.p, other?.p ?? Number.NaN, 1e-12);
      }),
    );
  });

  test("does not depend on the unit", () => {
    fc.assert(
      fc.property(anySummary, anySummary, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (a, b, by) => {
        const one = run(a, b);
        const other = run(scaled(a, by), scaled(b, by));
        expectClose(other?.p, one?.p ?? Number.NaN, 1e-7); // a difference of near means loses digits
        expectClose(other?.df, one?.df ?? Number.NaN);
      }),
    );
  });

  test("does not exist with a single value on either side", () => {
    const one = { n: 1, mean: 3, standardError: undefined };
    const many = { n: 5, mean: 4, standardError: 1 };
    expect(run(one, many)).toBeUndefined();
    expect(run(many, one)).toBeUndefined();
  });

  test("without any spread says so, and tells only equal from different", () => {
    const still = (mean: number) => ({ n: 4, mean, standardError: 0 });
    expect(run(still(3), still(3))).toMatchObject({ t: 0, p: 1 });
    expect(run(still(3), still(5))).toMatchObject({ t: Number.NEGATIVE_INFINITY, p: SMALLEST_P });
    expect(run(still(5), still(3))?.warnings).toHaveLength(1);
  });
});

test("Welch's df lie between the smaller sample's and the sum of both", () => {
  fc.assert(
    fc.property(anySummary, anySummary, (a, b) => {
      const df = welch(a, b)?.df;
      expect(df).toBeGreaterThanOrEqual((Math.min(a.n, b.n) - 1) * (1 - 1e-12));
      expect(df).toBeLessThanOrEqual((a.n + b.n - 2) * (1 + 1e-12));
    }),
  );
});

test("with equal sizes and errors Welch's and Student's tests are one", () => {
  const a = { n: 6, mean: 10, standardError: 0.5 };
  const b = { n: 6, mean: 12, standardError: 0.5 };
  expectClose(welch(a, b)?.p, student(a, b)?.p ?? Number.NaN, 1e-14);
  expect(welch(a, b)?.warnings).toEqual([]);
});
