import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { blockResidual } from "../../../../src/core/stats/block-residual.ts";
import { blockedLogRatio, type RatioEstimate, welchLogRatio } from "../../../../src/core/stats/ratio.ts";
import { SMALLEST_P } from "../../../../src/core/stats/t-distribution.ts";
import { expectClose, oracle } from "./oracle.ts";
import { pairedLogRatio } from "./paired.ts";

const interval = z.strictObject({
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  standardError: z.number(),
  df: z.number(),
  p: z.number(),
});
const { ratios } = oracle("t-tests", {
  fromSummaries: z.unknown(),
  ratios: z.array(
    z.strictObject({
      of: z.array(z.number()),
      to: z.array(z.number()),
      more: z.array(z.number()),
      confidence: z.number(),
      paired: interval,
      welch: interval,
    }),
  ),
  holm: z.unknown(),
});

function expectRatio(found: RatioEstimate | undefined, wanted: z.infer<typeof interval>): void {
  for (const key of ["ratio", "low", "high", "standardError", "df", "p"] as const)
    expectClose(found?.[key], wanted[key]);
}

const figure = fc.double({ min: 1, max: 1000, noNaN: true });
const pairs = fc.array(fc.tuple(figure, figure), { minLength: 2, maxLength: 12 });
const samples = fc.tuple(
  fc.array(figure, { minLength: 2, maxLength: 12 }),
  fc.array(figure, { minLength: 2, maxLength: 12 }),
);
/** Either method on data that suit it, with all that must hold of both. */
const either = fc.oneof(
  pairs.map((all) => ({
    estimate: pairedLogRatio,
    of: all.map(([of]) => of),
    to: all.map(([, to]) => to),
  })),
  samples.map(([of, to]) => ({ estimate: welchLogRatio, of, to })),
);

describe("a ratio's interval", () => {
  test("agrees with R's t.test on logarithms, paired", () => {
    expect(ratios.length).toBeGreaterThan(10);
    for (const { of, to, confidence, paired } of ratios)
      expectRatio(pairedLogRatio(of, to, confidence), paired);
  });

  test("agrees with R's t.test on logarithms, Welch", () => {
    for (const { of, more, confidence, welch } of ratios)
      expectRatio(welchLogRatio(of, more, confidence), welch);
  });

  test("turns upside down when the two sides are exchanged", () => {
    fc.assert(
      fc.property(either, ({ estimate, of, to }) => {
        const one = estimate(of, to, 0.95);
        const other = estimate(to, of, 0.95);
        expectClose(one?.ratio, 1 / (other?.ratio ?? 0), 1e-9);
        if (one !== undefined && one.low > 1e-300) expectClose(one.low, 1 / (other?.high ?? 0), 1e-7);
        expectClose(one?.p, other?.p ?? Number.NaN, 1e-7);
      }),
    );
  });

  test("scales with either side", () => {
    fc.assert(
      fc.property(either, fc.double({ min: 0.01, max: 100, noNaN: true }), ({ estimate, of, to }, by) => {
        const one = estimate(of, to, 0.95);
        const other = estimate(
          of.map((value) => value * by),
          to,
          0.95,
        );
        expectClose(other?.ratio, (one?.ratio ?? 0) * by, 1e-9);
        expectClose(other?.standardError, one?.standardError ?? Number.NaN, 1e-7);
      }),
    );
  });

  test("holds the ratio, and is wider at a higher confidence", () => {
    fc.assert(
      fc.property(either, ({ estimate, of, to }) => {
        const narrow = estimate(of, to, 0.9);
        const wide = estimate(of, to, 0.99);
        if (narrow === undefined || wide === undefined) throw new Error("positive values have a ratio");
        const inOrder = [wide.low, narrow.low, narrow.ratio, narrow.high, wide.high];
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
      }),
    );
  });

  test("excludes 1 exactly where p is below one minus the confidence", () => {
    fc.assert(
      fc.property(either, ({ estimate, of, to }) => {
        const found = estimate(of, to, 0.95);
        if (found?.p === undefined || Math.abs(found.p - 0.05) < 1e-9) return;
        expect(found.low > 1 || found.high < 1).toBe(found.p < 0.05);
      }),
    );
  });

  test("of pairs is not widened by what both sides of a boot share", () => {
    const boot = [1, 2, 4, 8, 16, 32];
    const of = boot.map((value, i) => value * (i % 2 === 0 ? 0.899 : 0.901));
    const paired = pairedLogRatio(of, boot, 0.95);
    const welch = welchLogRatio(of, boot, 0.95);
    expect((paired?.high ?? 0) - (paired?.low ?? 0)).toBeLessThan(0.01);
    expect((welch?.high ?? 0) - (welch?.low ?? 0)).toBeGreaterThan(1);
  });
});

describe.each([
  ["paired", pairedLogRatio],
  ["Welch", welchLogRatio],
] as const)("the %s ratio", (_name, estimate) => {
  test("of one boot has no interval, and says so", () => {
    const found = estimate([3], [4], 0.95);
    expect(found).toMatchObject({
      ratio: 0.75,
      low: 0,
      high: Number.POSITIVE_INFINITY,
      df: 0,
      standardError: undefined,
      p: undefined,
    });
    expect(found?.warnings).toHaveLength(1);
  });

  test("of values without spread has no width, and says so", () => {
    const found = estimate([2.1, 2.1, 2.1], [3, 3, 3], 0.95);
    expectClose(found?.low, 0.7, 1e-15);
    expectClose(found?.high, 0.7, 1e-15);
    expect(found).toMatchObject({ standardError: 0, p: SMALLEST_P });
    expect(found?.warnings).toHaveLength(1);
    expect(estimate([3, 3, 3], [3, 3, 3], 0.95)).toMatchObject({ ratio: 1, p: 1 });
  });

  test.each([
    [[], []],
    [
      [0, 1],
      [1, 1],
    ],
    [
      [1, 1],
      [-1, 1],
    ],
    [
      [-1, 1],
      [-1, 1],
    ],
    [
      [Number.NaN, 1],
      [1, 1],
    ],
  ])("of %j to %j does not exist", (of, to) => {
    expect(estimate(of, to, 0.95)).toBeUndefined();
  });
});

test("a constant ratio within boots counts as no spread, whatever rounding leaves", () => {
  const to = [1.1, 7.3, 123.4, 5e5];
  const found = pairedLogRatio(
    to.map((value) => value * 0.3),
    to,
    0.95,
  );
  expect(found?.standardError).toBe(0);
  expect(found?.warnings).toHaveLength(1);
});

test("one side without spread is worth a warning", () => {
  expect(welchLogRatio([2, 2, 2], [1, 1.1, 0.9], 0.95)?.warnings).toHaveLength(1);
  expect(welchLogRatio([2, 2.1, 2], [1, 1.1, 0.9], 0.95)?.warnings).toEqual([]);
});

describe("the resolution of what is read", () => {
  const rounding = 2 * (1e-4 / 5) ** 2 * (1 / 12);

  test("gives boots that agree to the last digit an interval as wide as it, and no p of 0", () => {
    const residual = blockResidual([
      [2, 1],
      [2, 1],
    ]);
    const found = blockedLogRatio({ logs: [-1, -1], residual, weight: 2, rounding }, 0.95);
    expect(found?.standardError).toBeCloseTo(Math.sqrt(rounding), 15);
    const width = (found?.high ?? 0) - (found?.low ?? 0);
    // A step of 0.1 ms in 5 s is 2e-5.
    expect(width / (found?.ratio ?? 0)).toBeGreaterThan(2e-5);
    expect(found?.p).toBeGreaterThan(SMALLEST_P);
    expect(found?.warnings).toEqual([expect.stringContaining("as wide as the rounding")]);
    const welch = welchLogRatio([3, 3], [2, 2], 0.95, rounding);
    expect(welch?.standardError).toBeCloseTo(Math.sqrt(rounding), 15);
    expect(welch?.p).toBeGreaterThan(SMALLEST_P);
  });

  test("adds to a spread that there is, and warns of nothing then", () => {
    const rows = [
      [0, 0.1],
      [0, 0.12],
      [0, 0.09],
    ];
    const logs = rows.map(([, log = 0]) => log);
    const without = blockedLogRatio({ logs, residual: blockResidual(rows), weight: 2 }, 0.95);
    const found = blockedLogRatio({ logs, residual: blockResidual(rows), weight: 2, rounding: 1e-4 }, 0.95);
    expectClose((found?.standardError ?? 0) ** 2, (without?.standardError ?? 0) ** 2 + 1e-4, 1e-12);
    expect(found?.warnings).toEqual([]);
  });
});
