import { type Equivalence, equivalence } from "./equivalence.ts";
import { holm } from "./holm.ts";
import type { RatioEstimate } from "./ratio.ts";
import { type Comparison, type Verdict, verdict } from "./verdict.ts";

/** What a comparison is told within its family. */
export interface Judged {
  /** p, adjusted over all of the family that have one; undefined where the comparison has none. */
  readonly holmP: number | undefined;
  readonly equivalence: Equivalence;
  readonly verdict: Verdict;
}

interface Draft {
  readonly estimate: RatioEstimate;
}

/**
 * Verdicts on comparisons, in their order: those of one family, which are shown together, share their chance of a
 * false alarm. `margin` as in equivalence.
 */
export function judgedInFamilies<One extends Draft>(
  drafts: readonly One[],
  familyOf: (one: One) => string,
  better: (one: One) => Comparison["better"],
  margin: number,
): readonly (One & Judged)[] {
  const families = new Map<string, One[]>();
  for (const one of drafts) {
    if (one.estimate.p === undefined) continue;
    const family = families.get(familyOf(one)) ?? [];
    families.set(familyOf(one), family);
    family.push(one);
  }
  const adjusted = new Map<One, number>();
  for (const family of families.values()) {
    const ps = holm(family.map(({ estimate }) => estimate.p ?? 1));
    family.forEach((one, at) => {
      adjusted.set(one, ps[at] ?? 1);
    });
  }
  return drafts.map((one) => {
    const holmP = adjusted.get(one);
    const own = equivalence(one.estimate, margin);
    return {
      ...one,
      holmP,
      equivalence: own,
      verdict: verdict({
        estimate: one.estimate,
        holmP,
        familySize: families.get(familyOf(one))?.length ?? 0,
        equivalence: own,
        better: better(one),
      }),
    };
  });
}
