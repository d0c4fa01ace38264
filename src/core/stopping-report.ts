import type { Analysis } from "./analysis.ts";
import { figures, type Section, type Table, table, words } from "./document.ts";
import { percent } from "./figure-text.ts";
import { type BootSeconds, halfWidthAfter, headline, type StopReason, widest } from "./stopping.ts";
import type { StudyData } from "./study.ts";
import { formatDuration } from "./units.ts";

const HOUR = 3600;

/** Why measuring ended, how wide the answers are, and what one more hour would buy; undefined without any answer. */
export function stoppingSection(
  study: Pick<StudyData, "workloads" | "repetitions">,
  analysis: Analysis,
  stopped: ReadonlyMap<string, StopReason> | undefined,
  bootSeconds: ReadonlyMap<number, BootSeconds>,
): Section | undefined {
  const { repetitions } = study;
  const spans = [...bootSeconds.values()];
  const each = spans.reduce((sum, { all }) => sum + all, 0) / spans.length;
  const more = spans.length === 0 || each === 0 ? 0 : Math.floor(HOUR / each);
  const rows = study.workloads.flatMap(({ name }) => {
    const own = headline(analysis, name);
    if (own.length === 0) return [];
    const boots = Math.min(
      ...analysis.cells
        .filter(({ workload }) => workload === name)
        .map(({ throughput }) => throughput.estimate.n),
    );
    const later = own.map((one) => halfWidthAfter(one, more));
    const predicted = later.some((one) => one === undefined)
      ? undefined
      : Math.max(...later.map((one) => one ?? Number.POSITIVE_INFINITY));
    return [
      [
        name,
        String(boots),
        percent(widest(own), "plain"),
        ...(repetitions.kind === "until" ? [percent(repetitions.ratioHalfWidth, "plain")] : []),
        reasonText(repetitions.kind, stopped, name),
        more === 0 ? "--" : percent(predicted, "plain"),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return {
    id: "stopping",
    title: "When it stopped, and what more would buy",
    blocks: [{ kind: "table", table: stoppingTable(rows, repetitions.kind, each, more) }],
  };
}

function stoppingTable(
  rows: readonly (readonly string[])[],
  kind: StudyData["repetitions"]["kind"],
  each: number,
  more: number,
): Table {
  return table(
    "stopping",
    "Width of the answers",
    [
      words("workload"),
      figures("boots"),
      figures("widest half-width"),
      ...(kind === "until" ? [figures("asked")] : []),
      words("stopped"),
      figures("after one more hour"),
    ],
    rows,
    [
      "Of the 95% intervals of a workload's throughput ratios, the widest; relative, to either side. Boots are added for width alone, never for what a ratio says.",
      ...(more === 0
        ? []
        : [
            `One more hour is ${more} boots of ${formatDuration(each)}, as they took so far; the widths are what they would give if the spread stays what it is.`,
          ]),
    ],
  );
}

function reasonText(
  kind: StudyData["repetitions"]["kind"],
  stopped: ReadonlyMap<string, StopReason> | undefined,
  workload: string,
): string {
  if (kind === "fixed") return "fixed number of boots";
  return stopped?.get(workload) ?? "not yet";
}
