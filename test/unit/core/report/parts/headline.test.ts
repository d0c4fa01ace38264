import { expect, test } from "vitest";
import { headlineOf, type LevelCost } from "../../../../../src/core/report/parts/headline.ts";

const cost = (workload: string, ratio: number, verdict: LevelCost["verdict"] = "slower", level = 2) => ({
  ...{ workload, ratio, verdict, level },
});

test.each<[readonly LevelCost[], string]>([
  [[], "There is nothing to compare yet."],
  [[cost("cpu", 0.67), cost("oltp", 0.2)], "L2 costs 33% to 80% of L0's throughput, oltp the most."],
  [[cost("cpu", 0.9, "slower", 1), cost("cpu", 0.64)], "L2 costs 36% of L0's throughput."],
  [
    [cost("cpu", 0.998, "equivalent"), cost("oltp", 0.57)],
    "L2 costs up to 43% of L0's throughput, oltp the most.",
  ],
  [
    [cost("cpu", 0.96), cost("exit", 1 / 57)],
    "L2 costs 4.0% of L0's throughput; exit is 57 times slower at L2 than at L0.",
  ],
  [
    [cost("exit", 1 / 57), cost("fault", 1 / 20)],
    "2 workloads are far slower at L2 than at L0, exit the most: it is 57 times slower.",
  ],
  [[cost("cpu", 1.05, "faster")], "L2 costs nothing; cpu gains 5.0% over L0."],
  [
    [cost("cpu", 0.999, "equivalent"), cost("oltp", 0.99, "equivalent")],
    "L2 costs nothing that matters: every workload stays within the margin.",
  ],
  [
    [cost("cpu", 0.999, "equivalent"), cost("oltp", 0.9, "inconclusive")],
    "What L2 costs is not known yet: 1 of 2 answers is open.",
  ],
])("of %j: %s", (costs, sentence) => {
  expect(headlineOf(costs)).toBe(sentence);
});
