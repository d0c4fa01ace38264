import { formatDuration } from "../../base/units.ts";
import { type Block, paragraph, type Section, section } from "../../document/document.ts";
import { percent } from "../../document/figure-text.ts";
import type { Provenance } from "../../machine/provenance.ts";
import type { Repetitions } from "../../study/repetitions.ts";
import { assignmentsText, conditionsOf } from "../../study/settings/condition.ts";
import type { StudyData } from "../../study/study.ts";
import { workloadTable } from "../parts/resources-table.ts";
import { keyTable } from "../parts/result-tables.ts";
import type { RunEvidence } from "./run-evidence.ts";

export function methodSection({
  study,
  seed,
  levels,
  provenance,
}: RunEvidence["subject"]): Section | undefined {
  return section("method", "Method", [
    paragraph(
      `${bootsText(study.repetitions)}: ${replicateText(provenance)} In each the workloads run on the way up the stack and, mirrored, on the way down${turnText(study.repetitions)}; their order is drawn anew for each boot from seed ${seed}. In wall time a steady drift within a boot is taken out of its ratios, by the times of its trials. ${runsText(study.repetitions)} per workload, level and direction are averaged within their boot before they count.`,
    ),
    paragraph(
      `A ratio is of geometric means over boots. Its 95% interval is Student's on logarithms within boots; the spread comes from the ratio itself and, while boots are few, from all levels of the workload. A verdict is equivalent where two one-sided tests place the ratio inside the margin. It is slower or faster where the interval excludes 1 and the p-value, adjusted over its table (Benjamini and Hochberg), is at most 5%; probably slower or faster where only the interval excludes 1; inconclusive where the interval holds 1. ${headlineText(study)}`,
    ),
    factorParagraph(study),
    workloadTable(study, levels),
    keyTable(),
  ]);
}

function replicateText({ origin }: Provenance): string {
  return origin.kind === "given" && origin.replicate.kind === "session"
    ? "each is a session with machines that stay up, connected to anew, and is one replicate."
    : "each brings up a fresh stack and is one replicate.";
}

function bootsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.boots} boots`;
  const { boots, ratioHalfWidth, budgetSeconds } = repetitions;
  const budget = budgetSeconds === undefined ? "" : ` or until ${formatDuration(budgetSeconds)} are spent`;
  return `${boots.minimum} to ${boots.maximum} boots, until each headline ratio's interval reaches ${percent(ratioHalfWidth, "plain")} to either side in two boots running${budget}`;
}

function turnText(repetitions: Repetitions): string {
  return repetitions.kind === "fixed" && repetitions.deepest === "once"
    ? ", the deepest level once, where the way turns"
    : "";
}

function runsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.runs} trial(s)`;
  return `One trial, and after the first ${repetitions.boots.minimum} boots up to ${repetitions.runs.maximum} where they buy width,`;
}

function factorParagraph(study: StudyData): Block | undefined {
  const { length } = conditionsOf(study);
  const fixed = assignmentsText(study.settings);
  const text = [
    ...(fixed === "" ? [] : [`Machines are made with ${fixed}.`]),
    ...(length === 0
      ? []
      : [
          `Each boot is a block of ${length} conditions, all combinations of the factors' values; each condition is brought up afresh and measured up and down the stack, in an order drawn for each boot. An effect is a ratio within boots of geometric means over the other factors' values.`,
        ]),
  ];
  return text.length === 0 ? undefined : paragraph(text.join(" "));
}

function headlineText({ doubts }: StudyData): string {
  return doubts.headline === "leave-out"
    ? "Every trial that could be read is in the figures, except those that a guard doubts."
    : "Every trial that could be read is in the figures, also where a guard doubts it.";
}
