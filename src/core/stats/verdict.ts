import { significant } from "../units.ts";
import type { Equivalence } from "./equivalence.ts";
import type { RatioEstimate } from "./ratio.ts";

/** What may be said of one comparison, and why, in a sentence. */
export interface Verdict {
  readonly kind: "slower" | "faster" | "equivalent" | "inconclusive";
  readonly reason: string;
}

export interface Comparison {
  /** Of the thing judged to the thing it is judged against. */
  readonly estimate: RatioEstimate;
  /** The estimate's p, adjusted over the family that is shown; undefined where it has none. */
  readonly holmP: number | undefined;
  /** How many comparisons that family has. */
  readonly familySize: number;
  readonly equivalence: Equivalence;
  /** Which is good: more throughput is better higher, less response time is better lower. */
  readonly better: "higher" | "lower";
}

/** The first rule that applies decides; docs/statistics.md has them as a list. */
export function verdict({ estimate, holmP, familySize, equivalence, better }: Comparison): Verdict {
  const { ratio, low, high, confidence } = estimate;
  if (estimate.standardError === undefined || holmP === undefined) {
    return {
      kind: "inconclusive",
      reason: `ratio ${ratioText(ratio)} from a single boot, so there is no interval; more boots would give one`,
    };
  }
  const seen = `ratio ${ratioText(ratio)}, ${percent(confidence)} interval ${ratioText(low)} to ${ratioText(high)}`;
  const excludesOne = low > 1 || high < 1;
  const shown = excludesOne && holmP <= LEVEL;
  const margin = percent(equivalence.high - 1);
  if (equivalence.equivalent) {
    const within = `inside the margin of ${margin}`;
    return {
      kind: "equivalent",
      reason: shown ? `${seen}: the difference is real but ${within}` : `${seen}: ${within}`,
    };
  }
  if (shown) {
    const kind = ratio < 1 === (better === "higher") ? "slower" : "faster";
    return { kind, reason: `${seen}; adjusted p ${pText(holmP)}` };
  }
  if (excludesOne) {
    const expected = significant(familySize * (1 - confidence), 2);
    return {
      kind: "inconclusive",
      reason: `${seen}, but among ${familySize} comparisons chance alone is expected to give ${expected} such intervals (adjusted p ${pText(holmP)}); more boots would decide`,
    };
  }
  return {
    kind: "inconclusive",
    reason: `${seen}: it holds 1 and is not shown to lie inside the margin of ${margin}; more boots would narrow it`,
  };
}

const LEVEL = 0.05;

/** Four digits, or as many as it takes for a ratio other than 1 not to read as 1. */
function ratioText(ratio: number): string {
  for (let digits = 4; digits < 12; digits++) {
    const text = significant(ratio, digits);
    if (Number(text) !== 1) return text;
  }
  return "1.000";
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function pText(p: number): string {
  return p < 0.0001 ? "below 0.0001" : significant(p, 2);
}
