import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { holm } from "../../../../src/core/stats/holm.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("t-tests", {
  fromSummaries: z.unknown(),
  ratios: z.unknown(),
  holm: z.array(z.strictObject({ ps: z.array(z.number()), adjusted: z.array(z.number()) })),
});
const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });

test("agrees with R's p.adjust", () => {
  expect(recorded.holm.length).toBeGreaterThan(4);
  for (const { ps, adjusted } of recorded.holm) {
    const found = holm(ps);
    expect(found).toHaveLength(adjusted.length);
    adjusted.forEach((p, i) => {
      expectClose(found[i], p, 1e-14);
    });
  }
});

test("never lowers a p, and lies between it and Bonferroni's", () => {
  fc.assert(
    fc.property(family, (ps) => {
      holm(ps).forEach((adjusted, i) => {
        const p = ps[i] ?? Number.NaN;
        expect(adjusted).toBeGreaterThanOrEqual(p);
        expect(adjusted).toBeLessThanOrEqual(Math.min(1, p * ps.length));
      });
    }),
  );
});

test("keeps the order of the p-values, and gives each its own in a shuffled family", () => {
  fc.assert(
    fc.property(family, (ps) => {
      const adjusted = holm(ps);
      const backwards = holm(ps.toReversed()).toReversed();
      expect(backwards).toEqual(adjusted);
      const sorted = holm(ps.toSorted((a, b) => a - b));
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
    }),
  );
});

test("leaves a family of one alone, and an empty one empty", () => {
  expect(holm([0.03])).toEqual([0.03]);
  expect(holm([])).toEqual([]);
});
