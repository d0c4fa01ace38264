import { expect, test } from "vitest";
import { costText } from "../../../src/lab/summary.ts";

test.each([
  [[0.874], "costs 12.6%"],
  [[1.03], "gains 3.00%"],
  [[0.9, 0.43], "costs 10.0% to 57.0%"],
  [[1.02, 0.5], "gains 2.00% to costs 50.0%"],
  [[1.02, 1.1], "gains 2.00% to 10.0%"],
  [[0.8, 0.8], "costs 20.0%"],
  [[1 / 57], "is 57 times slower"],
  [[0.874, 1 / 57], "costs 12.6%, at most 57 times slower"],
])("throughput of %o of L0's: %s", (ratios, text) => {
  expect(costText(ratios.map((ratio) => ({ ratio })))).toBe(text);
});
