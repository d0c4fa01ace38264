/** Rules that mark a value as far from the others. A mark is a reason to look, never a reason to drop. */
export type OutlierRule = "tukey" | "mad";

/**
 * For each value, in order, the rules that mark it; the values themselves are all kept.
 *
 * - `tukey`: beyond the quartiles by more than 1.5 times their distance (Tukey 1977, Exploratory Data Analysis), with
 *   quartiles by linear interpolation (type 7 of Hyndman & Fan 1996, The American Statistician 50:361).
 * - `mad`: |value − median| / MAD × 0.6745 above 3.5 (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers).
 *   Silent where more than half of the values are equal.
 *
 * Fewer than four values get no mark. Of six values of a normal distribution a mark falls on one or more in 28% of
 * samples by `tukey`, 15% by `mad`: a mark alone is no evidence.
 */
export function outlierMarks(values: readonly number[]): readonly (readonly OutlierRule[])[] {
  if (values.length < 4) return values.map(() => []);
  const sorted = values.toSorted((a, b) => a - b);
  const lower = quantile(sorted, 0.25);
  const upper = quantile(sorted, 0.75);
  const reach = 1.5 * (upper - lower);
  const median = quantile(sorted, 0.5);
  const mad = quantile(
    values.map((value) => Math.abs(value - median)).sort((a, b) => a - b),
    0.5,
  );
  return values.map((value) => {
    const marks: OutlierRule[] = [];
    if (value < lower - reach || value > upper + reach) marks.push("tukey");
    if (mad > 0 && (0.6745 * Math.abs(value - median)) / mad > 3.5) marks.push("mad");
    return marks;
  });
}

function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const value = sorted[below] ?? Number.NaN;
  return value + (position - below) * ((sorted[below + 1] ?? value) - value);
}
