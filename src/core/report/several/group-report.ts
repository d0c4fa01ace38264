import { type Analysis, type Comparison, type FailedTrial, judged } from "../../analysis/analysis.ts";
import { optional } from "../../base/optional.ts";
import { present } from "../../document/document.ts";
import { conditionsOf } from "../../study/settings/condition.ts";
import { DEFAULT_MARGIN } from "../../study/study.ts";
import { answerSection, answersOf } from "../parts/answers.ts";
import type { Behind } from "../parts/columns.ts";
import { comparisonSection } from "../parts/comparison-tables.ts";
import { levelOverview, overviewSection } from "../parts/overview.ts";
import type { Answer, GroupMember, Report, TrialRows } from "../parts/report.ts";
import { cpusUsed } from "../run/result-section.ts";
import type { RunEvidence } from "../run/run-evidence.ts";
import { ownSections, runNotes } from "../run/run-report.ts";
import { changeSection, changesBetween } from "./changes.ts";
import { type GroupEvidence, type GroupView, groupLabel, type Member, type Topic } from "./group-evidence.ts";
import {
  againSection,
  machineSection,
  methodSection,
  noteSection,
  ofPlatform,
  relativeSection,
  resultSection,
} from "./group-sections.ts";
import { unlikeMachines } from "./unlike-machines.ts";

/**
 * A study's platforms in one report: what each level costs on each of them relative to its own L0, side by side;
 * absolute figures in one table only with the reason why they may not be compared.
 */
export function groupReport(evidence: GroupEvidence): Report {
  const { members, id, createdAt, seed } = evidence;
  const runs = present(members.map(({ run }) => run));
  const label = groupLabel(runs);
  const analysis = analysisOf(members, runs);
  const topics = topicsOf(members);
  const group = { ...evidence, runs, topics, analysis, label };
  // A run whose machines have not come up yet has no figure that could be compared, and no facts.
  const shown = runs.filter(({ analysis: own }) => own.cells.length > 0);
  const unlike = unlikeMachines(shown);
  const changes = changesOf(shown, analysis.margin);
  const answers = [...new Set(topics.map(({ workload }) => workload))].flatMap((workload) =>
    workloadAnswers(workload, group),
  );
  const overview = levelOverview(analysis, { label, of: behindPlatforms(runs), cpusAt: cpusOf(runs) });
  const notes = [
    ...(unlike === undefined ? [] : [unlike.note]),
    ...members.flatMap(({ study, run }) =>
      run === undefined ? [`${study.platform} has not begun: dvirt resume ${id}`] : [],
    ),
    ...runs.flatMap((run) => runNotes(run).map((note) => `${run.subject.study.platform}: ${note}`)),
    ...changes.notes,
  ];
  return {
    subject: { kind: "group", id, createdAt, seed, members: members.map(subjectMember) },
    title: members[0]?.study.title ?? "",
    hardware: sameOf(runs.map(({ hardware }) => hardware)),
    timing: sameOf(runs.map(({ timing }) => timing)),
    ...optional({ label }),
    ...optional({ overview }),
    answers,
    sections: present([
      overviewSection(overview),
      answerSection(answers, "own"),
      relativeSection(group),
      changes.section,
      resultSection(group, unlike),
      comparisonSection(analysis, behindPlatforms(runs)),
      machineSection(group),
      ...runs.flatMap((run) => ownSections(run).map((section) => ofPlatform(section, run))),
      methodSection(group),
      noteSection(notes, group),
      againSection(group),
    ]),
    analysis,
    trials: trialsOf(runs),
    notes,
  };
}

function subjectMember({ study, run }: Member): GroupMember {
  const { platform } = study;
  if (run === undefined) return { platform, study };
  return { platform, study, run: run.subject.id, hardware: run.hardware, timing: run.timing };
}

/** A figure of a group is of the run of its platform. */
function behindPlatforms(runs: readonly RunEvidence[]): Behind {
  const ids = new Map(runs.map(({ subject }) => [subject.study.platform, subject.id]));
  return ({ platform, workload, level }) => {
    const run = ids.get(platform);
    return run === undefined ? undefined : { run, workload, level };
  };
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
function analysisOf(members: readonly Member[], runs: readonly RunEvidence[]): Analysis {
  const margin = members[0]?.study.margin ?? DEFAULT_MARGIN;
  return {
    cells: runs.flatMap(({ analysis }) => analysis.cells),
    comparisons: judged(
      runs.flatMap(({ analysis }) => analysis.comparisons),
      margin,
    ),
    failed: runs.flatMap(({ subject, analysis }) =>
      analysis.failed.map((failed): FailedTrial => {
        const { trial } = failed;
        return { ...failed, trial: { ...trial, id: `${subject.id} ${trial.id}` } };
      }),
    ),
    margin,
    warnings: [],
  };
}

function workloadAnswers(workload: string, { analysis, runs, label }: GroupView): readonly Answer[] {
  const { comparisons, margin } = analysis;
  const cpusAt = (series: Pick<Comparison, "platform">, level: number) =>
    cpusOf(runs)(series, workload, level);
  const of = behindPlatforms(runs);
  return answersOf(workload, comparisons, { margin, label, of, cpusAt, platforms: "several" });
}

function cpusOf(runs: readonly RunEvidence[]) {
  return ({ platform }: Pick<Comparison, "platform">, workload: string, level: number) => {
    const run = runs.find(({ subject }) => subject.study.platform === platform);
    return run && cpusUsed(run.subject, workload, level);
  };
}

/** What one platform keeps against what another keeps, where that may be divided, and why not elsewhere. */
function changesOf(runs: readonly RunEvidence[], margin: number) {
  const named = runs.map((run) => ({ ...run, name: run.subject.study.platform }));
  const [first] = named;
  if (first === undefined || named.length < 2) return { section: undefined, notes: [] };
  const { changes, notes } = changesBetween(named, margin);
  const section = changes.length === 0 ? undefined : changeSection(changes, `Against ${first.name}`);
  return { section, notes };
}

/** Every platform's trials in turn, each saying whose it is. */
function trialsOf(runs: readonly RunEvidence[]): TrialRows {
  return {
    async *[Symbol.asyncIterator]() {
      for (const { trials, subject } of runs) {
        for await (const row of trials) yield { ...row, platform: subject.study.platform };
      }
    },
  };
}
