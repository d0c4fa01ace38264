import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { blockResidual } from "../../../../src/core/stats/block-residual.ts";
import { blockedLogRatio } from "../../../../src/core/stats/ratio.ts";
import { expectClose, oracle } from "./oracle.ts";
import { pairedLogRatio } from "./paired.ts";

const { layouts } = oracle("blocks", {
  layouts: z.array(
    z.strictObject({
      rows: z.array(z.array(z.number().nullable())),
      squares: z.number(),
      df: z.number(),
    }),
  ),
  benjaminiHochberg: z.unknown(),
});

const value = fc.double({ min: -3, max: 3, noNaN: true });
const complete = fc
  .tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 5 }))
  .chain(([boots, levels]) =>
    fc.array(fc.array(value, { minLength: levels, maxLength: levels }), {
      minLength: boots,
      maxLength: boots,
    }),
  );

describe("what boots and levels leave unexplained", () => {
  test("agrees with NumPy's least squares, also where boots lack a level", () => {
    expect(layouts.filter(({ rows }) => rows.flat().includes(null)).length).toBeGreaterThan(3);
    for (const { rows, squares, df } of layouts) {
      const found = blockResidual(rows.map((row) => row.map((one) => one ?? undefined)));
      expect(found.df).toBe(df);
      expectClose(found.squares, squares, 1e-9);
    }
  });

  test("of a complete layout is the mean square over all pairs of levels of half their ratios' variance", () => {
    fc.assert(
      fc.property(complete, (rows) => {
        const levels = rows[0]?.length ?? 0;
        const halves = Array.from({ length: levels }, (_, a) =>
          Array.from({ length: a }, (_, b) => variance(rows.map((row) => (row[a] ?? 0) - (row[b] ?? 0))) / 2),
        ).flat();
        const { squares, df } = blockResidual(rows);
        expect(df).toBe((rows.length - 1) * (levels - 1));
        const mean = halves.reduce((sum, one) => sum + one, 0) / halves.length;
        expect(Math.abs(squares / df - mean)).toBeLessThan(1e-9);
      }),
    );
  });

  test("is not changed by what a whole boot or a whole level gains", () => {
    fc.assert(
      fc.property(complete, value, value, (rows, boot, level) => {
        const moved = rows.map((row, at) =>
          row.map((one, l) => one + (at === 0 ? boot : 0) + (l === 1 ? level : 0)),
        );
        expect(Math.abs(blockResidual(moved).squares - blockResidual(rows).squares)).toBeLessThan(1e-9);
      }),
    );
  });

  test("keeps its digits where levels lie far apart and boots agree closely", () => {
    const rows = [
      [10, 9, 7],
      [10 + 3e-6, 9, 7],
    ];
    // A third of a level's step, twice: the squares of (1, -1/2, -1/2) × 1e-6 and its negative.
    expectClose(blockResidual(rows).squares, 3e-12, 1e-3);
  });

  test("is nothing where nothing can be told: one boot, one level, or levels that never meet", () => {
    expect(blockResidual([])).toEqual({ squares: 0, df: 0 });
    expect(blockResidual([[1, 2, 3]])).toMatchObject({ df: 0 });
    expect(blockResidual([[1], [2]])).toEqual({ squares: 0, df: 0 });
    const apart = [
      [1, 2, undefined, undefined],
      [undefined, undefined, 3, 5],
    ];
    expect(blockResidual(apart).df).toBe(0);
  });
});

describe("a ratio within boots", () => {
  const rows = [
    [5, 4.9, 4.3],
    [5.1, 4.96, 4.42],
    [4.9, 4.85, 4.18],
  ];
  const logs = rows.map(([a = 0, b = 0]) => b - a);

  test("has the average of its own variance and the layout's, as two boots against n − 1", () => {
    const residual = blockResidual(rows);
    const found = blockedLogRatio({ logs, residual, weight: 2 }, 0.95);
    const pooled = (2 * residual.squares) / residual.df;
    const wanted = Math.sqrt((0.5 * variance(logs) + 0.5 * pooled) / 3);
    expectClose(found?.standardError, wanted, 1e-12);
    // Half of the layout's 4 degrees of freedom are the ratio's own: shares of 3/4 on 2 and 1/4 on 2.
    expectClose(found?.df, 1 / (0.75 ** 2 / 2 + 0.25 ** 2 / 2), 1e-12);
    expect(found?.ratio).toBeCloseTo(pairedLogRatio(logs.map(Math.exp), [1, 1, 1], 0.95)?.ratio ?? 0, 12);
  });

  test("of two levels alone is the paired t-test", () => {
    const two = rows.map(([a = 0, b = 0]) => [a, b]);
    const found = blockedLogRatio({ logs, residual: blockResidual(two), weight: 2 }, 0.95);
    expectClose(found?.df, 2, 1e-12);
    expectClose(found?.standardError, Math.sqrt(variance(logs) / 3), 1e-12);
  });

  test("comes ever closer to its own variance alone as boots grow many", () => {
    const many = Array.from({ length: 60 }, (_, at) => [0, Math.sin(at), 5 * Math.cos(3 * at)]);
    const own = many.map(([a = 0, b = 0]) => b - a);
    const found = blockedLogRatio({ logs: own, residual: blockResidual(many), weight: 2 }, 0.95);
    const alone = Math.sqrt(variance(own) / 60);
    expect((found?.standardError ?? 0) / alone).toBeLessThan(1.35);
    expect(found?.df).toBeGreaterThan(59);
  });
});

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
}
