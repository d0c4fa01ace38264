import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type FiellerSet, fieller, fiellerPaired } from "../../../../src/core/stats/fieller.ts";
import { tQuantile } from "../../../../src/core/stats/t-distribution.ts";
import { expectClose, oracle } from "./oracle.ts";
import { pairedLogRatio } from "./paired.ts";

const { cases } = oracle("fieller", {
  cases: z.array(
    z.strictObject({
      name: z.string(),
      pairing: z.enum(["paired", "independent"]),
      of: z.array(z.number()),
      to: z.array(z.number()),
      df: z.number(),
      kind: z.enum(["bounded", "exclusive", "unbounded"]),
      ends: z.array(z.number()),
    }),
  ),
});

function endsOf(set: FiellerSet): readonly number[] {
  if (set.kind === "bounded") return [set.low, set.high];
  return set.kind === "exclusive" ? [set.below, set.above] : [];
}

function meanWithVariance(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) / values.length };
}

test.each(cases)("Fieller's set for $name, $pairing, is what R's t-tests do not reject", (recorded) => {
  const { of, to, df } = recorded;
  const found =
    recorded.pairing === "paired"
      ? fiellerPaired(of, to, 0.95)
      : fieller(
          { numerator: meanWithVariance(of), denominator: meanWithVariance(to), covariance: 0 },
          df,
          0.95,
        );
  expect(found.kind).toBe(recorded.kind);
  const ends = endsOf(found);
  expect(ends).toHaveLength(recorded.ends.length);
  recorded.ends.forEach((end, i) => {
    expectClose(ends[i], end);
  });
});

test("the recorded cases are of every kind", () => {
  expect(new Set(cases.map(({ kind }) => kind)).size).toBe(3);
});

const mean = fc.double({ min: -10, max: 10, noNaN: true });
const variance = fc.double({ min: 1e-4, max: 10, noNaN: true });
const anyInput = fc.record({
  numerator: fc.record({ mean, variance }),
  denominator: fc.record({ mean, variance }),
  correlation: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
  df: fc.integer({ min: 1, max: 30 }),
});
type Input = typeof anyInput extends fc.Arbitrary<infer T> ? T : never;
const covarianceOf = ({ numerator, denominator, correlation }: Input) =>
  correlation * Math.sqrt(numerator.variance * denominator.variance);
const setOf = (input: Input) => fieller({ ...input, covariance: covarianceOf(input) }, input.df, 0.95);

function holds(set: FiellerSet, ratio: number): boolean {
  if (set.kind === "bounded") return set.low <= ratio && ratio <= set.high;
  return set.kind === "unbounded" || ratio <= set.below || ratio >= set.above;
}

describe("Fieller's set", () => {
  test("holds exactly the ratios that the t-test does not reject", () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: -20, max: 20, noNaN: true }), (input, ratio) => {
        const { numerator, denominator, df } = input;
        const spread =
          numerator.variance - 2 * ratio * covarianceOf(input) + ratio ** 2 * denominator.variance;
        const t = Math.abs(numerator.mean - ratio * denominator.mean) / Math.sqrt(spread);
        const critical = tQuantile(0.975, df);
        if (Math.abs(t / critical - 1) < 1e-9) return;
        expect(holds(setOf(input), ratio)).toBe(t < critical);
      }),
      { numRuns: 2000 },
    );
  });

  test("is bounded exactly where the denominator differs from 0, and always holds the ratio", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { denominator, numerator, df } = input;
        const t = Math.abs(denominator.mean) / Math.sqrt(denominator.variance);
        const critical = tQuantile(0.975, df);
        if (Math.abs(t / critical - 1) < 1e-9) return;
        const set = setOf(input);
        expect(set.kind === "bounded").toBe(t > critical);
        if (denominator.mean !== 0) expect(holds(set, numerator.mean / denominator.mean)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([4, -4])(
    "is the half that the t-test does not reject where A is exactly 0: numerator %d",
    (top) => {
      const df = 5;
      const tt = tQuantile(0.975, df) ** 2;
      // A mean whose square is exactly what the test takes off it.
      const found = Array.from({ length: 1000 }, (_, i) => 1 + i).find(
        (mean) => mean ** 2 - tt * (mean ** 2 / tt) === 0,
      );
      const mean = found ?? Number.NaN;
      const input = {
        numerator: { mean: top, variance: 0.1 },
        denominator: { mean, variance: mean ** 2 / tt },
        covariance: 0,
      };
      const set = fieller(input, df, 0.95);
      expect(set.kind).toBe("exclusive");
      expect(endsOf(set).filter(Number.isFinite)).toHaveLength(1);
      for (const ratio of [-1e6, -10, -1, -0.1, 0, 0.1, 1, 10, 1e6].map((one) => one / mean)) {
        const { numerator, denominator } = input;
        const t =
          Math.abs(numerator.mean - ratio * denominator.mean) /
          Math.sqrt(numerator.variance + ratio ** 2 * denominator.variance);
        expect(holds(set, ratio), String(ratio * mean)).toBe(t <= Math.sqrt(tt));
      }
    },
  );

  test("of the ratio upside down is the set upside down", () => {
    const one = fieller(
      { numerator: { mean: 8, variance: 0.1 }, denominator: { mean: 10, variance: 0.2 }, covariance: 0.05 },
      5,
      0.95,
    );
    const other = fieller(
      { numerator: { mean: 10, variance: 0.2 }, denominator: { mean: 8, variance: 0.1 }, covariance: 0.05 },
      5,
      0.95,
    );
    expectClose(endsOf(one)[0], 1 / (endsOf(other)[1] ?? 0), 1e-12);
    expectClose(endsOf(one)[1], 1 / (endsOf(other)[0] ?? 0), 1e-12);
  });

  test("without any variance is the ratio alone", () => {
    expect(
      fieller(
        { numerator: { mean: 3, variance: 0 }, denominator: { mean: 4, variance: 0 }, covariance: 0 },
        5,
        0.95,
      ),
    ).toEqual({
      kind: "bounded",
      low: 0.75,
      high: 0.75,
    });
  });

  test("at the border between bounded and exclusive is a half-line", () => {
    const denominatorVariance = 4 / tQuantile(0.975, 5) ** 2;
    const set = fieller(
      {
        numerator: { mean: 3, variance: 0 },
        denominator: { mean: 2, variance: denominatorVariance },
        covariance: 0,
      },
      5,
      0.95,
    );
    // Rounding decides on which side of the border this falls; either way it starts at C / 2B.
    expectClose(Math.max(...endsOf(set).filter((end) => Math.abs(end) < 1e6)), 0.75, 1e-9);
  });

  test("of a mean of 0 to a mean of 0 rules nothing out", () => {
    expect(
      fieller(
        { numerator: { mean: 0, variance: 1 }, denominator: { mean: 0, variance: 1 }, covariance: 0 },
        5,
        0.95,
      ),
    ).toEqual({
      kind: "unbounded",
    });
    expect(
      fieller(
        { numerator: { mean: 0, variance: 0 }, denominator: { mean: 0, variance: 0 }, covariance: 0 },
        5,
        0.95,
      ),
    ).toEqual({
      kind: "unbounded",
    });
  });

  test("of fewer than two values is unbounded", () => {
    expect(fiellerPaired([3], [4], 0.95)).toEqual({ kind: "unbounded" });
  });

  test("of values that cannot be paired is a bug", () => {
    expect(() => fiellerPaired([1, 2], [1], 0.95)).toThrow(RangeError);
  });

  test("of measurements with little noise is close to the log-ratio interval", () => {
    const of = [87.1, 86.5, 87.9, 86.8, 87.3, 87.0];
    const to = [100.2, 99.5, 100.9, 99.9, 100.1, 100.4];
    const set = fiellerPaired(of, to, 0.95);
    const logs = pairedLogRatio(of, to, 0.95);
    expectClose(endsOf(set)[0], logs?.low ?? 0, 1e-4);
    expectClose(endsOf(set)[1], logs?.high ?? 0, 1e-4);
  });
});
