import { significant } from "../base/units.ts";
import type { RatioEstimate } from "../stats/ratio.ts";

/** A share as `12.6%`, signed on demand; `--` where there is none. */
export function percent(value: number | undefined, form: "signed" | "plain"): string {
  if (value === undefined || !Number.isFinite(value)) return "--";
  const text = `${significant(value * 100, 3)}%`;
  return form === "signed" && value > 0 ? `+${text}` : text;
}

/** `0.87 [0.85, 0.89]`, or the ratio alone where it has no interval. */
export function ratioText(estimate: RatioEstimate): string {
  if (estimate.standardError === undefined) return `${significant(estimate.ratio, 3)} (no interval)`;
  const digits = tellingDigits(estimate, 3);
  const [ratio, low, high] = [estimate.ratio, estimate.low, estimate.high].map((one) =>
    significant(one, digits),
  );
  return `${ratio} [${low}, ${high}]`;
}

const MOST_DIGITS = 7;

/** So many significant digits, and more where the interval is narrower than one step of the last of them. */
export function tellingDigits({ low, high }: Pick<RatioEstimate, "low" | "high">, least: number): number {
  const width = high - low;
  if (!(width > 0 && low > 0 && Number.isFinite(width))) return least;
  const needed = Math.ceil(Math.log10(high)) + Math.ceil(-Math.log10(width));
  return Math.max(least, Math.min(needed, MOST_DIGITS));
}

/** `0.8512 to 0.8934`, or `--` where there is no interval. */
export function intervalText(estimate: RatioEstimate): string {
  return estimate.standardError === undefined
    ? "--"
    : `${significant(estimate.low, tellingDigits(estimate, 4))} to ${significant(estimate.high, tellingDigits(estimate, 4))}`;
}

/** Two digits, or that it is below one in ten thousand; `--` where there is none. */
export function pText(p: number | undefined): string {
  if (p === undefined) return "--";
  return p < 0.0001 ? "<0.0001" : significant(p, 2);
}

/** Below this share, what is left of a throughput is said as how many times slower it is: 99% and 98% look alike. */
export const MANY_TIMES = 0.1;

/** A ratio of throughputs as `57 times slower`. */
export function timesText(ratio: number): string {
  return ratio < 1 ? `${roundNumber(1 / ratio)} times slower` : `${roundNumber(ratio)} times faster`;
}

/** What a ratio of throughputs costs: `costs 12.6% of L0's throughput`, `is 57 times slower than L0`. */
export function costText(ratio: number, to: number): string {
  if (isManyTimes(ratio)) return `is ${timesText(ratio)} than L${to}`;
  const verb = ratio <= 1 ? "costs" : "gains";
  return `${verb} ${percent(Math.abs(ratio - 1), "plain")} of L${to}'s throughput`;
}

/** `33%`, `4.2%`, `0.39%`: two digits are enough to read. */
export function roundPercent(share: number): string {
  return `${roundNumber(share * 100)}%`;
}

/** The change and half its interval: `−37% ±2`, or `57× slower ±2`; without an interval the change alone. */
export function changeText({ ratio, low, high }: Interval): string {
  const many = isManyTimes(ratio);
  const scale = many ? 1 : 100;
  const of = (value: number) => (many && ratio < 1 ? 1 / value : value);
  const change = many ? of(ratio) : (ratio - 1) * scale;
  const half =
    low === undefined || high === undefined ? undefined : Math.abs(of(high) - of(low)) * (scale / 2);
  const bounded = half !== undefined && Number.isFinite(half) && half > 0;
  const decimals = bounded ? decimalsFor(half) : Math.max(0, 1 - exponentOf(change));
  const size = Math.abs(change).toFixed(Math.min(decimals, 4));
  const sign = many || Number(size) === 0 ? "" : change < 0 ? "−" : "+";
  const unit = many ? `× ${ratio < 1 ? "slower" : "faster"}` : "%";
  return `${sign}${size}${unit}${bounded ? ` ±${half.toFixed(Math.min(decimals, 4))}` : ""}`;
}

/** A ratio and the ends of its interval, where there is one. */
interface Interval {
  readonly ratio: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

function isManyTimes(ratio: number): boolean {
  return ratio < MANY_TIMES || ratio > 1 / MANY_TIMES;
}

function roundNumber(value: number): string {
  return value >= 10 ? value.toFixed(0) : significant(value, 2);
}

/** As many as show the first digit of an error, and the second where the first is 1. */
function decimalsFor(error: number): number {
  const [first, power] = error.toExponential(0).split("e").map(Number);
  const exponent = power ?? 0;
  return Math.max(0, (first === 1 && exponent <= 0 ? 1 : 0) - exponent);
}

function exponentOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
}
