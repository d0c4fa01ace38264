import { type Analysis, type FailedTrial, judged } from "./analysis.ts";
import { answersOf } from "./answers.ts";
import { compareReports } from "./compare.ts";
import type { Section } from "./document.ts";
import type { GroupEvidence, Member, Topic } from "./group-evidence.ts";
import { groupLabel } from "./group-label.ts";
import {
  againSection,
  machineSection,
  methodSection,
  noteSection,
  ofPlatform,
  relativeSection,
  resultSection,
} from "./group-sections.ts";
import { type Answer, labelled, type Report, type TrialRow } from "./report.ts";
import { ratioFigure } from "./report-figures.ts";
import { cpusUsed } from "./result-section.ts";
import { answerSection, comparisonSection, type RunReport } from "./run-report.ts";
import { conditionsOf } from "./settings/condition.ts";
import { DEFAULT_MARGIN } from "./study.ts";
import { unlikeMachines } from "./unlike-machines.ts";

/**
 * A study's platforms in one report: what each level costs on each of them relative to its own L0, side by side;
 * absolute figures in one table only with the reason why they may not be compared.
 */
export function groupReport(group: GroupEvidence): Report {
  const { members } = group;
  const reports = reportsOf(members);
  const label = groupLabel(reports);
  const analysis = analysisOf(members, reports);
  const topics = topicsOf(members);
  // A run whose machines have not come up yet has no figure that could be compared, and no facts.
  const shown = reports.filter(({ analysis: own }) => own.cells.length > 0);
  const unlike = unlikeMachines(shown);
  const held = heldAgainstEachOther(shown, analysis.margin);
  const answers = [...new Set(topics.map(({ workload }) => workload))].flatMap((workload) =>
    workloadAnswers(workload, analysis, reports, label),
  );
  const notes = [
    ...(unlike === undefined ? [] : [unlike.note]),
    ...members.flatMap(({ study, report }) =>
      report === undefined ? [`${study.platform} has not begun: dvirt resume ${group.id}`] : [],
    ),
    ...reports.flatMap(({ subject, notes: own }) => own.map((note) => `${subject.study.platform}: ${note}`)),
    ...held.notes,
  ];
  return {
    subject: {
      kind: "group",
      id: group.id,
      createdAt: group.createdAt,
      seed: group.seed,
      members: members.map(({ study, report }) => ({
        platform: study.platform,
        study,
        ...(report === undefined
          ? {}
          : { run: report.subject.id, hardware: report.hardware, timing: report.timing }),
      })),
    },
    title: members[0]?.study.title ?? "",
    hardware: sameOf(reports.map((report) => report.hardware)),
    timing: sameOf(reports.map((report) => report.timing)),
    ...labelled(label),
    answers,
    sections: [
      answerSection(answers),
      relativeSection(topics, members, analysis, label),
      ...held.sections,
      resultSection(topics, members, reports, unlike),
      comparisonSection(analysis),
      machineSection(reports, label),
      ...reports.flatMap((report) =>
        report.sections
          .filter(({ id }) => OF_EACH.includes(id))
          .map((section) => ofPlatform(section, report.subject.study.platform)),
      ),
      methodSection(group, reports),
      noteSection(notes, reports, analysis),
      againSection(group),
    ],
    analysis,
    trials: trialsOf(reports),
    notes,
  };
}

/** What a run's report says of its own platform alone. */
const OF_EACH: readonly string[] = ["effects", "stopping", "probes", "attribution", "evidence"];

function reportsOf(members: readonly Member[]): readonly RunReport[] {
  return members.flatMap(({ report }) => report ?? []);
}

function topicsOf(members: readonly Member[]): readonly Topic[] {
  const names = [...new Set(members.flatMap(({ study }) => study.workloads.map(({ name }) => name)))];
  const study = members[0]?.study;
  const conditions = study === undefined ? [] : conditionsOf(study).map(({ name }) => name);
  const under: readonly (string | undefined)[] = conditions.length === 0 ? [undefined] : conditions;
  return names.flatMap((workload) => under.map((condition) => ({ workload, condition })));
}

function sameOf<T>(each: readonly T[]): T | "mixed" {
  const [first] = each;
  return first === undefined || each.some((one) => one !== first) ? "mixed" : first;
}

/** All platforms together, so that p is adjusted over every comparison that the report makes. */
function analysisOf(members: readonly Member[], reports: readonly RunReport[]): Analysis {
  const margin = members[0]?.study.margin ?? DEFAULT_MARGIN;
  return {
    cells: reports.flatMap(({ analysis }) => analysis.cells),
    comparisons: judged(
      reports.flatMap(({ analysis }) => analysis.comparisons),
      margin,
    ),
    failed: reports.flatMap(({ subject, analysis }) =>
      analysis.failed.map(
        ({ trial, problem }): FailedTrial => ({
          trial: { ...trial, id: `${subject.id} ${trial.id}` },
          problem,
        }),
      ),
    ),
    margin,
    warnings: [],
  };
}

function workloadAnswers(
  workload: string,
  { comparisons, margin }: Analysis,
  reports: readonly RunReport[],
  label: string | undefined,
): readonly Answer[] {
  const own = comparisons.filter((one) => one.workload === workload && one.metric === "throughput");
  const title = `What each layer leaves of ${workload}`;
  const figure = own.length === 0 ? undefined : ratioFigure(`${workload}-ratios`, title, own, margin, label);
  return answersOf(
    workload,
    own,
    figure,
    (series, level) => {
      const report = reports.find(({ subject }) => subject.study.platform === series.platform);
      return report === undefined ? undefined : cpusUsed(report.subject, workload, level);
    },
    "several",
  );
}

/** What one platform keeps against what another keeps, where that may be divided, and why not elsewhere. */
function heldAgainstEachOther(
  reports: readonly RunReport[],
  margin: number,
): { readonly sections: readonly Section[]; readonly notes: readonly string[] } {
  if (reports.length < 2) return { sections: [], notes: [] };
  const named = reports.map((report) => ({
    ...report,
    subject: { ...report.subject, id: report.subject.study.platform },
  }));
  const { report, changes } = compareReports(named, margin);
  return {
    sections: report.sections
      .filter(({ id }) => id === "changes" && changes.length > 0)
      .map((section) => ({ ...section, title: `Against ${named[0]?.subject.id}` })),
    notes: report.notes,
  };
}

/** Every platform's trials in turn, each saying whose it is. */
function trialsOf(reports: readonly RunReport[]): Iterable<TrialRow> {
  return {
    *[Symbol.iterator]() {
      for (const { trials, subject } of reports) {
        for (const row of trials) yield { ...row, platform: subject.study.platform };
      }
    },
  };
}
