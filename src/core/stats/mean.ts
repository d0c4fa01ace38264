/** Mean and standard error of independent replicates (boots), as the 2014 study's tables print them. */
export interface MeanEstimate {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation over the square root of n; undefined for a single replicate. */
  readonly standardError: number | undefined;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Undefined without any value. The unit is that of the values. */
export function estimateMean(values: readonly number[]): MeanEstimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = meanOf(values);
  if (n === 1) return { n, mean, standardError: undefined };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/** Relative change from one mean to another: +0.1 is ten percent more. */
export function relativeChange(from: number, to: number): number {
  return to / from - 1;
}
