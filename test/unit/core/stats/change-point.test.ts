import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { normal, randomStream } from "../../../../src/core/base/random.ts";
import { changePoint } from "../../../../src/core/stats/change-point.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("series", {
  autocorrelation: z.unknown(),
  outliers: z.unknown(),
  changePoint: z.strictObject({ values: z.array(z.number()), steadyFrom: z.int() }),
});

/** Noise of a first-order autoregressive process, with variance 1. */
function noise(n: number, follow: number, random: () => number): number[] {
  const values: number[] = [];
  let value = normal(random);
  for (let i = 0; i < n; i++) {
    values.push(value);
    value = follow * value + Math.sqrt(1 - follow ** 2) * normal(random);
  }
  return values;
}

/** Share of 200 series in which a shift is shown, and how far off its place is in the median. */
function trial(n: number, follow: number, shiftAt: number, shift: number): { shown: number; off: number } {
  const random = randomStream(n + 1000 * follow);
  const found = Array.from({ length: 200 }, () =>
    changePoint(noise(n, follow, random).map((value, i) => 100 + value - (i < shiftAt ? shift : 0))),
  );
  const shown = found.filter((one) => one !== undefined && one.steadyFrom > 0);
  const off = shown.map((one) => Math.abs((one?.steadyFrom ?? 0) - shiftAt)).sort((a, b) => a - b);
  return { shown: shown.length / 200, off: off[Math.floor(off.length / 2)] ?? Number.NaN };
}

describe("the change point", () => {
  test("of the Nile is the one of the literature", () => {
    const found = changePoint(recorded.changePoint.values);
    expect(found?.steadyFrom).toBe(recorded.changePoint.steadyFrom);
    expect(found?.p).toBeLessThan(0.005);
    expectClose(found?.meanBefore, 1097.75, 1e-10);
    expectClose(found?.meanAfter, 849.972222222, 1e-10);
  });

  test("is seldom found where there is none", () => {
    // 5% of 200 series is 10; 3 standard deviations more are 19. What follows its predecessor is found more often.
    expect(trial(20, 0, 0, 0).shown).toBeLessThan(0.095);
    expect(trial(60, 0, 0, 0).shown).toBeLessThan(0.095);
    expect(trial(60, 0.3, 0, 0).shown).toBeLessThan(0.15);
  });

  test("is found in its place after a warm-up", () => {
    const clear = trial(60, 0, 6, 4);
    expect(clear.shown).toBeGreaterThan(0.95);
    expect(clear.off).toBe(0);
  });

  test("in the second half is no warm-up, and says so", () => {
    const values = noise(40, 0, randomStream(1)).map((value, i) => value + (i < 30 ? 0 : 10));
    const found = changePoint(values);
    expect(found?.steadyFrom).toBe(30);
    expect(found?.warnings).toHaveLength(1);
  });

  test("is the same each time, and in any unit", () => {
    const series = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 20, maxLength: 30 });
    fc.assert(
      fc.property(series, (values) => {
        const found = changePoint(values);
        expect(changePoint(values)).toEqual(found);
        expect(changePoint(values.map((value) => value * 8))?.steadyFrom).toBe(found?.steadyFrom);
        if (found !== undefined) {
          expect(found.p).toBeGreaterThanOrEqual(0.001);
          expect(found.p).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("does not exist for 19 values or without spread", () => {
    expect(changePoint(Array.from({ length: 19 }, (_, i) => i))).toBeUndefined();
    expect(changePoint(Array.from({ length: 20 }, (_, i) => i))).toBeDefined();
    expect(changePoint(Array.from({ length: 20 }, () => 7))).toBeUndefined();
  });
});
