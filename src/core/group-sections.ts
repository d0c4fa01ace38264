import { stringify } from "yaml";
import type { Analysis } from "./analysis.ts";
import { type Block, type Section, tableBlocks } from "./document.ts";
import { stackText } from "./figure.ts";
import type { GroupEvidence, Member, Topic } from "./group-evidence.ts";
import { groundsText, groupLabel } from "./group-label.ts";
import { absoluteFigure, groupResultTable, relativeFigure, relativeTable } from "./group-tables.ts";
import { labelled } from "./report.ts";
import { workloadTable } from "./resources-table.ts";
import { keyTable } from "./result-tables.ts";
import type { RunReport } from "./run-report.ts";
import { studyDocument } from "./study.ts";
import { platformsDocument } from "./study-platforms.ts";
import type { UnlikeMachines } from "./unlike-machines.ts";

export function relativeSection(
  topics: readonly Topic[],
  members: readonly Member[],
  { comparisons }: Analysis,
  label: string | undefined,
): Section {
  return {
    id: "relative",
    title: "What each level keeps, platform beside platform",
    blocks: [
      ...tableBlocks(relativeTable(topics, members, comparisons)),
      ...topics.flatMap((topic) =>
        figureBlocks(
          relativeFigure(
            `${idOf(topic, topics)}-relative`,
            `${titleOf(topic)}, relative to L0`,
            topic,
            members,
            label,
          ),
        ),
      ),
    ],
  };
}

export function resultSection(
  topics: readonly Topic[],
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
  const blocks = topics.flatMap((topic): readonly Block[] => {
    const id = idOf(topic, topics);
    const title = `${titleOf(topic)}${policy}`;
    return [
      ...tableBlocks(groupResultTable(`${id}-results`, title, topic, members, footnotes)),
      ...(["throughput", "response"] as const).flatMap((metric) =>
        figureBlocks(absoluteFigure(`${id}-${metric}`, title, metric, topic, members, label)),
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
function idOf({ workload, condition }: Topic, all: readonly Topic[]): string {
  const own = all.filter((one) => one.workload === workload);
  const at = own.findIndex((one) => one.condition === condition);
  return condition === undefined ? workload : `${workload}-c${at + 1}`;
}

function titleOf({ workload, condition }: Topic): string {
  return condition === undefined ? workload : `${workload}, ${condition}`;
}

/** The study's figure 1 with every platform's stacks in it, and each platform's own tables. */
export function machineSection(reports: readonly RunReport[], label: string | undefined): Section {
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
export function ofPlatform({ id, title, blocks }: Section, platform: string): Section {
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

export function methodSection({ members, seed }: GroupEvidence, reports: readonly RunReport[]): Section {
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

export function noteSection(
  notes: readonly string[],
  reports: readonly RunReport[],
  { failed }: Analysis,
): Section {
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

export function againSection({ id, createdAt, seed, members }: GroupEvidence): Section {
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
