import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equivalence } from "../../../../src/core/stats/equivalence.ts";
import type { RatioEstimate } from "../../../../src/core/stats/ratio.ts";
import { tCdf } from "../../../../src/core/stats/t-distribution.ts";
import {
  reasonText,
  toneOf,
  VERDICTS,
  type VerdictInput,
  verdict,
} from "../../../../src/core/stats/verdict.ts";
import { pairedLogRatio } from "./paired.ts";

function estimateOf(of: readonly number[], to: readonly number[]): RatioEstimate {
  const found = pairedLogRatio(of, to, 0.95);
  if (found === undefined) throw new Error("positive values have a ratio");
  return found;
}

/** A comparison of six boots against 100, alone in its family unless said otherwise. */
function comparison(of: readonly number[], more: Partial<VerdictInput> = {}): VerdictInput {
  const estimate = estimateOf(
    of,
    of.map(() => 100),
  );
  return {
    estimate,
    bhP: estimate.p,
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
/** Nothing is shown to lie inside it. */
const NARROW = { p: 1, equivalent: false, low: 1 / 1.0001, high: 1.0001 };
const BORDERLINE = [93, 99, 96, 94, 99.5, 91];

describe("the verdict", () => {
  test("on less throughput is slower, by at least what the interval's nearer end says", () => {
    const found = verdict(comparison(SLOWER));
    // The interval is 0.8626 to 0.8774.
    expect(found).toEqual({ kind: "slower", reason: "by at least 12%" });
    expect(reasonText(found)).toBe("by at least 12%");
  });

  test("depends on what is good", () => {
    const more = SLOWER.map((value) => 10_000 / value);
    expect(verdict(comparison(SLOWER, { better: "lower" })).kind).toBe("faster");
    expect(verdict(comparison(more, { better: "lower" })).kind).toBe("slower");
    expect(verdict(comparison(more))).toEqual({ kind: "faster", reason: "by at least 13%" });
  });

  test("inside the margin is equivalent, and a difference that shows there is called one", () => {
    expect(verdict(comparison(SAME))).toEqual({ kind: "equivalent", reason: "inside the margin of 2%" });
    expect(verdict(comparison(A_LITTLE))).toEqual({
      kind: "equivalent",
      reason: "a small difference, inside the margin of 2%",
    });
  });

  test("of an interval around 1 is inconclusive, with its ends in words and what would settle it", () => {
    const input = comparison(NOISY);
    const found = verdict(input);
    // The interval is 0.765 to 1.282.
    expect(found).toMatchObject({
      kind: "inconclusive",
      reason: "anything from a gain of 29% to a cost of 24% fits",
    });
    expect(input.estimate.high).toBeLessThanOrEqual(1.29);
    expect(input.estimate.low).toBeGreaterThanOrEqual(0.76);
    expect(verdict({ ...input, better: "lower" }).reason).toBe(
      "anything from a gain of 24% to a cost of 29% fits",
    );
  });

  test("of an interval that excludes 1 is probable where its family does not support it", () => {
    expect(verdict(comparison(BORDERLINE)).kind).toBe("slower");
    const found = verdict(comparison(BORDERLINE, { bhP: 0.14, familySize: 15 }));
    expect(found.kind).toBe("probably slower");
    expect(found.reason).toBe(
      "its interval excludes no change, but among 15 comparisons that can be chance (adjusted p 0.14)",
    );
    expect(reasonText(found)).toMatch(/; about \d+ boots in all would settle it$/);
    expect(verdict(comparison(BORDERLINE, { bhP: 0.14, familySize: 15, better: "lower" })).kind).toBe(
      "probably faster",
    );
  });

  test("of one boot is inconclusive, and a second would help", () => {
    const found = verdict(comparison([50]));
    expect(found.kind).toBe("inconclusive");
    expect(reasonText(found)).toBe("one boot gives no interval; about 2 boots in all would settle it");
  });

  test("of a published mean without a standard error is inconclusive, and no boot would help", () => {
    const { estimate, ...rest } = comparison([50]);
    expect(verdict({ ...rest, estimate: { ...estimate, boots: undefined } })).toEqual({
      kind: "inconclusive",
      reason: "without a standard error there is no interval",
    });
  });

  test("says how many boots would settle it: so many do where the spread stays, and one fewer does not", () => {
    const input = comparison(NOISY.map((value) => value * 0.9));
    const { settledBy } = verdict(input);
    expect(settledBy?.kind).toBe("boots");
    const all = settledBy?.boots ?? 0;
    const { standardError = 0, ratio } = input.estimate;
    const told = (boots: number) =>
      2 * (1 - tCdf(Math.abs(Math.log(ratio)) / (standardError * Math.sqrt(6 / boots)), boots - 1)) <= 0.05;
    expect([told(all - 1), told(all)]).toEqual([false, true]);
  });

  test("of what no hundred boots would tell says that more are needed", () => {
    const found = verdict(comparison([70, 140, 72, 138, 69, 143], { equivalence: NARROW }));
    expect(found.settledBy).toEqual({ kind: "beyond", boots: 100 });
    expect(reasonText(found)).toMatch(/; more than 100 boots would be needed to settle it$/);
  });

  test("never contradicts the interval", () => {
    const boots = fc.array(fc.double({ min: 80, max: 120, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(boots, fc.integer({ min: 1, max: 20 }), (of, familySize) => {
        const { estimate, ...rest } = comparison(of);
        const bhP = estimate.p === undefined ? undefined : Math.min(1, estimate.p * familySize);
        const { kind } = verdict({ ...rest, estimate, bhP, familySize });
        const excludesOne = estimate.low > 1 || estimate.high < 1;
        if (kind === "inconclusive") expect(excludesOne).toBe(false);
        if (kind === "slower" || kind === "faster") expect(bhP).toBeLessThanOrEqual(0.05);
        if (toneOf(kind) === "slower") expect(estimate.high).toBeLessThan(1);
        if (toneOf(kind) === "faster") expect(estimate.low).toBeGreaterThan(1);
      }),
      { numRuns: 500 },
    );
  });

  test("turns round when the two sides do", () => {
    const opposite = { slower: "faster", faster: "slower" } as const;
    const boots = fc.array(fc.double({ min: 90, max: 115, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(boots, (of) => {
        const kind = toneOf(verdict(comparison(of)).kind);
        const other = toneOf(verdict(comparison(of.map((value) => 10_000 / value))).kind);
        expect(other).toBe(kind === "slower" || kind === "faster" ? opposite[kind] : kind);
      }),
    );
  });

  test("never calls p the probability of equality", () => {
    for (const of of [SLOWER, SAME, A_LITTLE, NOISY, [50]])
      expect(reasonText(verdict(comparison(of)))).not.toMatch(/equal means|means are equal/i);
  });

  test("has a tone for each kind", () => {
    expect(VERDICTS.map(toneOf)).toEqual([
      "slower",
      "slower",
      "equivalent",
      "faster",
      "faster",
      "inconclusive",
    ]);
  });
});
