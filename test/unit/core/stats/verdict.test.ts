import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equivalence } from "../../../../src/core/stats/equivalence.ts";
import { pairedLogRatio, type RatioEstimate } from "../../../../src/core/stats/ratio.ts";
import { type Comparison, verdict } from "../../../../src/core/stats/verdict.ts";

function estimateOf(of: readonly number[], to: readonly number[]): RatioEstimate {
  const found = pairedLogRatio(of, to, 0.95);
  if (found === undefined) throw new Error("positive values have a ratio");
  return found;
}

/** A comparison of six boots against 100, alone in its family unless said otherwise. */
function comparison(of: readonly number[], more: Partial<Comparison> = {}): Comparison {
  const estimate = estimateOf(
    of,
    of.map(() => 100),
  );
  return {
    estimate,
    holmP: estimate.p,
    familySize: 1,
    equivalence: equivalence(estimate, 0.02),
    better: "higher",
    ...more,
  };
}

const SLOWER = [87, 86, 88, 87.5, 86.5, 87];
const SAME = [100.1, 99.8, 100.2, 99.9, 100, 100.1];
const A_LITTLE = [99, 99.1, 98.9, 99, 99.05, 98.95];
const NOISY = [80, 130, 95, 110, 70, 125];
const BORDERLINE = [93, 99, 96, 94, 99.5, 91];

describe("the verdict", () => {
  test("on less throughput is slower, with figures and reason", () => {
    expect(verdict(comparison(SLOWER))).toEqual({
      kind: "slower",
      reason: "ratio 0.8700, 95% interval 0.8626 to 0.8774; adjusted p below 0.0001",
    });
  });

  test("depends on what is good", () => {
    const more = SLOWER.map((value) => 10_000 / value);
    expect(verdict(comparison(SLOWER, { better: "lower" })).kind).toBe("faster");
    expect(verdict(comparison(more, { better: "lower" })).kind).toBe("slower");
    expect(verdict(comparison(more)).kind).toBe("faster");
  });

  test("inside the margin is equivalent, and a real difference there is called real", () => {
    const same = verdict(comparison(SAME));
    expect(same.kind).toBe("equivalent");
    expect(same.reason).toMatch(/inside the margin of 2%$/);
    expect(same.reason).not.toContain("real");
    const little = verdict(comparison(A_LITTLE));
    expect(little.kind).toBe("equivalent");
    expect(little.reason).toContain("the difference is real but inside the margin of 2%");
  });

  test("does not call a difference real that its family does not support", () => {
    const found = verdict(comparison(A_LITTLE, { holmP: 0.2, familySize: 15 }));
    expect(found.kind).toBe("equivalent");
    expect(found.reason).not.toContain("real");
  });

  test("of an interval around 1 that is too wide is inconclusive, and says what helps", () => {
    const found = verdict(comparison(NOISY));
    expect(found.kind).toBe("inconclusive");
    expect(found.reason).toMatch(/holds 1 .* more boots would narrow it$/);
  });

  test("of an interval that one of many comparisons gives by chance is inconclusive", () => {
    expect(verdict(comparison(BORDERLINE)).kind).toBe("slower");
    const found = verdict(comparison(BORDERLINE, { holmP: 0.14, familySize: 15 }));
    expect(found.kind).toBe("inconclusive");
    expect(found.reason).toContain(
      "among 15 comparisons chance alone is expected to give 0.75 such intervals (adjusted p 0.14)",
    );
  });

  test("of one boot is inconclusive, as there is no interval", () => {
    const found = verdict(comparison([50]));
    expect(found.kind).toBe("inconclusive");
    expect(found.reason).toContain("single boot");
  });

  test("is never a difference where the adjusted p is above 0.05 or the interval holds 1", () => {
    const boots = fc.array(fc.double({ min: 80, max: 120, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(boots, fc.integer({ min: 1, max: 20 }), (of, familySize) => {
        const { estimate, ...rest } = comparison(of);
        const holmP = estimate.p === undefined ? undefined : Math.min(1, estimate.p * familySize);
        const { kind } = verdict({ ...rest, estimate, holmP, familySize });
        if (kind === "slower" || kind === "faster") {
          expect(holmP).toBeLessThanOrEqual(0.05);
          expect(estimate.low > 1 || estimate.high < 1).toBe(true);
          expect(kind).toBe(estimate.ratio < 1 ? "slower" : "faster");
        }
      }),
      { numRuns: 500 },
    );
  });

  test("turns round when the two sides do", () => {
    const opposite = { slower: "faster", faster: "slower" } as const;
    const boots = fc.array(fc.double({ min: 90, max: 115, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(boots, (of) => {
        const { kind } = verdict(comparison(of));
        const other = verdict(comparison(of.map((value) => 10_000 / value))).kind;
        expect(other).toBe(kind === "slower" || kind === "faster" ? opposite[kind] : kind);
      }),
    );
  });

  test("never prints a ratio other than 1 as 1, or calls p the probability of equality", () => {
    const hair = [99.9999, 99.9998, 99.9999, 99.99985, 99.9999, 99.99988];
    const found = verdict(comparison(hair));
    expect(found.reason).not.toMatch(/\b1\.000\b/);
    for (const of of [SLOWER, SAME, A_LITTLE, NOISY, [50]])
      expect(verdict(comparison(of)).reason).not.toMatch(/probab|equal means|means are equal/i);
  });
});
