import { stringify } from "yaml";
import { METRIC_IDS } from "../../base/metrics.ts";
import {
  type Block,
  items,
  listing,
  paragraph,
  type Section,
  section,
  type Table,
} from "../../document/document.ts";
import { stackFigure } from "../../document/figure.ts";
import { studyDocument } from "../../study/study.ts";
import { platformsDocument } from "../../study/study-platforms.ts";
import { workloadTable } from "../parts/resources-table.ts";
import { keyTable } from "../parts/result-tables.ts";
import { failedItems, guardTable } from "../run/doubt-section.ts";
import { machineTables, stacksOf } from "../run/machine-section.ts";
import type { RunEvidence } from "../run/run-evidence.ts";
import {
  type GroupEvidence,
  type GroupView,
  groundsText,
  type Member,
  type Topic,
} from "./group-evidence.ts";
import { absoluteFigure, groupResultTable, relativeFigure, relativeTable } from "./group-tables.ts";
import type { UnlikeMachines } from "./unlike-machines.ts";

export function relativeSection({ topics, members, analysis, label }: GroupView): Section | undefined {
  return section("relative", "What each level keeps, platform beside platform", [
    relativeTable(topics, members, analysis.comparisons),
    ...topics.map((topic) => {
      const id = `${idOf(topic, topics)}-relative`;
      return relativeFigure({ id, title: `${titleOf(topic)}, relative to L0`, label }, topic, members);
    }),
  ]);
}

export function resultSection(group: GroupView, unlike: UnlikeMachines | undefined): Section | undefined {
  const { topics, members, runs } = group;
  const footnotes = unlike === undefined ? [] : [unlike.footnote];
  const label =
    unlike === undefined
      ? group.label
      : `UNLIKE MACHINES (${groundsText(runs)}): no platform's bars may be compared with another's.`;
  const policies = [...new Set(members.map(({ study }) => study.resources.policy))];
  const policy = policies.length === 1 ? `, resources ${policies[0]}` : "";
  return section("results", "Results", [
    unlike === undefined ? undefined : paragraph(unlike.note),
    ...topics.flatMap((topic) => {
      const id = idOf(topic, topics);
      const title = `${titleOf(topic)}${policy}`;
      return [
        groupResultTable({ id: `${id}-results`, title, footnotes }, topic, members),
        ...METRIC_IDS.map((metric) =>
          absoluteFigure({ id: `${id}-${metric}`, title, label }, metric, topic, members),
        ),
      ];
    }),
  ]);
}

/** `cpu`, or with factors `cpu-c2`. */
function idOf({ workload, condition }: Topic, all: readonly Topic[]): string {
  const own = all.filter((one) => one.workload === workload);
  const at = own.findIndex((one) => one.condition === condition);
  return condition === undefined ? workload : `${workload}-c${at + 1}`;
}

function titleOf({ workload, condition }: Topic): string {
  return condition === undefined ? workload : `${workload}, ${condition}`;
}

/** The study's figure 1 with every platform's stacks in it, and each platform's own tables. */
export function machineSection({ runs, label }: GroupView): Section | undefined {
  const stacks = runs.flatMap((run) =>
    stacksOf(run).map((stack) => ({ ...stack, title: `${run.subject.study.platform}, ${stack.title}` })),
  );
  return section("machines", "Machines", [
    stackFigure("stack", "What runs on what", stacks, label),
    ...runs.flatMap((run) => machineTables(run).map((table) => table && tableOfPlatform(table, run))),
  ]);
}

/** A section of one run, with names that no other platform's has. A terminal prints none of its tables. */
export function ofPlatform({ id, title, blocks, ...rest }: Section, run: RunEvidence): Section {
  const { platform } = run.subject.study;
  return {
    ...rest,
    id: idOnPlatform(id, platform),
    title: `${title}: ${platform}`,
    blocks: blocks.map((block) => blockOfPlatform(block, run)),
  };
}

function blockOfPlatform(block: Block, run: RunEvidence): Block {
  switch (block.kind) {
    case "table":
      return { kind: "table", table: { ...tableOfPlatform(block.table, run), terminal: "never" } };
    case "figure":
      return { kind: "figure", figure: { ...block.figure, ...named(block.figure, run.subject) } };
    case "paragraph":
    case "items":
    case "listing":
      return block;
  }
}

function tableOfPlatform(table: Table, { subject }: RunEvidence): Table {
  return { ...table, ...named(table, subject) };
}

/** Part of addresses and of files' names, so a name out of a foreign store must not end one and begin another. */
function idOnPlatform(id: string, platform: string): string {
  return `${id}-${platform}`.replace(/[^\w.-]/g, "-");
}

interface Named {
  readonly id: string;
  readonly title: string;
}

function named({ id, title }: Named, { id: run, study: { platform } }: RunEvidence["subject"]) {
  return { id: idOnPlatform(id, platform), title: `${platform}: ${title}`, of: { run } };
}

export function methodSection({ members, seed, runs }: GroupView): Section | undefined {
  const names = runs.map(({ subject }) => subject.id).join(", ");
  return section("method", "Method", [
    paragraph(
      `One study on ${members.length} platforms, each measured in a run of its own, one after the other, with seed ${seed}: ${names || "none has begun"}. The report of a run says how it was measured. Every ratio is between levels of one platform, within its own boots; p is adjusted over the comparisons of all platforms, so that a verdict here may be more cautious than in the run's own report.`,
    ),
    ...members.map(({ study, run }) => {
      const { id, title, ...table } = workloadTable(study, run?.subject.levels ?? []);
      const { platform } = study;
      return { ...table, id: idOnPlatform(id, platform), title: `${platform}: ${title}` };
    }),
    keyTable(),
  ]);
}

export function noteSection(notes: readonly string[], group: GroupView): Section | undefined {
  return section("notes", "Doubts and notes", [
    items([...notes, ...failedItems(group.analysis)]),
    ...group.runs.map((run) => {
      const guards = guardTable(run.doubts);
      return guards && tableOfPlatform(guards, run);
    }),
  ]);
}

export function againSection({ id, createdAt, seed, members }: GroupEvidence): Section | undefined {
  return section("again", "To run it again", [
    paragraph(`Group ${id} of ${createdAt}. The study below in a file, and: dvirt run FILE --seed ${seed}`),
    listing("study.yaml", groupStudyText(members.map(({ study }) => study))),
  ]);
}

/** The study file that gives these studies again. */
export function groupStudyText(studies: readonly Member["study"][]): string {
  return stringify(platformsDocument(studies.map(studyDocument)));
}
