import { stringify } from "yaml";
import { effectsOf } from "../../analysis/effects.ts";
import { optional } from "../../base/optional.ts";
import { listing, paragraph, present, type Section, section } from "../../document/document.ts";
import { imageOf } from "../../machine/provenance.ts";
import { type Condition, conditionsOf } from "../../study/settings/condition.ts";
import { studyDocument } from "../../study/study.ts";
import { answerSection, answersOf } from "../parts/answers.ts";
import { workloadAtLevel } from "../parts/columns.ts";
import { comparisonSection } from "../parts/comparison-tables.ts";
import { effectAnswers, effectSection } from "../parts/effects-report.ts";
import { effectOverview, levelOverview, overviewSection } from "../parts/overview.ts";
import { type Answer, type Ground, labelOf, type Report } from "../parts/report.ts";
import { attributionSection } from "./attribution.ts";
import { noteSection } from "./doubt-section.ts";
import { evidenceSection } from "./evidence-section.ts";
import { hardwareCosts } from "./hardware-cost.ts";
import { hardwareCostSection } from "./hardware-cost-section.ts";
import { machineSection } from "./machine-section.ts";
import { methodSection } from "./method-section.ts";
import { openAnswers } from "./open-answers.ts";
import { probeSection } from "./probe-report.ts";
import { cpusUsed, resultSection } from "./result-section.ts";
import type { RunEvidence } from "./run-evidence.ts";
import { stoppingSection } from "./stopping-report.ts";

export type RunReport = Report & Pick<RunEvidence, "subject" | keyof Ground>;

/** A run as a report. */
export function runReport(run: RunEvidence): RunReport {
  const { subject, analysis, hardware, timing } = run;
  const label = labelOf(run);
  const { margin } = analysis;
  const conditions = conditionsOf(subject.study);
  const { effects } = effectsOf(analysis, subject.study.factors);
  const answers = [
    ...effectAnswers(effects, margin, label),
    ...subject.study.workloads.flatMap(({ name }) => workloadAnswers(name, run, label)),
  ];
  const open = openAnswers(subject, analysis.comparisons);
  const overview =
    effectOverview(effects, { label, margin }) ??
    levelOverview(analysis, {
      label,
      of: workloadAtLevel,
      cpusAt: (_, workload, level) => cpusUsed(subject, workload, level),
    });
  const notes = runNotes(run);
  return {
    subject,
    title: subject.study.title,
    hardware,
    timing,
    ...optional({ label }),
    ...optional({ overview, open }),
    answers,
    sections: present([
      overviewSection(overview, open),
      answerSection(answers, "own"),
      effectSection(conditions, effects),
      resultSection(run, label),
      comparisonSection(analysis, workloadAtLevel),
      ...courseSections(run),
      machineSection(run, label),
      methodSection(subject),
      evidenceSection(run, label),
      noteSection(notes, run),
      againSection(subject),
    ]),
    analysis,
    ...(conditions.length === 0 ? {} : { effects }),
    trials: run.trials,
    notes,
  };
}

/** When it stopped, what single events cost, what KVM counted meanwhile, and what that would cost on hardware. */
function courseSections(run: RunEvidence): readonly (Section | undefined)[] {
  return [
    stoppingSection(run.subject.study, run.analysis, run.stopped, run.bootSeconds),
    probeSection(run.probeCosts, run.publishedCosts),
    attributionSection(run.attributions, run.analysis, run.timing),
    hardwareCostSection(hardwareCosts(run), run.publishedCosts, labelOf(run)),
  ];
}

/** The sections that say something of this run alone, also where several runs are reported together. */
export function ownSections(run: RunEvidence): readonly Section[] {
  const { effects } = effectsOf(run.analysis, run.subject.study.factors);
  return present([
    effectSection(conditionsOf(run.subject.study), effects),
    ...courseSections(run),
    evidenceSection(run, labelOf(run)),
  ]);
}

/** Everything that a reader must know of the figures beside what they are. */
export function runNotes(run: RunEvidence): readonly string[] {
  const { analysis, subject } = run;
  const { warnings } = effectsOf(analysis, subject.study.factors);
  return [
    ...analysis.warnings,
    ...warnings,
    ...conditionNote(conditionsOf(subject.study), run),
    ...run.notes,
  ];
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
  const { comparisons, margin } = analysis;
  const cpusAt = (_: unknown, level: number) => cpusUsed(subject, name, level);
  return answersOf(name, comparisons, { margin, label, of: workloadAtLevel, cpusAt, platforms: "one" });
}

function againSection({
  study,
  seed,
  id,
  createdAt,
  provenance,
}: RunEvidence["subject"]): Section | undefined {
  const image = imageOf(provenance.origin);
  return section("again", "To run it again", [
    paragraph(`Run ${id} of ${createdAt}. The study below in a file, and: dvirt run FILE --seed ${seed}`),
    listing("study.yaml", stringify(studyDocument(study))),
    image && listing("Packages in the image", image.packages.join("\n")),
  ]);
}
