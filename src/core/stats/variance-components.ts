/** Where the spread comes from: one-way random effects, runs within boots. Variances are in the values' unit squared. */
export interface VarianceComponents {
  readonly boots: number;
  readonly runs: number;
  /** Runs per boot; with unequal numbers the average that the estimator needs (n₀). */
  readonly runsPerBoot: number;
  readonly betweenVariance: number;
  readonly withinVariance: number;
  /** Share of the variance of one run that its boot explains, from 0 to 1; 0 where there is no variance at all. */
  readonly intraclassCorrelation: number;
  readonly warnings: readonly string[];
}

/**
 * Analysis-of-variance estimates from runs grouped by boot, for equal or unequal numbers of runs (Searle, Casella &
 * McCulloch 1992, Variance Components, chapter 3). The estimate between boots is cut off at 0 with a warning.
 * Boots without a run are left out; undefined with fewer than two boots, or where no boot has two runs.
 */
export function varianceComponents(boots: readonly (readonly number[])[]): VarianceComponents | undefined {
  const groups = boots.filter((runs) => runs.length > 0);
  const runs = groups.reduce((sum, group) => sum + group.length, 0);
  const k = groups.length;
  if (k < 2 || runs === k) return undefined;
  const grandMean = groups.reduce((sum, group) => sum + total(group), 0) / runs;
  let betweenSquares = 0;
  let withinSquares = 0;
  let sizesSquared = 0;
  for (const group of groups) {
    const mean = total(group) / group.length;
    betweenSquares += group.length * (mean - grandMean) ** 2;
    for (const value of group) withinSquares += (value - mean) ** 2;
    sizesSquared += group.length ** 2;
  }
  const runsPerBoot = (runs - sizesSquared / runs) / (k - 1);
  const withinVariance = withinSquares / (runs - k);
  const between = (betweenSquares / (k - 1) - withinVariance) / runsPerBoot;
  const betweenVariance = Math.max(0, between);
  const sum = betweenVariance + withinVariance;
  return {
    boots: k,
    runs,
    runsPerBoot,
    betweenVariance,
    withinVariance,
    intraclassCorrelation: sum === 0 ? 0 : betweenVariance / sum,
    warnings: between < 0 ? CUT_OFF : [],
  };
}

const CUT_OFF = [
  "boots differ less than their own runs would make them differ by chance; the variance between boots is given as 0, which does not show that boots are alike",
];

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
