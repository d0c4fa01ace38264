import { stringify } from "yaml";
import { type Analysis, type FailedTrial, judged } from "./analysis.ts";
import { compareReports } from "./compare.ts";
import type { Block, Section } from "./document.ts";
import { stackText } from "./figure.ts";
import {
  absoluteFigure,
  groupResultTable,
  type Member,
  relativeFigure,
  relativeTable,
  type Subject,
} from "./group-tables.ts";
import {
  type Answer,
  answersOf,
  keyTable,
  labelled,
  labelOf,
  type Report,
  ratioFigure,
  type TrialRow,
} from "./report.ts";
import { workloadTable } from "./resources-table.ts";
import { answerSection, comparisonSection, cpusUsed, type RunReport, tableBlocks } from "./run-report.ts";
import { conditionsOf } from "./settings/condition.ts";
import { DEFAULT_MARGIN, studyDocument } from "./study.ts";
import { platformsDocument } from "./study-platforms.ts";
import { groundText } from "./timing.ts";
import { type UnlikeMachines, unlikeMachines } from "./unlike-machines.ts";

/** What the runs of one study on several platforms left. */
export interface GroupEvidence {
  readonly id: string;
  readonly createdAt: string;
  readonly seed: number;
  /** In the order of the study. */
  readonly members: readonly Member[];
}

/**
 * A study's platforms in one report: what each level costs on each of them relative to its own L0, side by side;
 * absolute figures in one table only with the reason why they may not be compared.
 */
export function groupReport(group: GroupEvidence): Report {
  const { members } = group;
  const reports = reportsOf(members);
  const label = groupLabel(reports);
  const analysis = analysisOf(members, reports);
  const subjects = subjectsOf(members);
  const unlike = unlikeMachines(reports);
  const held = heldAgainstEachOther(reports, analysis.margin);
  const answers = [...new Set(subjects.map(({ workload }) => workload))].flatMap((workload) =>
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
      relativeSection(subjects, members, analysis, label),
      ...held.sections,
      resultSection(subjects, members, reports, unlike),
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
const OF_EACH: readonly string[] = ["effects", "stopping", "attribution", "evidence"];

function reportsOf(members: readonly Member[]): readonly RunReport[] {
  return members.flatMap(({ report }) => report ?? []);
}

function subjectsOf(members: readonly Member[]): readonly Subject[] {
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

/** Of runs that all stand on the same what each of them has, of others what each of them stands on. */
function groupLabel(reports: readonly RunReport[]): string | undefined {
  const [first] = reports;
  if (first === undefined) return undefined;
  if (new Set(reports.map(groundText)).size === 1) return labelOf(first);
  return `MIXED HARDWARE: ${groundsText(reports)}. What a layer costs on emulated hardware is the emulator's, not a processor's; it stands beside the others only to be read so.`;
}

/** `x86_64-kvm is real hardware, s390x-qemu is emulated hardware`. */
function groundsText(reports: readonly RunReport[]): string {
  return reports.map((report) => `${report.subject.study.platform} is ${groundText(report)}`).join(", ");
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

function relativeSection(
  subjects: readonly Subject[],
  members: readonly Member[],
  { comparisons }: Analysis,
  label: string | undefined,
): Section {
  return {
    id: "relative",
    title: "What each level keeps, platform beside platform",
    blocks: [
      ...tableBlocks(relativeTable(subjects, members, comparisons)),
      ...subjects.flatMap((subject) =>
        figureBlocks(
          relativeFigure(
            `${idOf(subject, subjects)}-relative`,
            `${titleOf(subject)}, relative to L0`,
            subject,
            members,
            label,
          ),
        ),
      ),
    ],
  };
}

function resultSection(
  subjects: readonly Subject[],
  members: readonly Member[],
  reports: readonly RunReport[],
  unlike: UnlikeMachines | undefined,
): Section {
  const footnotes = unlike === undefined ? [] : [unlike.footnote];
  const label =
    unlike === undefined
      ? groupLabel(reports)
      : `UNLIKE MACHINES (${groundsText(reports)}): no platform's bars may be compared with another's.`;
  const policies = [...new Set(members.map(({ study }) => study.resources.policy))];
  const policy = policies.length === 1 ? `, resources ${policies[0]}` : "";
  const blocks = subjects.flatMap((subject): readonly Block[] => {
    const id = idOf(subject, subjects);
    const title = `${titleOf(subject)}${policy}`;
    return [
      ...tableBlocks(groupResultTable(`${id}-results`, title, subject, members, footnotes)),
      ...(["throughput", "response"] as const).flatMap((metric) =>
        figureBlocks(absoluteFigure(`${id}-${metric}`, title, metric, subject, members, label)),
      ),
    ];
  });
  return {
    id: "results",
    title: "Results",
    blocks: [...(unlike === undefined ? [] : [{ kind: "paragraph", text: unlike.note } as const]), ...blocks],
  };
}

function figureBlocks(figure: ReturnType<typeof relativeFigure>): readonly Block[] {
  return figure === undefined ? [] : [{ kind: "figure", figure }];
}

/** `cpu`, or with factors `cpu-c2`. */
function idOf({ workload, condition }: Subject, all: readonly Subject[]): string {
  const own = all.filter((one) => one.workload === workload);
  const at = own.findIndex((one) => one.condition === condition);
  return condition === undefined ? workload : `${workload}-c${at + 1}`;
}

function titleOf({ workload, condition }: Subject): string {
  return condition === undefined ? workload : `${workload}, ${condition}`;
}

/** The study's figure 1 with every platform's stacks in it, and each platform's own tables. */
function machineSection(reports: readonly RunReport[], label: string | undefined): Section {
  const all = reports.map((report) => ({
    platform: report.subject.study.platform,
    blocks: report.sections.filter(({ id }) => id === "machines").flatMap(({ blocks }) => blocks),
  }));
  const stacks = all.flatMap(({ platform, blocks }) =>
    blocks.flatMap((block) =>
      block.kind === "figure" && block.figure.kind === "stacks"
        ? block.figure.stacks.map((stack) => ({ ...stack, title: `${platform}, ${stack.title}` }))
        : [],
    ),
  );
  return {
    id: "machines",
    title: "Machines",
    blocks: [
      ...(stacks.length === 0
        ? []
        : [
            {
              kind: "figure",
              figure: {
                kind: "stacks",
                id: "stack",
                title: "What runs on what",
                alt: stackText(stacks),
                ...labelled(label),
                stacks,
              },
            } as const,
          ]),
      ...all.flatMap(({ platform, blocks }) =>
        blocks.filter(({ kind }) => kind === "table").map((block) => ofPlatformBlock(block, platform)),
      ),
    ],
  };
}

/** A section of one run, with names that no other platform's has. */
function ofPlatform({ id, title, blocks }: Section, platform: string): Section {
  return {
    id: `${id}-${platform}`,
    title: `${title}: ${platform}`,
    blocks: blocks.map((block) => ofPlatformBlock(block, platform)),
  };
}

function ofPlatformBlock(block: Block, platform: string): Block {
  switch (block.kind) {
    case "table": {
      const { table } = block;
      return {
        kind: "table",
        table: { ...table, id: `${table.id}-${platform}`, title: `${platform}: ${table.title}` },
      };
    }
    case "figure": {
      const { figure } = block;
      return {
        kind: "figure",
        figure: { ...figure, id: `${figure.id}-${platform}`, title: `${platform}: ${figure.title}` },
      };
    }
    case "paragraph":
    case "items":
    case "listing":
      return block;
  }
}

function methodSection({ members, seed }: GroupEvidence, reports: readonly RunReport[]): Section {
  const runs = reports.map(({ subject }) => subject.id).join(", ");
  return {
    id: "method",
    title: "Method",
    blocks: [
      {
        kind: "paragraph",
        text: `One study on ${members.length} platforms, each measured in a run of its own, one after the other, with seed ${seed}: ${runs || "none has begun"}. The report of a run says how it was measured. Every ratio is between levels of one platform, within its own boots; p is adjusted over the comparisons of all platforms, so that a verdict here may be more cautious than in the run's own report.`,
      },
      ...members.flatMap(({ study, report }) =>
        tableBlocks(workloadTable(study, report?.subject.levels ?? [])).map((block) =>
          ofPlatformBlock(block, study.platform),
        ),
      ),
      ...tableBlocks(keyTable()),
    ],
  };
}

function noteSection(notes: readonly string[], reports: readonly RunReport[], { failed }: Analysis): Section {
  const tables = reports.flatMap(({ subject, sections }) =>
    sections
      .filter(({ id }) => id === "notes")
      .flatMap(({ blocks }) => blocks)
      .filter(({ kind }) => kind === "table")
      .map((block) => ofPlatformBlock(block, subject.study.platform)),
  );
  return {
    id: "notes",
    title: "Doubts and notes",
    blocks: [
      {
        kind: "items",
        items: [...notes, ...failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`)],
      },
      ...tables,
    ],
  };
}

function againSection({ id, createdAt, seed, members }: GroupEvidence): Section {
  return {
    id: "again",
    title: "To run it again",
    blocks: [
      {
        kind: "paragraph",
        text: `Group ${id} of ${createdAt}. The study below in a file, and: dvirt run FILE --seed ${seed}`,
      },
      { kind: "listing", title: "study.yaml", text: groupStudyText(members.map(({ study }) => study)) },
    ],
  };
}

/** The study file that gives these studies again. */
export function groupStudyText(studies: readonly Member["study"][]): string {
  return stringify(platformsDocument(studies.map(studyDocument)));
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
