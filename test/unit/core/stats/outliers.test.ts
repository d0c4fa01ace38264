import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { outlierMarks } from "../../../../src/core/stats/outliers.ts";
import { oracle } from "./oracle.ts";

const { outliers } = oracle("series", {
  autocorrelation: z.unknown(),
  outliers: z.strictObject({
    values: z.array(z.number()),
    tukey: z.array(z.number()),
    mad: z.array(z.number()),
  }),
  changePoint: z.unknown(),
});

test("marks what R's quartiles and MAD mark", () => {
  const marks = outlierMarks(outliers.values);
  const marked = (rule: "tukey" | "mad") => marks.flatMap((rules, i) => (rules.includes(rule) ? [i] : []));
  expect(marked("tukey")).toEqual(outliers.tukey);
  expect(marked("mad")).toEqual(outliers.mad);
  expect(outliers.tukey.length).toBeGreaterThan(0);
});

test("has one entry for each value, however many are marked", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
      expect(outlierMarks(values)).toHaveLength(values.length);
    }),
  );
});

test("does not depend on order, shift or unit", () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 20 });
  fc.assert(
    fc.property(values, (given) => {
      const marks = outlierMarks(given);
      expect(outlierMarks(given.toReversed()).toReversed()).toEqual(marks);
      expect(outlierMarks(given.map((value) => (value + 64) * 8))).toEqual(marks);
    }),
  );
});

test("marks a value far off by both rules, and none of a few alike", () => {
  expect(outlierMarks([10, 11, 10.5, 10.2, 100])[4]).toEqual(["tukey", "mad"]);
  expect(outlierMarks([10, 11, 10.5, 10.2, 10.8]).flat()).toEqual([]);
});

test("with more than half of the values equal only Tukey's rule can speak", () => {
  expect(outlierMarks([5, 5, 5, 5, 9])).toEqual([[], [], [], [], ["tukey"]]);
});

test("marks nothing among three values", () => {
  expect(outlierMarks([1, 1, 1000])).toEqual([[], [], []]);
});
