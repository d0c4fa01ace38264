import { percent, ratioText } from "../core/document/figure-text.ts";
import type { Report } from "../core/report/parts/report.ts";
import { type Change, fellBeyond } from "../core/report/several/changes.ts";

/** What a comparison found under a threshold: figures that fell by more, and those that may have. */
export interface Fallen {
  readonly fallen: readonly Change[];
  readonly unsure: readonly Change[];
}

export function fallenBeyond(changes: readonly Change[], threshold: number): Fallen {
  const fallen = changes.filter((change) => fellBeyond(change, threshold));
  const unsure = changes.filter(
    (change) => !fellBeyond(change, threshold) && change.estimate.low < 1 - threshold,
  );
  return { fallen, unsure };
}

/** `cpu at L1 under thp=never`. */
export function changeName({ workload, level, condition }: Change): string {
  return `${workload} at L${level}${condition === undefined ? "" : ` under ${condition}`}`;
}

/** A comparison on one page of Markdown, for a forge's page of a job. */
export function summaryMarkdown(report: Report, changes: readonly Change[], threshold?: number): string {
  const { title, label, overview } = report;
  const lines = [`### ${title}`, ...(label === undefined ? [] : [`**${label}**`])];
  if (overview !== undefined) lines.push(overview.headline);
  if (threshold !== undefined) {
    const { fallen, unsure } = fallenBeyond(changes, threshold);
    const limit = percent(threshold, "plain");
    lines.push(
      `Slower by more than ${limit}: ${fallen.length} of ${changes.length}. Not known: ${unsure.length}, which could be slower by ${limit} for all that was measured.`,
    );
  }
  if (changes.length === 0) lines.push("No figure of the two can be compared.");
  else {
    const rows = changes.map(
      (change) =>
        `| ${changeName(change)} | ${change.of} | ${ratioText(change.estimate)} | ${change.verdict.kind} |`,
    );
    lines.push(["| figure | of | ratio to the first | verdict |", "|---|---|---|---|", ...rows].join("\n"));
  }
  return `${lines.join("\n\n")}\n`;
}
