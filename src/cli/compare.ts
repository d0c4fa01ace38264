import { appendText } from "../adapters/files.ts";
import { percent, ratioText } from "../core/document/figure-text.ts";
import type { Report } from "../core/report/parts/report.ts";
import type { Change } from "../core/report/several/changes.ts";
import { compareReports } from "../core/report/several/compare.ts";
import { DEFAULT_MARGIN } from "../core/study/study.ts";
import { changeName, fallenBeyond, summaryMarkdown } from "./compare-summary.ts";
import { type Context, EXIT, type ExitCode, say, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { withStore } from "./open-store.ts";
import { percentage, withFormats, withFull } from "./options.ts";
import { chosenOutputs, hand, type ReportOptions, subjectNamed } from "./report.ts";
import { takesStore } from "./store-option.ts";

export const defineCompare: Define = (command, context, end) => {
  withFull(withFormats(takesStore(command)))
    .option("--margin <percent>", "what counts as equivalent", percentage, DEFAULT_MARGIN)
    .option(
      "--fail-on-slower <percent>",
      "exit 1 where an interval says that a figure fell by more",
      percentage,
    )
    .option("--fail-on-unknown", "with --fail-on-slower: exit 1 also where a figure could be slower by more")
    .option("--summary <file>", "append the comparison to a file as a page of Markdown, such as a CI job's")
    .action((subjects: string[], options) => end(compareCommand(context, subjects, options)));
};

export interface CompareOptions extends ReportOptions {
  readonly margin: number;
  readonly failOnSlower?: number;
  readonly failOnUnknown?: boolean;
  /** A file that gets the comparison as one page of Markdown. */
  readonly summary?: string;
}

/** `dvirt compare A B [C…]`: each against the first; exit 1 where `--fail-on-slower` says so. */
export async function compareCommand(
  context: Context,
  names: readonly string[],
  options: CompareOptions,
): Promise<ExitCode> {
  if (options.failOnUnknown === true && options.failOnSlower === undefined) {
    return tell(context, [
      {
        code: "bad-option",
        at: "--fail-on-unknown",
        what: "it says nothing without a percentage that figures may not fall by",
        hint: "--fail-on-slower 5% --fail-on-unknown",
      },
    ]);
  }
  if (names.length < 2) {
    return tell(context, [
      {
        code: "bad-option",
        at: "compare",
        what: "one run alone has nothing to be compared with",
        hint: "dvirt compare A B; dvirt list names the runs",
      },
    ]);
  }
  const chosen = chosenOutputs(options.format ?? []);
  if (!chosen.ok) return tell(context, chosen.problems);
  return withStore(context, options, async (store) => {
    const reports: Report[] = [];
    for (const name of names) {
      const found = await subjectNamed(store, name);
      if (!found.ok) return tell(context, found.problems);
      reports.push(found.value);
    }
    const { report, changes } = compareReports(reports, options.margin);
    const code = await hand(context, report, chosen.value, options);
    if (options.summary !== undefined) {
      await appendText(options.summary, summaryMarkdown(report, changes, options.failOnSlower));
    }
    if (code !== EXIT.fine || options.failOnSlower === undefined) return code;
    return sentence(context, changes, options.failOnSlower, options.failOnUnknown === true);
  });
}

/** What `--fail-on-slower` found; a comparison that cannot be made is not a pass, and is said. */
function sentence(
  context: Context,
  changes: readonly Change[],
  threshold: number,
  failOnUnknown: boolean,
): ExitCode {
  if (changes.length === 0) {
    return tell(context, [
      {
        code: "nothing-comparable",
        at: "--fail-on-slower",
        what: "no figure can be compared with the first's, so slower ones would not be seen",
        hint: "the report above names the facts that differ",
      },
    ]);
  }
  const limit = percent(threshold, "plain");
  const { fallen, unsure } = fallenBeyond(changes, threshold);
  for (const one of fallen) {
    say(context, `slower by more than ${limit}: ${changeName(one)} of ${one.of}: ${ratioText(one.estimate)}`);
  }
  if (unsure.length > 0) {
    say(
      context,
      `${unsure.length} of ${changes.length} figure(s) could be slower by ${limit} for all that was measured; more boots would tell`,
    );
  }
  return fallen.length > 0 || (failOnUnknown && unsure.length > 0) ? EXIT.found : EXIT.fine;
}
