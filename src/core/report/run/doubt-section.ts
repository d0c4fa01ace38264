import type { Analysis } from "../../analysis/analysis.ts";
import { figures, items, type Section, section, type Table, table, words } from "../../document/document.ts";
import { type DoubtSummary, doubtsText } from "../../trial/doubts.ts";
import type { RunEvidence } from "./run-evidence.ts";

export function noteSection(
  notes: readonly string[],
  { analysis, doubts }: RunEvidence,
): Section | undefined {
  return section("notes", "Doubts and notes", [
    items([...notes, ...failedItems(analysis), ...doubtItems(doubts)]),
    guardTable(doubts),
  ]);
}

export function failedItems({ failed }: Pick<Analysis, "failed">): readonly string[] {
  return failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`);
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
export function guardTable({ tallies, measured }: DoubtSummary): Table | undefined {
  if (measured === 0) return undefined;
  return table(tallies, {
    id: "guards",
    title: "Guards: which trials to believe",
    columns: [
      words("guard", ({ guard }) => guard),
      figures("fine", ({ fine }) => fine),
      figures("doubted", ({ doubted }) => doubted),
      figures("unknown", ({ unknown }) => unknown),
      words("such as", ({ example }) => example),
    ],
    of: () => ({}),
    footnotes: [
      "Unknown: what the guard needs could not be read, or the trial was too short to tell. docs/guards.md says what each guard checks.",
    ],
  });
}
