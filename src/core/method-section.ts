import { type Block, type Section, tableBlocks } from "./document.ts";
import { percent } from "./figure-text.ts";
import type { Repetitions } from "./repetitions.ts";
import { workloadTable } from "./resources-table.ts";
import { keyTable } from "./result-tables.ts";
import type { RunEvidence } from "./run-evidence.ts";
import { assignmentsText, conditionsOf } from "./settings/condition.ts";
import type { StudyData } from "./study.ts";
import { formatDuration } from "./units.ts";

export function methodSection({ study, seed, levels, record }: RunEvidence["subject"]): Section {
  return {
    id: "method",
    title: "Method",
    blocks: [
      {
        kind: "paragraph",
        text: `${bootsText(study.repetitions)}: ${replicateText(record)} In each the workloads run on the way up the stack and, mirrored, on the way down, so that a linear drift of the host cancels between levels; their order is drawn anew for each boot from seed ${seed}. ${runsText(study.repetitions)} per workload, level and direction are averaged within their boot before they count.`,
      },
      {
        kind: "paragraph",
        text: `A ratio is of geometric means over boots, with Student's 95% interval on the logarithms of the ratios within boots. A verdict is slower or faster only where the interval excludes 1 and the p-value, adjusted over all comparisons of its table, is at most 5%; equivalent where two one-sided tests place the ratio inside the margin; otherwise inconclusive, with the reason. ${headlineText(study)}`,
      },
      ...factorParagraph(study),
      ...tableBlocks(workloadTable(study, levels), keyTable()),
    ],
  };
}

/** The key of a run's record that says `session` where a boot brings nothing up. */
export const REPLICATE = "replicate";

function replicateText(record: Readonly<Record<string, string>>): string {
  return record[REPLICATE] === "session"
    ? "each is a session with machines that stay up, connected to anew, and is one replicate."
    : "each brings up a fresh stack and is one replicate.";
}

function bootsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.boots} boots`;
  const { boots, ratioHalfWidth, budgetSeconds } = repetitions;
  const budget = budgetSeconds === undefined ? "" : ` or until ${formatDuration(budgetSeconds)} are spent`;
  return `${boots.minimum} to ${boots.maximum} boots, until each headline ratio's interval reaches ${percent(ratioHalfWidth, "plain")} to either side in two boots running${budget}`;
}

function runsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.runs} trial(s)`;
  return `One trial, and after the first ${repetitions.boots.minimum} boots up to ${repetitions.runs.maximum} where they buy width,`;
}

function factorParagraph(study: StudyData): readonly Block[] {
  const { length } = conditionsOf(study);
  const fixed = assignmentsText(study.settings ?? {});
  const text = [
    ...(fixed === "" ? [] : [`Machines are made with ${fixed}.`]),
    ...(length === 0
      ? []
      : [
          `Each boot is a block of ${length} conditions, all combinations of the factors' values; each condition is brought up afresh and measured up and down the stack, in an order drawn for each boot. An effect is a ratio within boots of geometric means over the other factors' values.`,
        ]),
  ];
  return text.length === 0 ? [] : [{ kind: "paragraph", text: text.join(" ") }];
}

function headlineText({ doubts }: StudyData): string {
  return doubts?.headline === "leave-out"
    ? "Every trial that could be read is in the figures, except those that a guard doubts."
    : "Every trial that could be read is in the figures, also where a guard doubts it.";
}
