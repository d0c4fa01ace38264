/**
 * Holm-adjusted p-values, in the order given: rejecting those at or below α keeps the chance of any false rejection
 * in the family at or below α, however the tests depend on one another (Holm 1979, Scandinavian Journal of
 * Statistics 6:65).
 */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let largest = 0;
  order.forEach(({ p, at }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}
