import { describe, expect, test } from "vitest";
import { changeText, costText, roundPercent, timesText } from "../../../../src/core/document/figure-text.ts";

describe("a change with half its interval", () => {
  test.each([
    [0.63, 0.61, 0.65, "−37% ±2"],
    [0.637, 0.627, 0.6468, "−36.3% ±1.0"],
    [0.9961, 0.9959, 0.9963, "−0.39% ±0.02"],
    [0.802, 0.79, 0.814, "−19.8% ±1.2"],
    [1.034, 0.89, 1.21, "+3% ±16"],
    [1.0001, 0.99, 1.01, "0.0% ±1.0"],
    [1 / 57, 1 / 59, 1 / 55, "57× slower ±2"],
    [20, 19, 21, "20.0× faster ±1.0"],
    [0.57, undefined, undefined, "−43%"],
    [0.957, undefined, undefined, "−4.3%"],
    [0.57, 0, Number.POSITIVE_INFINITY, "−43%"],
  ])("of %d from %s to %s: %s", (ratio, low, high, text) => {
    expect(changeText({ ratio, low, high })).toBe(text);
  });
});

test.each([
  [0.796, 0, "costs 20.4% of L0's throughput"],
  [1.0157, 1, "gains 1.57% of L1's throughput"],
  [1 / 57, 0, "is 57 times slower than L0"],
  [12, 1, "is 12 times faster than L1"],
])("a ratio of %d to L%d %s", (ratio, to, text) => {
  expect(costText(ratio, to)).toBe(text);
});

test("two digits are enough in a sentence", () => {
  expect([0.33, 0.042, 0.0039, 1.5].map(roundPercent)).toEqual(["33%", "4.2%", "0.39%", "150%"]);
  expect([1 / 57, 1 / 9.96, 3].map(timesText)).toEqual([
    "57 times slower",
    "10 times slower",
    "3.0 times faster",
  ]);
});
