import { stringify } from "yaml";
import type { Analysis } from "./analysis.ts";
import { answersOf } from "./answers.ts";
import { attributionSection } from "./attribution.ts";
import { columnChoice, comparisonTable, methodsTable } from "./comparison-tables.ts";
import { type Block, type Section, tableBlocks } from "./document.ts";
import { noteSection } from "./doubt-section.ts";
import { effectsOf } from "./effects.ts";
import { effectAnswers, effectSection } from "./effects-report.ts";
import { evidenceSection } from "./evidence-section.ts";
import { machineSection } from "./machine-section.ts";
import { methodSection } from "./method-section.ts";
import { probeSection } from "./probe-report.ts";
import { type Answer, type Ground, labelled, labelOf, type Report } from "./report.ts";
import { ratioFigure } from "./report-figures.ts";
import { cpusUsed, resultSection } from "./result-section.ts";
import type { RunEvidence } from "./run-evidence.ts";
import { type Condition, conditionsOf } from "./settings/condition.ts";
import { stoppingSection } from "./stopping-report.ts";
import { studyDocument } from "./study.ts";

export type RunReport = Report & Pick<RunEvidence, "subject" | keyof Ground>;

/** A run as a report. */
export function runReport(run: RunEvidence): RunReport {
  const { subject, analysis, hardware, timing } = run;
  const label = labelOf(run);
  const names = subject.study.workloads.map(({ name }) => name);
  const conditions = conditionsOf(subject.study);
  const { effects, warnings } = effectsOf(analysis, subject.study.factors ?? {});
  const answers = [
    ...effectAnswers(effects, analysis.margin, label),
    ...names.flatMap((name) => workloadAnswers(name, run, label)),
  ];
  const varied = effectSection(conditions, effects);
  const notes = [...analysis.warnings, ...warnings, ...conditionNote(conditions, run), ...run.notes];
  return {
    subject,
    title: subject.study.title,
    hardware,
    timing,
    ...labelled(label),
    answers,
    sections: [
      answerSection(answers),
      ...(varied === undefined ? [] : [varied]),
      resultSection(run, label),
      comparisonSection(analysis),
      ...stoppingSections(run),
      ...probeSections(run),
      ...attributionSections(run),
      machineSection(run, label),
      methodSection(subject),
      evidenceSection(run, label),
      noteSection(notes, run),
      againSection(subject),
    ],
    analysis,
    ...(varied === undefined ? {} : { effects }),
    trials: run.trials,
    notes,
  };
}

/** The table of levels is of one condition: what the others' machines are is what the factors say. */
function conditionNote(
  conditions: readonly Condition[],
  { subject, bringUps }: RunEvidence,
): readonly string[] {
  const lowest = Math.min(...bringUps.map(({ condition }) => condition ?? 1));
  const first = conditions.find(({ index }) => index === lowest);
  return first === undefined || subject.levels.length === 0
    ? []
    : [
        `the machines are shown as they are under ${first.name}; under the others they differ by their factors`,
      ];
}

function workloadAnswers(
  name: string,
  { analysis, subject }: RunEvidence,
  label: string | undefined,
): readonly Answer[] {
  const own = analysis.comparisons.filter((one) => one.workload === name && one.metric === "throughput");
  const title = `What each layer leaves of ${name}`;
  const figure =
    own.length === 0 ? undefined : ratioFigure(`${name}-ratios`, title, own, analysis.margin, label);
  return answersOf(name, analysis.comparisons, figure, (_, level) => cpusUsed(subject, name, level), "one");
}

/** The conclusion: each workload's sentences, and its picture with them. */
export function answerSection(answers: readonly Answer[]): Section {
  const workloads = [...new Set(answers.map(({ workload }) => workload))];
  return {
    id: "answers",
    title: "Answers",
    blocks: workloads.flatMap((workload): Block[] => {
      const own = answers.filter((one) => one.workload === workload);
      return [
        { kind: "items", items: own.map(({ sentence }) => sentence) },
        ...own.flatMap(({ figure }): Block[] => (figure === undefined ? [] : [{ kind: "figure", figure }])),
      ];
    }),
  };
}

function stoppingSections({ subject, analysis, stopped, bootSeconds }: RunEvidence): readonly Section[] {
  const section = stoppingSection(subject.study, analysis, stopped, bootSeconds);
  return section === undefined ? [] : [section];
}

function probeSections({ probeCosts, publishedCosts }: RunEvidence): readonly Section[] {
  const section = probeSection(probeCosts, publishedCosts);
  return section === undefined ? [] : [section];
}

function attributionSections({ attributions, analysis }: RunEvidence): readonly Section[] {
  const section = attributionSection(attributions, analysis);
  return section === undefined ? [] : [section];
}

/** Levels against levels, with everything that decides a verdict. */
export function comparisonSection(analysis: Analysis): Section {
  const choice = columnChoice(analysis.cells);
  return {
    id: "comparisons",
    title: "What each layer costs, with its uncertainty",
    blocks: (["throughput", "response"] as const).flatMap((metric) =>
      tableBlocks(
        comparisonTable(metric, analysis.comparisons, choice),
        methodsTable(metric, analysis.comparisons, choice),
      ),
    ),
  };
}

function againSection({ study, seed, id, createdAt, record }: RunEvidence["subject"]): Section {
  const packages = record["packages"];
  return {
    id: "again",
    title: "To run it again",
    blocks: [
      {
        kind: "paragraph",
        text: `Run ${id} of ${createdAt}. The study below in a file, and: dvirt run FILE --seed ${seed}`,
      },
      { kind: "listing", title: "study.yaml", text: stringify(studyDocument(study)) },
      ...(packages === undefined
        ? []
        : [{ kind: "listing", title: "Packages in the image", text: packages } as const]),
    ],
  };
}
