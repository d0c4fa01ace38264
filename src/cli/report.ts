import { didYouMean } from "../core/base/nearest.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import type { Report } from "../core/report/parts/report.ts";
import { publishedReport } from "../core/report/published/published-report.ts";
import type { StoreReader } from "../lab/store.ts";
import { answerText, type Screen, USUAL_COLUMNS } from "../outputs/answer.ts";
import { outputs } from "../outputs/index.ts";
import type { Output } from "../outputs/output.ts";
import { terminalText } from "../outputs/terminal.ts";
import { references } from "../references/index.ts";
import { type Context, EXIT, type ExitCode, type FullOption, type StoreOption, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { findSubject, storedReport } from "./find-subject.ts";
import { withStore } from "./open-store.ts";
import { withFormats } from "./options.ts";
import { takesStore } from "./store-option.ts";
import { writeReport } from "./write-outputs.ts";

export const defineReport: Define = (command, context, end) => {
  withFormats(takesStore(command)).action((subject: string | undefined, options) =>
    end(reportCommand(context, subject ?? "latest", options)),
  );
};

export interface ReportOptions extends StoreOption, FullOption {
  readonly format?: readonly string[];
  readonly out?: string;
}

/** `dvirt report RUN|REFERENCE`: the terminal's text, or files in the formats asked for. */
export async function reportCommand(
  context: Context,
  name: string,
  options: ReportOptions,
): Promise<ExitCode> {
  const chosen = chosenOutputs(options.format ?? []);
  if (!chosen.ok) return tell(context, chosen.problems);
  return withStore(context, options, async (store) => {
    const report = await subjectNamed(store, name);
    if (!report.ok) return tell(context, report.problems);
    return hand(context, report.value, chosen.value, { ...options, full: true });
  });
}

/** What a terminal shows of a report: the answer on one screen, or everything that belongs at the end of a run. */
export function reportText(context: Context, report: Report, { full = false }: FullOption): string {
  return context.asCalled(full ? terminalText(report) : answerText(report, screenOf(context)));
}

/** How wide the output is, and whether it shows colours: a terminal does, unless NO_COLOR is set (no-color.org). */
function screenOf({ output, environment }: Context): Screen {
  const { NO_COLOR: without = "", TERM: terminal } = environment;
  const colour = output.isTTY === true && without === "" && terminal !== "dumb";
  const told = Number(environment["COLUMNS"]);
  const columns = output.isTTY === true ? output.columns : told;
  return { columns: columns >= LEAST_COLUMNS ? columns : USUAL_COLUMNS, colour };
}

const LEAST_COLUMNS = 40;

/** What is to become of a report. */
export interface Chosen {
  /** Whether it is shown on the terminal. */
  readonly shown: boolean;
  /** The formats in which it is written. */
  readonly written: readonly Output[];
}

/** Shows a report, writes it in the chosen formats, or both. */
export async function hand(
  context: Context,
  report: Report,
  chosen: Chosen,
  options: ReportOptions,
): Promise<ExitCode> {
  if (chosen.shown) context.output.write(`${reportText(context, report, options)}\n`);
  if (chosen.written.length === 0) return EXIT.fine;
  const written = await writeReport(context, report, { ...options, chosen: chosen.written });
  return written.ok ? EXIT.fine : tell(context, written.problems);
}

/** What the names of formats ask for; `all` is every file, and `terminal` may stand beside any. */
export function chosenOutputs(names: readonly string[]): Result<Chosen> {
  const all = names.includes("all");
  const known = ["terminal", "all", ...outputs.map((output) => output.name)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return failed({
      code: "bad-option",
      at: "--format",
      what: `there is no format ${unknown.join(", no ")}`,
      hint: `${didYouMean(unknown[0] ?? "", known)}one or more of ${known.join(",")}`,
    });
  }
  return ok({
    shown: names.length === 0 || names.includes("terminal"),
    written: outputs.filter((output) => all || names.includes(output.name)),
  });
}

/** The report of a published study by its name, or of a run or a group by its name, its beginning or `latest`. */
export async function subjectNamed(store: StoreReader, name: string): Promise<Result<Report>> {
  const reference = references.find((one) => one.name === name);
  if (reference !== undefined) return ok(publishedReport(reference));
  const found = await findSubject(store, name);
  if (!found.ok) {
    const [problem] = found.problems;
    const names = references.map((one) => one.name).join(", ");
    return problem === undefined
      ? found
      : failed({ ...problem, hint: `${problem.hint ?? "dvirt list"}; published studies: ${names}` });
  }
  return ok(await storedReport(found.value, store));
}
