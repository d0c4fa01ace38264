import { significant } from "../base/units.ts";
import type { Equivalence } from "./equivalence.ts";
import { type RatioEstimate, withBoots } from "./ratio.ts";
import { tCdf, tTwoSidedP } from "./t-distribution.ts";

/** From bad to good, and what cannot be said. */
export const VERDICTS = [
  "slower",
  "probably slower",
  "equivalent",
  "probably faster",
  "faster",
  "inconclusive",
] as const;

export type VerdictKind = (typeof VERDICTS)[number];

/** The verdict on one comparison, and why. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** Goes on after the kind and a comma: `by at least 12%`. */
  readonly reason: string;
  /** About how many boots in all would give a verdict without doubt; absent where there is none, or no telling. */
  readonly settledBy?: Settled;
}

/** `beyond`: more boots than SOUGHT would be needed. */
export type Settled =
  | { readonly kind: "boots"; readonly boots: number }
  | { readonly kind: "beyond"; readonly boots: number };

/** What a verdict looks like: the direction alone, or that there is none. */
export type Tone = "slower" | "faster" | "equivalent" | "inconclusive";

export function toneOf(kind: VerdictKind): Tone {
  switch (kind) {
    case "slower":
    case "probably slower":
      return "slower";
    case "faster":
    case "probably faster":
      return "faster";
    case "equivalent":
    case "inconclusive":
      return kind;
  }
}

export interface VerdictInput {
  /** The ratio that is judged, such as L1's throughput to L0's. */
  readonly estimate: RatioEstimate;
  /** The estimate's p, adjusted over the family that is shown; undefined where it has none. */
  readonly bhP: number | undefined;
  /** How many comparisons that family has. */
  readonly familySize: number;
  readonly equivalence: Equivalence;
  /** Which direction is good: `higher` for throughput, `lower` for response time. */
  readonly better: "higher" | "lower";
}

/** The first rule that applies decides; docs/statistics.md has them as a list. No word contradicts its interval. */
export function verdict(input: VerdictInput): Verdict {
  const { estimate, bhP, familySize, equivalence, better } = input;
  const { ratio, low, high } = estimate;
  if (estimate.standardError === undefined || bhP === undefined) {
    return estimate.boots === undefined
      ? { kind: "inconclusive", reason: "without a standard error there is no interval" }
      : { kind: "inconclusive", reason: "one boot gives no interval", settledBy: AFTER_ONE };
  }
  const excludesOne = low > 1 || high < 1;
  if (equivalence.equivalent) {
    const within = `inside the margin of ${percent(equivalence.high - 1)}`;
    return { kind: "equivalent", reason: excludesOne ? `a small difference, ${within}` : within };
  }
  if (!excludesOne) {
    return { kind: "inconclusive", reason: `anything ${boundsText(input)} fits`, ...settled(input) };
  }
  const direction = ratio < 1 === (better === "higher") ? "slower" : "faster";
  if (bhP <= LEVEL)
    return { kind: direction, reason: `by at least ${roundedPercent(leastChange(input), Math.floor)}` };
  return {
    kind: `probably ${direction}`,
    reason: `its interval excludes no change, but among ${familySize} comparisons that can be chance (adjusted p ${pText(bhP)})`,
    ...settled(input),
  };
}

const LEVEL = 0.05;

/** The least with which there is an interval. */
const AFTER_ONE: Settled = { kind: "boots", boots: 2 };

/** How far the nearer end of the interval lies from no change. */
function leastChange({ estimate: { low, high } }: VerdictInput): number {
  return low > 1 ? low - 1 : 1 - high;
}

/** `from a gain of 3% to a cost of 17%`: the interval from the better end to the worse. */
function boundsText({ estimate: { low, high }, better }: VerdictInput): string {
  const [best, worst] = better === "higher" ? [high, low] : [low, high];
  const end = (ratio: number) => {
    const change = Math.abs(ratio - 1);
    if (change === 0) return "no change";
    return `a ${ratio > 1 === (better === "higher") ? "gain" : "cost"} of ${roundedPercent(change, Math.ceil)}`;
  };
  return `from ${end(best)} to ${end(worst)}`;
}

/** The most boots that are looked for; who needs more should look for the noise. */
const SOUGHT = 100;

/**
 * The least number of boots with which the ratio, if it and the spread stay what they are, would be told from 1 among
 * its family, or shown to lie inside the margin.
 */
function settled({ estimate, bhP = 1, equivalence }: VerdictInput): Pick<Verdict, "settledBy"> {
  const { ratio, p, boots } = estimate;
  if (boots === undefined || p === undefined) return {};
  const share = bhP / p;
  const change = Math.abs(Math.log(ratio));
  const settles = (all: number) => {
    const then = withBoots(estimate, all);
    if (then === undefined) return false;
    const { standardError, df } = then;
    const told = share * tTwoSidedP(change / standardError, df) <= LEVEL;
    return told || tCdf((change - Math.log(equivalence.high)) / standardError, df) <= LEVEL;
  };
  if (!settles(SOUGHT)) return { settledBy: { kind: "beyond", boots: SOUGHT } };
  let [tooFew, enough] = [boots, SOUGHT];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (settles(middle)) enough = middle;
    else tooFew = middle;
  }
  return { settledBy: { kind: "boots", boots: Math.max(enough, boots + 1) } };
}

/** The reason, and what would settle what is open. */
export function reasonText({ reason, settledBy }: Verdict): string {
  if (settledBy === undefined) return reason;
  switch (settledBy.kind) {
    case "boots":
      return `${reason}; about ${settledBy.boots} boots in all would settle it`;
    case "beyond":
      return `${reason}; more than ${settledBy.boots} boots would be needed to settle it`;
  }
}

/** Two digits, rounded so that what is said of the interval holds. */
function roundedPercent(share: number, round: (value: number) => number): string {
  const unit = 10 ** (Math.floor(Math.log10(share * 100)) - 1);
  return `${Number((round((share * 100) / unit) * unit).toPrecision(4))}%`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function pText(p: number): string {
  return p < 0.0001 ? "below 0.0001" : significant(p, 2);
}
