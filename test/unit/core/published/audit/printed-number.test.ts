import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  printedNumber,
  printedSize,
  unitsApart,
} from "../../../../../src/core/published/audit/printed-number.ts";
import { compare, decimal, type Exact, fraction, printedRange, rounded } from "./exact.ts";

const digits = fc.bigInt({ min: -(10n ** 8n), max: 10n ** 8n });

/** A double as the fraction that it is. */
function exactDouble(value: number): Exact {
  const scaled = BigInt(Math.round(value * 2 ** 60));
  return fraction(scaled, 2n ** 60n);
}

/** The same but for the last bits of a double, which intervals give away on purpose. */
function expectNearly(value: number | undefined, wanted: number) {
  expect(Math.abs((value ?? Number.NaN) - wanted)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(wanted));
}

describe("a printed number", () => {
  test.each([
    ["3.84", 3.84, 3.835, 3.845, 0.01],
    ["-2.54%", -2.54, -2.545, -2.535, 0.01],
    ["+0.528%", 0.528, 0.5275, 0.5285, 0.001],
    ["−31.19%", -31.19, -31.195, -31.185, 0.01],
    ["4427", 4427, 4426.5, 4427.5, 1],
    // Zeros at the end may be padding, or rounding to significant digits.
    ["18.60", 18.6, 18.55, 18.65, 0.1],
    ["4173.00", 4173, 4172.5, 4173.5, 1],
    ["0.071200", 0.0712, 0.07115, 0.07125, 0.0001],
    ["9030.0", 9030, 9025, 9035, 10],
    ["1200", 1200, 1150, 1250, 100],
    // Zeros alone are taken as rounded to a whole number.
    ["0.000", 0, -0.5, 0.5, 1],
    ["0.0%", 0, -0.5, 0.5, 1],
  ])("%s stands for every real that rounds to it", (text, value, low, high, unit) => {
    const read = printedNumber(text);
    expect(read?.value).toBe(value);
    expect(read?.unit).toBe(unit);
    expectNearly(read?.interval.low, low);
    expectNearly(read?.interval.high, high);
    expect(read?.percent).toBe(text.endsWith("%"));
  });

  test.each([
    ["18.60", 18.6, 18.595, 18.605, 0.01],
    ["900.0", 900, 899.95, 900.05, 0.1],
    ["0.0%", 0, -0.05, 0.05, 0.1],
    ["0.000", 0, -0.0005, 0.0005, 0.001],
    ["-15.0%", -15, -15.05, -14.95, 0.1],
    // Before the point zeros may always be rounding.
    ["1200", 1200, 1150, 1250, 100],
  ])(
    "%s whose zeros count as kept stands for what rounds to its last decimal",
    (text, value, low, high, unit) => {
      const read = printedNumber(text, "kept");
      expect(read?.value).toBeCloseTo(value, 12);
      expect(read?.unit).toBe(unit);
      expectNearly(read?.interval.low, low);
      expectNearly(read?.interval.high, high);
    },
  );

  test.each([
    "",
    "--",
    "1,068.5",
    "1e3",
    ".5",
    "5.",
    "+-1",
    "12a",
    "1 2",
    "NaN",
    "1".repeat(16),
    `${"1".repeat(9)}${"0".repeat(14)}`,
  ])("is not %j", (text) => expect(printedNumber(text)).toBeUndefined());

  test("of a size does not go below zero", () => {
    expect(printedSize("0.000")?.interval.low).toBe(0);
    expect(printedSize("0.2")?.interval.low).toBeCloseTo(0.15, 12);
    expect(printedSize("x")).toBeUndefined();
  });

  test("holds whatever was rounded to it, half up or half to even, padded or not", () => {
    const mode = fc.constantFrom("half up", "half to even");
    fc.assert(
      fc.property(
        digits,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: -6, max: 4 }),
        mode,
        fc.nat(4),
        (top, places, power, how, zeros) => {
          const value = fraction(top, 10n ** BigInt(places));
          const short = rounded(value, power, how);
          // Rounded away to nothing, a number says nothing of its place: the one case that is excepted.
          fc.pre(!/^[-0.]*$/.test(short) || power <= 0);
          const text = zeros === 0 ? short : `${short}${short.includes(".") ? "" : "."}${"0".repeat(zeros)}`;
          const read = printedNumber(text);
          if (read === undefined) throw new Error(text);
          expect(compare(exactDouble(read.interval.low), value)).toBeLessThanOrEqual(0);
          expect(compare(exactDouble(read.interval.high), value)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test("is read as another way of counting its places reads it", () => {
    fc.assert(
      fc.property(digits, fc.integer({ min: -6, max: 3 }), (top, power) => {
        const text = rounded(fraction(top, 1000n), power, "half up");
        const read = printedNumber(text);
        const other = printedRange(text);
        const double = ({ top: a, bottom: b }: Exact) => Number(a) / Number(b);
        expect(read?.value).toBe(double(decimal(text)));
        expectNearly(read?.interval.low, double(other.low));
        expectNearly(read?.interval.high, double(other.high));
      }),
    );
  });

  test("is as many units of its last place from an interval as it misses it by", () => {
    const read = printedNumber("-8.52%");
    if (read === undefined) throw new Error("no number");
    expect(unitsApart(read, { low: -8.49, high: -8.48 })).toBeCloseTo(3, 9);
    expect(unitsApart(read, { low: -8.6, high: -8.53 })).toBeCloseTo(1, 9);
    expect(unitsApart(read, { low: -9, high: -8 })).toBe(0);
  });
});
