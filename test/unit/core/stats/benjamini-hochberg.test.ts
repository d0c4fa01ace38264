import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { benjaminiHochberg } from "../../../../src/core/stats/benjamini-hochberg.ts";
import { holm } from "../../../../src/core/stats/holm.ts";
import { expectClose, oracle } from "./oracle.ts";

const recorded = oracle("blocks", {
  layouts: z.unknown(),
  benjaminiHochberg: z.array(z.strictObject({ ps: z.array(z.number()), adjusted: z.array(z.number()) })),
});
const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });

test("agrees with SciPy's false_discovery_control", () => {
  expect(recorded.benjaminiHochberg.length).toBeGreaterThan(4);
  for (const { ps, adjusted } of recorded.benjaminiHochberg) {
    const found = benjaminiHochberg(ps);
    expect(found).toHaveLength(adjusted.length);
    adjusted.forEach((p, i) => {
      expectClose(found[i], p, 1e-14);
    });
  }
});

test("lies between p and Holm's", () => {
  fc.assert(
    fc.property(family, (ps) => {
      const holms = holm(ps);
      benjaminiHochberg(ps).forEach((adjusted, i) => {
        expect(adjusted).toBeGreaterThanOrEqual(ps[i] ?? Number.NaN);
        expect(adjusted).toBeLessThanOrEqual((holms[i] ?? 0) * (1 + 1e-12));
      });
    }),
  );
});

test("gives each p its own in a family in any order, and leaves a family of one alone", () => {
  fc.assert(
    fc.property(family, (ps) => {
      expect(benjaminiHochberg(ps.toReversed()).toReversed()).toEqual(benjaminiHochberg(ps));
    }),
  );
  expect(benjaminiHochberg([0.03])).toEqual([0.03]);
  expect(benjaminiHochberg([])).toEqual([]);
});
