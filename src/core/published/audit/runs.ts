import type { Granularity } from "./granularity.ts";
import { type PValueCheck, RUNS_TRIED, TESTS, type TestOfRuns } from "./p-values.ts";

/** How many runs each printed mean is of, as far as the printed digits tell. */
export interface RunsInference {
  /** Tests and numbers of runs that give the most printed p-values. */
  readonly ways: readonly TestOfRuns[];
  /** Printed p-values that those give; all of them where the study is sound. */
  readonly reproduced: number;
  readonly pValues: number;
  readonly granularity: Granularity;
  /** Numbers of runs that everything agrees on; empty where the digits say nothing or contradict each other. */
  readonly agreed: readonly number[];
  /** Whether more runs than were tried are ruled out too. Digits alone never do that: the mean of enough is any number. */
  readonly more: "ruled out" | "possible";
}

export function inferRuns(pValues: readonly PValueCheck[], granularity: Granularity): RunsInference {
  const all = TESTS.flatMap((test) => RUNS_TRIED.map((runs) => ({ test, runs })));
  const scored = all.map((way) => ({ way, count: pValues.filter((one) => gives(one, way)).length }));
  const reproduced = Math.max(0, ...scored.map(({ count }) => count));
  const ways =
    reproduced === 0 ? [] : scored.filter(({ count }) => count === reproduced).map(({ way }) => way);
  return {
    ways,
    reproduced,
    pValues: pValues.length,
    granularity,
    agreed: agreement(ways, granularity),
    more: reproduced > 0 && mostGivenByMore(pValues) < reproduced ? "ruled out" : "possible",
  };
}

/** How many p-values some test can give with more runs than were tried, not even the same number for all of them. */
function mostGivenByMore(pValues: readonly PValueCheck[]): number {
  return Math.max(...TESTS.map((test) => pValues.filter(({ byMore }) => byMore.includes(test)).length));
}

export function gives(check: PValueCheck, way: TestOfRuns): boolean {
  return check.fits.some(({ test, runs }) => test === way.test && runs === way.runs);
}

/** The number of runs of all rows, where it is certain. */
export function certainRuns({ agreed, more }: RunsInference): number | undefined {
  return agreed.length === 1 && more === "ruled out" ? agreed[0] : undefined;
}

/** Ways that agree with the granularity, or all of them where none does. */
export function likelyWays({ ways, agreed }: RunsInference): readonly TestOfRuns[] {
  const agreeing = ways.filter(({ runs }) => agreed.includes(runs));
  return agreeing.length > 0 ? agreeing : ways;
}

function agreement(ways: readonly TestOfRuns[], granularity: Granularity): readonly number[] {
  const byTests = new Set(ways.map(({ runs }) => runs));
  const informative = granularity.informative > 0;
  if (byTests.size === 0) return informative ? granularity.runs : [];
  return RUNS_TRIED.filter((runs) => byTests.has(runs) && (!informative || granularity.runs.includes(runs)));
}
