import { expect, test } from "vitest";
import { costText, summaryLine } from "../../../src/lab/summary.ts";

test.each([
  [[0.874], "costs 12.6%"],
  [[1.03], "gains 3.00%"],
  [[0.9, 0.43], "costs 10.0% to 57.0%"],
  [[1.02, 0.5], "gains 2.00% to costs 50.0%"],
  [[1.02, 1.1], "gains 2.00% to 10.0%"],
  [[0.8, 0.8], "costs 20.0%"],
])("throughput of %o of L0's: %s", (ratios, text) => {
  expect(costText(ratios.map((ratio) => ({ ratio })))).toBe(text);
});

test("a run's line names its levels from the lowest", () => {
  const cost = (level: number, ratio: number) =>
    ({ level, ratio, workload: "cpu", verdict: "slower" }) as const;
  expect(summaryLine([cost(2, 0.5), cost(1, 0.9)])).toBe("L1 costs 10.0%, L2 costs 50.0% of L0's throughput");
  expect(summaryLine([])).toBe("nothing to compare yet");
});
