/**
 * All reals from `low` to `high`, both included. Operations round outwards, so that a result holds every value
 * that exact arithmetic would give: the error of a double can make an interval wider, and never too narrow
 * (Moore, Kearfott & Cloud 2009, Introduction to Interval Analysis, chapters 2 and 3).
 */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A number that is known exactly, such as a count. */
export function exactly(value: number): Interval {
  return { low: value, high: value };
}

/** From `low` to `high`, where each may be off by the rounding of one operation. */
export function outwards(low: number, high: number): Interval {
  return { low: down(low), high: up(high) };
}

export function plus(a: Interval, b: Interval): Interval {
  return outwards(a.low + b.low, a.high + b.high);
}

export function times(a: Interval, b: Interval): Interval {
  const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return outwards(Math.min(...products), Math.max(...products));
}

/** The divisor must not hold zero. */
export function over(a: Interval, b: Interval): Interval {
  const quotients = [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high];
  return outwards(Math.min(...quotients), Math.max(...quotients));
}

export function absolute(a: Interval): Interval {
  if (a.low >= 0) return a;
  if (a.high <= 0) return { low: -a.high, high: -a.low };
  return { low: 0, high: Math.max(-a.low, a.high) };
}

export function meet(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

/** The change from one positive mean to another in percent: +10 is ten percent more. */
export function percentChange(from: Interval, to: Interval): Interval {
  // Each mean stands once in to/from, so the bounds are those of the change itself.
  return plus(percentOf(to, from), exactly(-100));
}

/** A part of a positive whole in percent of it. */
export function percentOf(part: Interval, whole: Interval): Interval {
  return times(over(part, whole), exactly(100));
}

/** Both ends with as many decimals as tell them apart, the low one rounded down and the high one up. */
export function intervalText(interval: Interval, form: "signed" | "plain" = "plain"): string {
  // The last bits are rounding outwards, which would show as one unit more.
  const [from, to] = [Number(interval.low.toPrecision(14)), Number(interval.high.toPrecision(14))];
  const scale = to > from ? to - from : Math.max(Math.abs(from), 1) * 1e-4;
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(scale))));
  const factor = 10 ** decimals;
  const text = (value: number) => {
    // -0.00 is no number that anybody prints.
    const shown = (value === 0 ? 0 : value).toFixed(decimals);
    return form === "signed" && value > 0 ? `+${shown}` : shown;
  };
  const low = text(Math.floor(Number((from * factor).toPrecision(14))) / factor);
  const high = text(Math.ceil(Number((to * factor).toPrecision(14))) / factor);
  return low === high ? low : `${low} to ${high}`;
}

/** At least one unit in the last place of a double below; half of one is the error of an operation. */
function down(value: number): number {
  return value - Math.abs(value) * Number.EPSILON - Number.MIN_VALUE;
}

function up(value: number): number {
  return value + Math.abs(value) * Number.EPSILON + Number.MIN_VALUE;
}
