import { expect, test } from "vitest";
import { nearMisses } from "../../../../../src/core/published/audit/near-miss.ts";

test.each([
  ["-38.04%", -38.0503, -38.0485, ["cut off, not rounded"]],
  ["0.274%", 0.27459, 0.27492, ["cut off, not rounded"]],
  ["27.17%", -27.18, -27.165, ["-27.17% (sign)"]],
  ["-2.54%", 2.535, 2.544, ["+2.54% (sign)"]],
  ["0.235%", 0.2521, 0.2533, ["0.253% (two digits exchanged)"]],
  ["36.10", 3.605, 3.612, ["3.610 (point moved)"]],
  ["0.36", 3.6, 3.61, ["3.6 (point moved)"]],
  ["-98.85%", -96.8486, -96.8473, ["-96.85% (one digit)"]],
  ["1.77%", 1.7813, 1.7912, ["1.78% (one digit)", "1.79% (one digit)"]],
  // Two digits are wrong, or no slip of the pen at all.
  ["-8.52%", -8.4892, -8.4793, []],
  ["12.5", 99.1, 99.2, []],
])("%s, recomputed as %d to %d, would hold with %j", (text, low, high, wanted) => {
  expect(nearMisses(text, { low, high })).toEqual(wanted);
});

test("a wide interval, which every other digit would hit, explains nothing", () => {
  expect(nearMisses("9.9%", { low: 1, high: 8 })).toEqual([]);
});
