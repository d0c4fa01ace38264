import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  absolute,
  exactly,
  type Interval,
  intervalText,
  meet,
  outwards,
  over,
  percentChange,
  percentOf,
  plus,
  times,
} from "../../../../../src/core/published/audit/interval.ts";
import { add, compare, divide, type Exact, fraction, multiply } from "./exact.ts";

/** Whole numbers up to 2^50: their doubles are exact, so that a test can compute with them exactly too. */
const whole = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
const positive = fc.integer({ min: 1, max: 2 ** 50 });
const exact = (value: number) => fraction(BigInt(value), 1n);

function holds({ low, high }: Interval, value: Exact): boolean {
  return compare(double(low), value) <= 0 && compare(double(high), value) >= 0;
}

/** Any double is a whole number times a power of two. */
function double(value: number): Exact {
  let [top, bottom] = [value, 1n];
  while (!Number.isInteger(top)) {
    top *= 2;
    bottom *= 2n;
  }
  return fraction(BigInt(top), bottom);
}

describe("interval arithmetic", () => {
  test("holds the exact result of every operation", () => {
    fc.assert(
      fc.property(whole, whole, positive, (a, b, c) => {
        expect(holds(plus(exactly(a), exactly(b)), add(exact(a), exact(b)))).toBe(true);
        expect(holds(times(exactly(a), exactly(b)), multiply(exact(a), exact(b)))).toBe(true);
        expect(holds(over(exactly(a), exactly(c)), divide(exact(a), exact(c)))).toBe(true);
        expect(holds(over(exactly(a), exactly(-c)), divide(exact(a), exact(-c)))).toBe(true);
      }),
    );
  });

  test("holds the result for every pair of numbers in its operands", () => {
    const range = fc.tuple(whole, whole).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
    fc.assert(
      fc.property(range, range, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const [x, y] = [a, b].map(({ low, high }) => low + Math.floor(share * (high - low)));
        if (x === undefined || y === undefined) throw new Error("two numbers");
        expect(holds(times(a, b), multiply(exact(x), exact(y)))).toBe(true);
        expect(holds(plus(a, b), add(exact(x), exact(y)))).toBe(true);
      }),
    );
  });

  test("is no wider than a few roundings", () => {
    const { low, high } = over(exactly(1), exactly(3));
    expect(high - low).toBeLessThan(1e-15);
    expect(low).toBeLessThan(high);
  });

  test.each([
    [
      { low: 1, high: 2 },
      { low: 1, high: 2 },
    ],
    [
      { low: -3, high: 2 },
      { low: 0, high: 3 },
    ],
    [
      { low: -3, high: -2 },
      { low: 2, high: 3 },
    ],
  ])("the size of %j is %j", (a, size) => expect(absolute(a)).toEqual(size));

  test("two intervals meet where they share an end", () => {
    expect(meet({ low: 1, high: 2 }, { low: 2, high: 3 })).toBe(true);
    expect(meet({ low: 1, high: 2 }, { low: 2.1, high: 3 })).toBe(false);
    expect(meet({ low: 2.1, high: 3 }, { low: 1, high: 2 })).toBe(false);
  });

  test("changes and shares are in percent", () => {
    const { low, high } = percentChange({ low: 100, high: 125 }, { low: 50, high: 75 });
    expect(low).toBeCloseTo(-60, 10);
    expect(high).toBeCloseTo(-25, 10);
    const share = percentOf({ low: 1, high: 2 }, { low: 50, high: 100 });
    expect(share.low).toBeCloseTo(1, 12);
    expect(share.high).toBeCloseTo(4, 12);
  });
});

test.each([
  [{ low: 0.25216, high: 0.25324 }, "plain", "0.2521 to 0.2533"],
  [{ low: 12.26, high: 12.2828 }, "signed", "+12.260 to +12.283"],
  [{ low: -96.8486, high: -96.8474 }, "signed", "-96.8486 to -96.8474"],
  [{ low: -0.004, high: 0.5 }, "plain", "-0.01 to 0.50"],
  [{ low: 4000, high: 5000 }, "plain", "4000 to 5000"],
  [{ low: 0.5, high: 0.5 }, "plain", "0.50000"],
] as const)("%j reads as %s %s, rounded outwards", (interval, form, text) => {
  expect(intervalText(outwards(interval.low, interval.high), form)).toBe(text);
});
