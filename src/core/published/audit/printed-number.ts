import { type Interval, outwards } from "./interval.ts";

/** A number as it was printed, and the reals that it may have been rounded from. */
export interface PrintedNumber {
  readonly text: string;
  readonly value: number;
  /** Every real that rounds to what is printed; in percent where a percent sign was printed. */
  readonly interval: Interval;
  /** One unit in the last place that is certain: 0.01 for `3.84`, and for `3.840` too unless its zero counts as kept. */
  readonly unit: number;
  readonly percent: boolean;
}

/** Digits with at most one point, a sign, a percent sign; no exponent and no separators of thousands. */
const FORM = /^([+\-−]?)(\d+)(?:\.(\d+))?(%?)$/;

/** The digits that a double holds exactly, more than anybody prints; with zeros, those that a power of ten may have. */
const MOST_DIGITS = { kept: 15, all: 22 };

/** What zeros at the end of a fraction are taken for. */
export type Zeros = "padding" | "kept";

/**
 * Reads a printed number; undefined for text that is none.
 *
 * A printed number stands for every real within half a unit of its last place, both ends included, as either end
 * may have been rounded to it (half up, half to even). Its last place is that of its last digit that is not 0:
 * trailing zeros may be padding (a spreadsheet shows 18.6 as `18.60` in a column of two decimals) or rounding to
 * significant digits (`1200`), so only the digit before them is certain to have been kept. A number of zeros
 * alone has no such digit; it is taken as rounded to a whole number, the coarsest that a point allows. Where zeros count
 * as kept, the last place is that of the last decimal.
 */
export function printedNumber(text: string, zeros: Zeros = "padding"): PrintedNumber | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", percent = ""] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept.length > MOST_DIGITS.kept || whole.length + fraction.length > MOST_DIGITS.all) return undefined;
  const asKept = zeros === "kept" && fraction !== "" && digits.length <= MOST_DIGITS.kept;
  const certain = asKept ? digits : kept;
  const exponent = certain === "" && !asKept ? 0 : digits.length - certain.length - fraction.length;
  const factor = sign === "-" || sign === "−" ? -1 : 1;
  const units = Number(certain) * factor;
  return {
    text,
    value: scaled(units, exponent),
    // In tenths of a unit every end is a whole number, and exact.
    interval: outwards(scaled(units * 10 - 5, exponent - 1), scaled(units * 10 + 5, exponent - 1)),
    unit: scaled(1, exponent),
    percent: percent === "%",
  };
}

/** A printed number of something that cannot be negative, such as a standard error. */
export function printedSize(text: string, zeros: Zeros = "padding"): PrintedNumber | undefined {
  const number = printedNumber(text, zeros);
  if (number === undefined) return undefined;
  return { ...number, interval: { ...number.interval, low: Math.max(0, number.interval.low) } };
}

/** From a printed number to the nearest of an interval in units of its last place: 0 inside, 0.5 is rounding. */
export function unitsApart({ value, unit }: PrintedNumber, { low, high }: Interval): number {
  return Math.max(0, low - value, value - high) / unit;
}

/** A whole number times a power of ten with one rounding: powers of ten up to 10^22 are exact. */
function scaled(whole: number, exponent: number): number {
  return exponent < 0 ? whole / 10 ** -exponent : whole * 10 ** exponent;
}
