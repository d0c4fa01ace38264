import { describe, expect, test } from "vitest";
import { bootLag1, dependenceWarning } from "../../../../src/core/analysis/dependence.ts";
import { normal, randomStreamFor } from "../../../../src/core/base/random.ts";

/** First-order autoregressive, of variance 1. */
function series(boots: number, r: number, random: () => number): readonly number[] {
  const values: number[] = [];
  for (let i = 0; i < boots; i++) {
    const before = values.at(-1);
    const fresh = normal(random);
    values.push(before === undefined ? fresh : r * before + Math.sqrt(1 - r * r) * fresh);
  }
  return values;
}

/** Of so many runs of 15 ratios, the share that is warned. */
function warned(boots: number, r: number): number {
  const random = randomStreamFor(9, `lag ${boots} ${r}`);
  const RUNS = 500;
  let count = 0;
  for (let run = 0; run < RUNS; run++) {
    const ratios = Array.from({ length: 15 }, (_, at) => ({
      name: `ratio ${at}`,
      boots,
      lag1: bootLag1(series(boots, r, random)) ?? 0,
    }));
    if (dependenceWarning(ratios) !== undefined) count++;
  }
  return count / RUNS;
}

describe("boots that resemble those before them", () => {
  test("are looked for from ten boots on", () => {
    expect(bootLag1([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeUndefined();
    expect(bootLag1([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBeGreaterThan(0.5);
    expect(bootLag1(Array.from({ length: 12 }, () => 3))).toBeUndefined();
  });

  test("are named with how many boots they count as", () => {
    expect(dependenceWarning([{ name: "oltp L2 to L0", boots: 20, lag1: 0.6 }])).toBe(
      "boots resemble those before them more than chance explains, so these intervals are too narrow: oltp L2 to L0 (lag-1 0.60 over 20 boots, which count as about 5)",
    );
    expect(dependenceWarning([{ name: "oltp L2 to L0", boots: 20, lag1: 0.1 }])).toBeUndefined();
    expect(dependenceWarning([{ name: "oltp L2 to L0", boots: 20, lag1: -0.6 }])).toBeUndefined();
    expect(dependenceWarning([])).toBeUndefined();
  });

  test.each([10, 20, 40])(
    "are found in at most one run of twenty where %i boots are independent",
    (boots) => {
      expect(warned(boots, 0)).toBeLessThanOrEqual(0.07);
    },
  );

  test("are mostly found where they are, and the more boots there are", () => {
    expect(warned(20, 0.6)).toBeGreaterThan(0.8);
    expect(warned(10, 0.6)).toBeGreaterThan(0.1);
    expect(warned(40, 0.6)).toBeGreaterThan(0.95);
  });
});
