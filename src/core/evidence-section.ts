import { figures, type Section, type Table, table, tableBlocks, words } from "./document.ts";
import type { TimelineFigure } from "./figure.ts";
import { type LevelFacts, labelled } from "./report.ts";
import type { BringUp, NestedEntries, RunEvidence } from "./run-evidence.ts";
import { formatDuration } from "./units.ts";

export function evidenceSection(run: RunEvidence, label: string | undefined): Section {
  const figure = timelineFigure(run, label);
  return {
    id: "evidence",
    title: "Evidence",
    blocks: [
      ...(figure === undefined ? [] : [{ kind: "figure", figure } as const]),
      ...tableBlocks(timelineTable(run.subject.levels, run.bringUps), depthTable(run.nestedEntries)),
    ],
  };
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
    ...labelled(label),
    spans,
  };
}

/** How long each bring-up took to the first command answered, by level and in sum. */
export function timelineTable(levels: readonly LevelFacts[], bringUps: readonly BringUp[]): Table {
  const varied = bringUps.some(({ condition }) => condition !== undefined);
  return table(
    "bring-ups",
    "From launch to a command answered",
    [
      words("bring-up"),
      figures("boot"),
      ...(varied ? [words("condition")] : []),
      ...levels.map(({ level }) => figures(`L${level}`)),
      figures("whole stack"),
    ],
    bringUps.map((one) => [
      String(one.bringUp),
      String(one.boot),
      ...(varied ? [`c${one.condition}`] : []),
      ...levels.map(({ level }) => {
        const found = one.readySeconds.find((entry) => entry.level === level);
        return found === undefined ? "--" : `${found.seconds.toFixed(1)} s`;
      }),
      `${one.readySeconds.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`,
    ]),
  );
}

/** Evidence that the levels are what they are called: nested entries counted while a level worked. */
export function depthTable(entries: readonly NestedEntries[]): Table | undefined {
  if (entries.length === 0) return undefined;
  return table(
    "depth",
    "Entries into guests of guests, counted by KVM during a trial",
    [words("workload"), words("measured"), words("counted at"), figures("least"), figures("most")],
    entries.map((one) => [
      one.workload,
      `L${one.level}`,
      `L${one.host}`,
      String(one.least),
      String(one.most),
    ]),
  );
}
