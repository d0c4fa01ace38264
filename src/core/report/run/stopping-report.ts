import type { Analysis, Comparison } from "../../analysis/analysis.ts";
import {
  type BootSeconds,
  halfWidthAfter,
  headline,
  type StopReason,
  widest,
} from "../../analysis/stopping.ts";
import { formatDuration } from "../../base/units.ts";
import {
  figures,
  present,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import { percent } from "../../document/figure-text.ts";
import type { StudyData } from "../../study/study.ts";
import { WORKLOAD } from "../parts/columns.ts";

const HOUR = 3600;

/** Why measuring ended, how wide the answers are, and what one more hour would buy; undefined without any answer. */
export function stoppingSection(
  study: Pick<StudyData, "workloads" | "repetitions">,
  analysis: Analysis,
  stopped: ReadonlyMap<string, StopReason> | undefined,
  bootSeconds: ReadonlyMap<number, BootSeconds>,
): Section | undefined {
  const spans = [...bootSeconds.values()];
  const each = spans.reduce((sum, { added }) => sum + added, 0) / spans.length;
  const more = spans.length === 0 || each === 0 ? 0 : Math.floor(HOUR / each);
  const found = study.workloads.flatMap(({ name }) => {
    const own = headline(analysis, name);
    return own.length === 0 ? [] : [{ workload: name, ...widthsOf(name, own, analysis, more) }];
  });
  if (found.length === 0) return undefined;
  return section("stopping", "When it stopped, and what more would buy", [
    stoppingTable(found, study.repetitions, stopped, { each, more }),
  ]);
}

interface Widths {
  readonly workload: string;
  readonly boots: number;
  readonly widest: number | undefined;
  /** After one more hour; undefined where that cannot be told. */
  readonly later: number | undefined;
}

function widthsOf(
  name: string,
  own: readonly Comparison[],
  { cells }: Analysis,
  more: number,
): Omit<Widths, "workload"> {
  const boots = cells
    .filter(({ workload }) => workload === name)
    .map(({ throughput }) => throughput.estimate.n);
  const later = present(own.map((one) => halfWidthAfter(one, more)));
  return {
    boots: Math.min(...boots),
    widest: widest(own),
    later: more === 0 || later.length < own.length ? undefined : Math.max(...later),
  };
}

function stoppingTable(
  found: readonly Widths[],
  repetitions: StudyData["repetitions"],
  stopped: ReadonlyMap<string, StopReason> | undefined,
  hour: { readonly each: number; readonly more: number },
): Table {
  return table(found, {
    id: "stopping",
    title: "Width of the answers",
    columns: [
      WORKLOAD,
      figures("boots", ({ boots }) => boots),
      figures("widest half-width", (one) => percent(one.widest, "plain")),
      repetitions.kind === "until"
        ? figures("asked", () => percent(repetitions.ratioHalfWidth, "plain"))
        : undefined,
      words("stopped", ({ workload }) =>
        repetitions.kind === "fixed" ? "fixed number of boots" : (stopped?.get(workload) ?? "not yet"),
      ),
      figures("after one more hour", ({ later }) => percent(later, "plain")),
    ],
    of: ({ workload }) => ({ workload }),
    footnotes: [
      "Of the 95% intervals of a workload's throughput ratios, the widest; relative, to either side. Boots are added for width alone, never for what a ratio says.",
      ...(hour.more === 0
        ? []
        : [
            `One more hour is ${hour.more} boots of ${formatDuration(hour.each)}, as they took so far; the widths are what they would give if the spread stays what it is.`,
          ]),
    ],
  });
}
