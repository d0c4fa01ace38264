import { optional } from "../../base/optional.ts";
import { formatDuration } from "../../base/units.ts";
import { figures, type Section, section, type Table, table, words } from "../../document/document.ts";
import type { TimelineFigure, TimelineSpan } from "../../document/figure.ts";
import { WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import type { LevelFacts, TrialRow } from "../parts/report.ts";
import type { BringUp, NestedEntries, RunEvidence } from "./run-evidence.ts";

export function evidenceSection(run: RunEvidence, label: string | undefined): Section | undefined {
  return section("evidence", "Evidence", [
    timelineFigure(run, label),
    timelineTable(run.subject.levels, run.bringUps),
    depthTable(run.nestedEntries),
  ]);
}

function timelineFigure({ spans }: RunEvidence, label: string | undefined): TimelineFigure | undefined {
  const last = spans.at(-1);
  if (last === undefined) return undefined;
  const boots = new Set(spans.map((span) => span.boot)).size;
  return {
    kind: "timeline",
    id: "timeline",
    title: "Which trial ran when",
    alt: `${spans.length} trials of ${boots} boot(s) over ${formatDuration(last.toSeconds)}, ${spans.filter((span) => span.failed).length} of them failed.`,
    ...optional({ label }),
    spans,
  };
}

/** Trials that a picture of their order can show. */
const SPANS_SHOWN = 600;

export async function spansOf(trials: AsyncIterable<TrialRow>): Promise<readonly TimelineSpan[]> {
  const spans: TimelineSpan[] = [];
  let begin: number | undefined;
  for await (const { trial, startedAt, seconds, reading } of trials) {
    if (spans.length === SPANS_SHOWN) break;
    const at = Date.parse(startedAt) / 1000;
    begin ??= at;
    spans.push({
      boot: trial.boot,
      level: trial.level,
      what: trial.workload,
      fromSeconds: at - begin,
      toSeconds: at - begin + seconds,
      failed: reading === undefined,
    });
  }
  return spans;
}

/** How long each bring-up took: to the first command answered, by level; until what came up could be measured; and in sum. */
export function timelineTable(levels: readonly LevelFacts[], bringUps: readonly BringUp[]): Table {
  const varied = bringUps.some(({ condition }) => condition !== undefined);
  return table(bringUps, {
    id: "bring-ups",
    title: "From launch to a command answered",
    columns: [
      words("bring-up", ({ bringUp }) => String(bringUp)),
      figures("boot", ({ boot }) => boot),
      varied ? words("condition", ({ condition }) => `c${condition}`) : undefined,
      ...levels.map(({ level }) =>
        figures<BringUp>(`L${level}`, ({ readySeconds }) => {
          const found = readySeconds.find((entry) => entry.level === level);
          return found && `${found.seconds.toFixed(1)} s`;
        }),
      ),
      figures("facts and programs read", ({ settleSeconds }) => `${settleSeconds.toFixed(1)} s`),
      figures(
        "whole stack",
        ({ readySeconds, settleSeconds }) =>
          `${readySeconds.reduce((sum, { seconds }) => sum + seconds, settleSeconds).toFixed(1)} s`,
      ),
    ],
    of: ({ boot }) => ({ boot }),
    terminal: "end",
  });
}

/** Evidence that the levels are what they are called: nested entries counted while a level worked. */
export function depthTable(entries: readonly NestedEntries[]): Table | undefined {
  if (entries.length === 0) return undefined;
  return table(entries, {
    id: "depth",
    title: "Entries into guests of guests, counted by KVM during a trial",
    columns: [
      WORKLOAD,
      words("measured", ({ level }) => `L${level}`),
      words("counted at", ({ host }) => `L${host}`),
      figures("least", ({ least }) => least),
      figures("most", ({ most }) => most),
    ],
    of: workloadAtLevel,
    terminal: "end",
    // That nothing nested ran elsewhere stands in the files.
    rowTerminal: ({ most }) => (most === 0 ? "never" : "end"),
  });
}
