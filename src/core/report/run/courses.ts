import { significant } from "../../base/units.ts";
import { figures, type Table, table } from "../../document/document.ts";
import { percent } from "../../document/figure-text.ts";
import { meanOf } from "../../stats/mean.ts";
import { LEVEL, WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import type { TrialRow } from "../parts/report.ts";
import { reportsByLevel } from "./reports-by-level.ts";
import type { Course } from "./run-evidence.ts";

/** How steady trials were that reported while they ran, by workload and level. */
export function coursesOf(trials: Iterable<TrialRow>): readonly Course[] {
  return reportsByLevel(trials, "intervals").map(({ workload, level, rows }) => {
    const reports = rows.map(({ more }) => more);
    const of = (name: string) => reports.flatMap((more) => more[name] ?? []);
    const shares = reports.flatMap(({ intervals, effectiveIntervals }) =>
      intervals === undefined || effectiveIntervals === undefined ? [] : [effectiveIntervals / intervals],
    );
    const steadyFrom = of("steadyFromInterval");
    return {
      workload,
      level,
      trials: reports.length,
      intervals: of("intervals").reduce((sum, count) => sum + count, 0),
      lag1: shares.length === 0 ? undefined : meanOf(of("lag1")),
      effectiveShare: shares.length === 0 ? undefined : meanOf(shares),
      examined: steadyFrom.length,
      warmUps: steadyFrom.filter((at) => at > 0).length,
    };
  });
}

export function courseTable(courses: readonly Course[]): Table | undefined {
  if (courses.length === 0) return undefined;
  return table(courses, {
    id: "course",
    title: "The course of throughput within trials",
    columns: [
      WORKLOAD,
      LEVEL,
      figures("trials", ({ trials }) => trials),
      figures("intervals", ({ intervals }) => intervals),
      figures("lag-1 autocorrelation", ({ lag1 }) => (lag1 === undefined ? undefined : significant(lag1, 2))),
      figures("effective share", ({ effectiveShare }) => percent(effectiveShare, "plain")),
      figures("warm-up shown", ({ warmUps, examined }) =>
        examined === 0 ? undefined : `${warmUps} of ${examined}`,
      ),
    ],
    of: workloadAtLevel,
    footnotes: [
      "From the reports of each trial while it ran. A warm-up is a shift of the mean found by change point in trials of 20 intervals or more; it is reported and nothing is cut off.",
    ],
  });
}
