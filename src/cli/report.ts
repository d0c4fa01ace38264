import { exists } from "../adapters/files.ts";
import { openSqliteStore } from "../adapters/store/sqlite.ts";
import { didYouMean } from "../core/base/nearest.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { allOf, type Report } from "../core/report/parts/report.ts";
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

/**
 * The report of a published study by its name, of a run or a group as `findSubject` takes them, or of one in another
 * store: `FILE` for its latest, `FILE:NAME` for any.
 */
export async function subjectNamed(store: StoreReader, name: string): Promise<Result<Report>> {
  const reference = references.find((one) => one.name === name);
  if (reference !== undefined) return ok(publishedReport(reference));
  const elsewhere = await inStoreFile(name);
  if (elsewhere !== undefined) return elsewhere;
  const found = await findSubject(store, name);
  if (found.ok) return ok(await storedReport(found.value, store));
  const names = references.map((one) => one.name);
  const published = `${didYouMean(name, names)}published studies: ${names.join(", ")}`;
  return failed(
    ...found.problems.map((problem) =>
      problem.code === "no-run"
        ? { ...problem, hint: `${problem.hint ?? "dvirt list"}; ${published}` }
        : problem,
    ),
  );
}

/** A subject of another store, whose trials are read at once, because that store is closed again; undefined for no path. */
async function inStoreFile(name: string): Promise<Result<Report> | undefined> {
  if (!/[/.]/.test(name)) return undefined;
  const [, before = name, after = "latest"] = /^(.+):([^:]+)$/.exec(name) ?? [];
  const [file, inside] = (await exists(name)) ? [name, "latest"] : [before, after];
  if (!(await exists(file))) return undefined;
  const opened = await openSqliteStore(file, "refuse");
  if (!opened.ok) return opened;
  try {
    const found = await findSubject(opened.value, inside);
    if (!found.ok) return found;
    const report = await storedReport(found.value, opened.value);
    return ok({ ...report, trials: await allOf(report.trials) });
  } finally {
    await opened.value.close();
  }
}
