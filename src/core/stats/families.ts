import { benjaminiHochberg } from "./benjamini-hochberg.ts";
import { type Equivalence, equivalence } from "./equivalence.ts";
import { holm } from "./holm.ts";
import type { RatioEstimate } from "./ratio.ts";
import { type Verdict, type VerdictInput, verdict } from "./verdict.ts";

/** What a comparison is told within its family. */
export interface Judged {
  /**
   * p, adjusted over all of the family that have one; undefined where the comparison has none. The verdict rests on
   * Benjamini and Hochberg's; Holm's is for who wants no false claim at all.
   */
  readonly bhP: number | undefined;
  readonly holmP: number | undefined;
  readonly equivalence: Equivalence;
  readonly verdict: Verdict;
}

/**
 * Verdicts on comparisons, in their order: those of one family, which are shown together, share their
 * false claims. `margin` as in equivalence.
 */
export function judgedInFamilies<One extends { readonly estimate: RatioEstimate }>(
  drafts: readonly One[],
  familyOf: (one: One) => string,
  better: (one: One) => VerdictInput["better"],
  margin: number,
): readonly (One & Judged)[] {
  const families = new Map<string, One[]>();
  for (const one of drafts) {
    if (one.estimate.p === undefined) continue;
    families.set(familyOf(one), [...(families.get(familyOf(one)) ?? []), one]);
  }
  const adjusted = new Map<One, Pick<Judged, "bhP" | "holmP">>();
  for (const family of families.values()) {
    const ps = family.map(({ estimate }) => estimate.p ?? 1);
    const [bh, holms] = [benjaminiHochberg(ps), holm(ps)];
    family.forEach((one, at) => {
      adjusted.set(one, { bhP: bh[at], holmP: holms[at] });
    });
  }
  return drafts.map((one) => {
    const { bhP, holmP } = adjusted.get(one) ?? NOT_ADJUSTED;
    const own = equivalence(one.estimate, margin);
    return {
      ...one,
      bhP,
      holmP,
      equivalence: own,
      verdict: verdict({
        estimate: one.estimate,
        bhP,
        familySize: families.get(familyOf(one))?.length ?? 0,
        equivalence: own,
        better: better(one),
      }),
    };
  });
}

const NOT_ADJUSTED = { bhP: undefined, holmP: undefined };
