import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatDuration,
  mebibytes,
  parseBytes,
  significant,
} from "../../../../src/core/base/units.ts";

describe("parseBytes", () => {
  test.each([
    ["0B", 0],
    ["1B", 1],
    ["1KiB", 1024],
    ["768MiB", 805_306_368],
    ["1.5 GiB", 1_610_612_736],
    ["  2TiB ", 2_199_023_255_552],
    ["0.5KiB", 512],
  ])("reads %j as %d bytes", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each([
    "",
    "MiB",
    "768",
    "768MB",
    "768M",
    "768mib",
    "-1MiB",
    "+1MiB",
    "1e3MiB",
    "1,5GiB",
    ".5GiB",
    "1.GiB",
    "1 MiB 2",
    "0x10MiB",
    "NaNMiB",
    "1MiB\n1MiB",
    "toString",
    "1constructor",
    "9999999TiB",
    "0.3B",
  ])("refuses %j", (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });

  test("reads every whole number of every unit exactly", () => {
    const unit = fc.constantFrom(["B", 0], ["KiB", 10], ["MiB", 20], ["GiB", 30], ["TiB", 40] as const);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8191 }), unit, (count, [name, power]) => {
        expect(parseBytes(`${count}${name}`)).toBe(count * 2 ** Number(power));
      }),
    );
  });

  test("gives a whole, non-negative number of bytes or nothing, whatever the text", () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.double(), fc.constantFrom("B", "KiB", "TiB")).map((t) => t.join("")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const bytes = parseBytes(given);
        expect(bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true);
      }),
    );
  });
});

test("mebibytes rounds down, so that a guest never gets more than there is", () => {
  expect(mebibytes(2 ** 20)).toBe(1);
  expect(mebibytes(2 ** 21 - 1)).toBe(1);
  expect(mebibytes(805_306_368)).toBe(768);
});

describe("formatBytes", () => {
  test.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [805_306_368, "768 MiB"],
    [1.3 * 2 ** 30, "1.3 GiB"],
    [3 * 2 ** 40, "3 TiB"],
    [5000 * 2 ** 40, "5000 TiB"],
  ])("writes %d as %j", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test("writes whole multiples so that parseBytes reads them back", () => {
    const power = fc.constantFrom(0, 10, 20, 30, 40);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), power, (count, exponent) => {
        expect(parseBytes(formatBytes(count * 2 ** exponent))).toBe(count * 2 ** exponent);
      }),
    );
  });
});

describe("formatDuration", () => {
  test.each([
    [-5, "0 s"],
    [0.4, "0 s"],
    [59.4, "59 s"],
    [59.5, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3599.5, "1 h 00 min"],
    [3720, "1 h 02 min"],
    [90_000, "25 h 00 min"],
  ])("writes %d seconds as %j", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("significant", () => {
  test.each([
    [0, 3, "0"],
    [5263.8, 5, "5263.8"],
    [5276.486, 5, "5276.5"],
    [0.18817, 3, "0.188"],
    [0.0001234, 3, "0.000123"],
    [-1.2345, 3, "-1.23"],
    [123_456, 3, "123456"],
    [Number.NaN, 3, "--"],
    [Number.POSITIVE_INFINITY, 3, "--"],
  ])("writes %d with %d digits as %j", (value, digits, text) => {
    expect(significant(value, digits)).toBe(text);
  });

  test("gives no digit too many where rounding carries", () => {
    expect(significant(9.9996, 4)).toBe("10.00");
    expect(significant(0.99999, 3)).toBe("1.00");
    expect(significant(100 * (1 - 0.9), 3)).toBe("10.0");
  });

  test("is off by at most half a unit of the last digit, and never has an exponent", () => {
    const value = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 6 }), fc.boolean(), (size, digits, negative) => {
        const given = negative ? -size : size;
        const text = significant(given, digits);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        const half = 0.5 * 10 ** (Math.floor(Math.log10(size)) - digits + 1);
        expect(Math.abs(Number(text) - given)).toBeLessThanOrEqual(half * 1.000001);
      }),
    );
  });
});
