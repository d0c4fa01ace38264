/** A rational number, so that a test can judge without the rounding of doubles. */
export interface Exact {
  readonly top: bigint;
  /** Above zero. */
  readonly bottom: bigint;
}

export function fraction(top: bigint, bottom: bigint): Exact {
  return bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom };
}

/** A decimal such as `-2.54`, exactly. */
export function decimal(text: string): Exact {
  const [whole = "", part = ""] = text.replace(/[+%]/g, "").replace("−", "-").split(".");
  return fraction(BigInt(`${whole}${part}`), 10n ** BigInt(part.length));
}

export function add(a: Exact, b: Exact): Exact {
  return fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

export function multiply(a: Exact, b: Exact): Exact {
  return fraction(a.top * b.top, a.bottom * b.bottom);
}

export function divide(a: Exact, b: Exact): Exact {
  return fraction(a.top * b.bottom, a.bottom * b.top);
}

/** Below zero where a is less than b. */
export function compare(a: Exact, b: Exact): number {
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export interface ExactRange {
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * The reals that docs/audit.md says a printed number stands for, made from its digits by another way than the
 * product's: count the places from the last digit that is not 0.
 */
export function printedRange(text: string): ExactRange {
  const digits = text.replace(/[+\-−%]/g, "");
  const value = decimal(text);
  const point = digits.includes(".") ? digits.indexOf(".") : digits.length;
  const last = [...digits].findLastIndex((digit) => /[1-9]/.test(digit));
  // Positions left of the point are tens, hundreds …; a number of zeros alone counts as whole.
  const power = last < 0 ? 0 : last < point ? point - 1 - last : point - last;
  const half = power >= 0 ? fraction(10n ** BigInt(power), 2n) : fraction(1n, 2n * 10n ** BigInt(-power));
  const minusHalf = { top: -half.top, bottom: half.bottom };
  return { low: add(value, minusHalf), high: add(value, half) };
}

/** The same for what cannot be negative. */
export function sizeRange(text: string): ExactRange {
  const { low, high } = printedRange(text);
  return { low: low.top < 0n ? fraction(0n, 1n) : low, high };
}

export function rangesMeet(a: ExactRange, b: ExactRange): boolean {
  return compare(a.low, b.high) <= 0 && compare(b.low, a.high) <= 0;
}

export type RoundingMode = "half up" | "half to even";

/** To a multiple of 10^power as decimal text; halves go away from zero or to the even neighbour. */
export function rounded(value: Exact, power: number, mode: RoundingMode): string {
  const scale = power <= 0 ? fraction(10n ** BigInt(-power), 1n) : fraction(1n, 10n ** BigInt(power));
  const { top, bottom } = multiply(value, scale);
  const size = top < 0n ? -top : top;
  const whole = size / bottom;
  const rest = 2n * (size % bottom);
  const up = rest > bottom || (rest === bottom && (mode === "half up" || whole % 2n === 1n));
  return decimalText(top < 0n, whole + (up ? 1n : 0n), power);
}

function decimalText(negative: boolean, units: bigint, power: number): string {
  const digits = power > 0 ? `${units}${"0".repeat(power)}` : `${units}`.padStart(1 - power, "0");
  const whole = power < 0 ? digits.slice(0, power) : digits;
  const text = power < 0 ? `${whole}.${digits.slice(power)}` : whole;
  return negative && units > 0n ? `-${text}` : text.replace(/^0+(?=\d)/, "");
}
