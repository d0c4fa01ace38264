import { meanOf } from "./mean.ts";

/** An exact test by enumeration, or the reason why it was not made. */
export type ExactTest =
  | {
      readonly kind: "exact";
      /** Two-sided: the share of arrangements whose difference is at least as large as the one observed. */
      readonly p: number;
      readonly arrangements: number;
      /** The least p that so many values can give, whatever they are. */
      readonly smallestP: number;
    }
  | { readonly kind: "not-made"; readonly reason: string };

/**
 * Exact two-sample permutation test on the difference of means of the values as given; pass logarithms to test a
 * ratio (Fisher 1935, The Design of Experiments; Pitman 1937, Supplement to the JRSS 4:119). It takes for granted only
 * that without a difference every split of the values is as likely as the observed one.
 */
export function permutationTest(a: readonly number[], b: readonly number[]): ExactTest {
  const arrangements = binomial(a.length + b.length, a.length);
  const reason = notMade(Math.min(a.length, b.length), arrangements);
  if (reason !== undefined) return { kind: "not-made", reason };
  const mean = meanOf([...a, ...b]);
  const values = [...a, ...b].map((value) => value - mean);
  const observed = sumOf(values.slice(0, a.length));
  // Less what rounding can do to an equal sum, so that ties count as ties.
  const limit = Math.abs(observed) - 1e-10 * sumOf(values.map(Math.abs));
  // With the values centred, the difference of the means is a constant times the first sample's sum.
  let count = 0;
  const choose = (from: number, left: number, sum: number): void => {
    if (left === 0) {
      if (Math.abs(sum) >= limit) count += 1;
      return;
    }
    for (let i = from; i <= values.length - left; i++) choose(i + 1, left - 1, sum + (values[i] ?? 0));
  };
  choose(0, a.length, 0);
  return { kind: "exact", p: count / arrangements, arrangements, smallestP: smallestP(a.length, b.length) };
}

/**
 * Exact sign-flip test on the mean of paired differences as given; pass logarithms of ratios within boots to test a ratio
 * (Fisher 1935, The Design of Experiments). It takes for granted only that without a difference each boot's is as likely
 * the other way round.
 */
export function signFlipTest(differences: readonly number[]): ExactTest {
  const arrangements = 2 ** differences.length;
  const reason = notMade(differences.length, arrangements);
  if (reason !== undefined) return { kind: "not-made", reason };
  const limit = Math.abs(sumOf(differences)) - 1e-10 * sumOf(differences.map(Math.abs));
  let count = 0;
  const flip = (from: number, sum: number): void => {
    const next = differences[from];
    if (next === undefined) {
      if (Math.abs(sum) >= limit) count += 1;
      return;
    }
    flip(from + 1, sum + next);
    flip(from + 1, sum - next);
  };
  flip(0, 0);
  return { kind: "exact", p: count / arrangements, arrangements, smallestP: 2 / arrangements };
}

/**
 * The least two-sided p of the two-sample test: the most extreme split alone, and with equal sizes its mirror image
 * too. No data can give less, so a smaller significance level can never be reached.
 */
export function smallestP(n: number, m: number): number {
  if (n === 0 || m === 0) return 1;
  return (n === m ? 2 : 1) / binomial(n + m, n);
}

/** Enough for ten boots against ten, or 17 within themselves; more takes longer than it teaches. */
const MOST_ARRANGEMENTS = 200_000;

function notMade(smallerSize: number, arrangements: number): string | undefined {
  if (smallerSize === 0) return "there are no values to rearrange";
  if (arrangements <= MOST_ARRANGEMENTS) return undefined;
  return `there are more than ${MOST_ARRANGEMENTS} arrangements to enumerate`;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Exact while below 2^53, and no smaller than that otherwise. */
function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return Math.round(result);
}
