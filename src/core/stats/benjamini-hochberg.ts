/**
 * Benjamini-Hochberg-adjusted p-values, in the order given: of those that are rejected at or below q, at most the share
 * q is false on average (Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57:289; for tests that
 * depend on one another positively, Benjamini & Yekutieli 2001, Annals of Statistics 29:1165).
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, at) => ({ p, at })).sort((a, b) => b.p - a.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let smallest = 1;
  order.forEach(({ p, at }, fromTop) => {
    smallest = Math.min(smallest, p * (ps.length / (ps.length - fromTop)));
    adjusted[at] = smallest;
  });
  return adjusted;
}
