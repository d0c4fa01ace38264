import { FACTS, type MachineFacts, mustMatchDifferences } from "../../machine/facts.ts";
import { hypervisorOf } from "../../study/hypervisors.ts";
import { assignmentsText } from "../../study/settings/condition.ts";
import type { StudyData } from "../../study/study.ts";
import type { LevelFacts, Report } from "./report.ts";

type Comparable = Pick<Report, "subject" | "hardware" | "timing">;

/** One fact in which two runs differ, so that their absolute figures may not be set beside each other. */
export interface Difference {
  /** The level or the workload, where it is of one. */
  readonly of?: string;
  readonly fact: string;
  readonly found: readonly [string, string];
}

/** Every fact that differs between two runs; a published study states too few facts to compare. */
export function differences(a: Comparable, b: Comparable): readonly Difference[] {
  const [first, second] = [a.subject, b.subject];
  if (first.kind !== "run" || second.kind !== "run") {
    return [{ fact: "kind of figures", found: [kindText(a), kindText(b)] }];
  }
  const found: Difference[] = [];
  const note = (fact: string, one: string, other: string) => {
    if (one !== other) found.push({ fact, found: [one, other] });
  };
  note("platform", first.study.platform, second.study.platform);
  note("hardware", a.hardware, b.hardware);
  note("timing", a.timing, b.timing);
  note("resources", JSON.stringify(first.study.resources), JSON.stringify(second.study.resources));
  note("scratch disk", JSON.stringify(first.study.scratch), JSON.stringify(second.study.scratch));
  const shared = Math.min(first.study.levels, second.study.levels);
  note("hypervisors", hypervisorsText(first.study, shared), hypervisorsText(second.study, shared));
  note("settings", settingsText(first.study), settingsText(second.study));
  for (let level = 0; level <= shared; level++) {
    const [one, other] = [factsAt(first.levels, level), factsAt(second.levels, level)];
    if (one === undefined || other === undefined) continue;
    for (const { name, found: texts } of mustMatchDifferences(one, other)) {
      found.push({ of: `L${level}`, fact: FACTS[name].title, found: texts });
    }
  }
  return found;
}

/**
 * A workload's parameters in which two runs differ, expressions as they came out at any level that both have; then
 * not even its relative costs compare.
 */
export function parameterDifferences(a: Comparable, b: Comparable, workload: string): readonly Difference[] {
  if (a.subject.kind !== "run" || b.subject.kind !== "run") return [];
  const shared = Math.min(a.subject.study.levels, b.subject.study.levels);
  const [first, second] = [a.subject.levels, b.subject.levels];
  const [one, other] = [paramsOf(a.subject.study, workload), paramsOf(b.subject.study, workload)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => {
    const text = (levels: readonly LevelFacts[], given: unknown) =>
      workedOut(levels, shared, workload, key) ?? String(given ?? "--");
    const found = [text(first, one[key]), text(second, other[key])] as const;
    return found[0] === found[1] ? [] : [{ of: workload, fact: key, found }];
  });
}

/** What the workload of this name is, and its parameters. */
function paramsOf({ workloads }: StudyData, workload: string): Readonly<Record<string, unknown>> {
  const own = workloads.find(({ name }) => name === workload);
  return own === undefined ? {} : { workload: own.kind, ...own.params };
}

/** `2`, or `4, 3, 2` where the levels differ; undefined for a workload that the run does not have. */
function workedOut(
  levels: readonly LevelFacts[],
  deepest: number,
  workload: string,
  key: string,
): string | undefined {
  const each = levels
    .filter(({ level }) => level <= deepest)
    .flatMap(({ allotment }) => {
      const value = allotment.workloads[workload]?.[key];
      return value === undefined ? [] : [String(value)];
    });
  if (each.length === 0) return undefined;
  return new Set(each).size === 1 ? each[0] : each.join(", ");
}

/** Of the levels that both runs have. */
function hypervisorsText(study: StudyData, levels: number): string {
  return Array.from({ length: levels }, (_, at) => hypervisorOf(study, at + 1)).join(", ");
}

function settingsText({ settings }: StudyData): string {
  return assignmentsText(settings) || "as usual";
}

function kindText({ subject }: Comparable): string {
  switch (subject.kind) {
    case "run":
      return "measured here";
    case "group":
      return "of several platforms";
    case "reference":
    case "comparison":
      return "published";
  }
}

function factsAt(levels: readonly LevelFacts[], level: number): MachineFacts | undefined {
  return levels.find((one) => one.level === level)?.facts;
}
