import { figures, type Section, type Table, table, tableBlocks, words } from "./document.ts";
import { type DoubtSummary, doubtsText } from "./doubts.ts";
import type { RunEvidence } from "./run-evidence.ts";

export function noteSection(notes: readonly string[], { analysis, doubts }: RunEvidence): Section {
  return {
    id: "notes",
    title: "Doubts and notes",
    blocks: [
      {
        kind: "items",
        items: [
          ...notes,
          ...analysis.failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`),
          ...doubtItems(doubts),
        ],
      },
      ...tableBlocks(guardTable(doubts)),
    ],
  };
}

/** Doubted trials by name, as far as they are listed, and the count of the rest. */
function doubtItems({ named, doubted }: DoubtSummary): readonly string[] {
  const rest = doubted - named.length;
  return [
    ...named.map(({ trial, doubts }) => `doubted: ${trial.id}: ${doubtsText(doubts)}`),
    ...(rest > 0 ? [`doubted too: ${rest} more trial(s); trials.csv has them all`] : []),
  ];
}

/** What each guard said of the measured trials. */
function guardTable({ tallies, measured }: DoubtSummary): Table | undefined {
  if (measured === 0) return undefined;
  return table(
    "guards",
    "Guards: which trials to believe",
    [words("guard"), figures("fine"), figures("doubted"), figures("unknown"), words("such as")],
    tallies.map((one) => [
      one.guard,
      String(one.fine),
      String(one.doubted),
      String(one.unknown),
      one.example ?? "--",
    ]),
    [
      "Unknown: what the guard needs could not be read, or the trial was too short to tell. docs/guards.md says what each guard checks.",
    ],
  );
}
