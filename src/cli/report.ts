import { join } from "node:path";
import { failed, ok, type Result } from "../core/problem.ts";
import { publishedReport } from "../core/published-report.ts";
import type { Report } from "../core/report.ts";
import type { Store } from "../lab/ports.ts";
import { outputs } from "../outputs/index.ts";
import type { Output } from "../outputs/output.ts";
import { terminalText } from "../outputs/terminal.ts";
import { references } from "../references/index.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption, say, tell } from "./context.ts";
import { findSubject, storedReport } from "./find-subject.ts";
import { writeOutputs, writtenText } from "./write-outputs.ts";

export interface ReportOptions extends StoreOption {
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
    return hand(context, report.value, chosen.value, options);
  });
}

/** Shows a report, or writes it in the chosen formats. */
export async function hand(
  context: Context,
  report: Report,
  chosen: readonly Output[],
  options: ReportOptions,
): Promise<ExitCode> {
  if (chosen.length === 0) {
    context.output.write(`${terminalText(report)}\n`);
    return EXIT.fine;
  }
  const folder = join(options.out ?? "dvirt-results", report.subject.id);
  const written = await writeOutputs(report, chosen, folder);
  if (!written.ok) return tell(context, written.problems);
  say(context, `written to ${folder}: ${writtenText(written.value)}`);
  return EXIT.fine;
}

/** The formats by their names, in the order given; `all` is every one. */
export function chosenOutputs(names: readonly string[]): Result<readonly Output[]> {
  const wanted = names.includes("all") ? outputs.map((output) => output.name) : names;
  const unknown = wanted.filter((name) => name !== "terminal" && !outputs.some((one) => one.name === name));
  if (unknown.length > 0) {
    return failed({
      code: "bad-option",
      at: "--format",
      what: `there is no format ${unknown.join(", no ")}`,
      hint: ["terminal", ...outputs.map((output) => output.name), "all"].join(","),
    });
  }
  return ok(outputs.filter((output) => wanted.includes(output.name)));
}

export async function withStore(
  context: Context,
  options: StoreOption,
  body: (store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  try {
    return await body(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** The report of a published study by its name, or of a run or a group by its name, its beginning or `latest`. */
export async function subjectNamed(store: Store, name: string): Promise<Result<Report>> {
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
