import { optional } from "../base/optional.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { printedNumber } from "./audit/printed-number.ts";
import { type CsvRecord, readCsv } from "./csv-source.ts";
import type { PrintedQuantity, PublishedResults, PublishedRow } from "./published.ts";

const THROUGHPUT = {
  mean: "throughput_per_s",
  change: "throughput_change_from_previous_level",
  standardError: "throughput_stderr_per_s",
  standardErrorPercent: "throughput_stderr_percent",
} as const;

const RESPONSE = {
  mean: "response_ms",
  change: "response_change_from_previous_level",
  standardError: "response_stderr_ms",
  standardErrorPercent: "response_stderr_percent",
} as const;

const PLACE = ["table", "workload", "resources", "platform", "level"] as const;

/** In the order of the files that dvirt ships; a file may have them in any order. docs/audit.md explains each. */
const LAYOUT = [...PLACE, ...Object.values(THROUGHPUT), ...Object.values(RESPONSE)];

const COLUMNS = [...LAYOUT, "cpus", "threads", "runs", "response_step_ms"] as const;

type ColumnName = (typeof COLUMNS)[number];

/** Some ten thousand rows. */
const MOST_CHARACTERS = 2 ** 21;

/** Beyond these a list of problems says nothing new. */
const MOST_PROBLEMS = 20;

/**
 * Tables of published results from CSV text (RFC 4180) in the layout of docs/audit.md. Never throws: what is not
 * in that layout is a problem with its line and column.
 */
export function readPublishedRows(text: string, file: string): Result<readonly PublishedRow[]> {
  if (text.length > MOST_CHARACTERS) {
    return failed(
      layoutProblem(file, `it is longer than ${MOST_CHARACTERS} characters, which no published table is`),
    );
  }
  const source = readCsv(text, file);
  if (!source.ok) return source;
  const { separator } = source.value;
  const [head, ...records] = source.value.records;
  if (head === undefined) return failed(layoutProblem(`${file}:1`, "the file is empty"));
  const columns = readHead(head, file);
  if (!columns.ok) return columns;
  const problems: Problem[] = [];
  const decimals = separator !== "," && hasDecimalCommas(records, columns.value) ? "comma" : "point";
  const rows = records.map((record) => readRow(record, columns.value, decimals, file, problems));
  if (records.length === 0) problems.push(layoutProblem(`${file}:${head.line}`, "no row follows the header"));
  for (const problem of repeatedRows(rows, file)) problems.push(problem);
  if (problems.length === 0) return ok(rows);
  const shown = problems.slice(0, MOST_PROBLEMS);
  const more = problems.length - shown.length;
  return failed(...shown, ...(more > 0 ? [layoutProblem(file, `${more} more problems like these`)] : []));
}

/** The rows of a reference, with what the study states beside its tables. Throws where they cannot be read. */
export function rowsOf(results: PublishedResults): readonly PublishedRow[] {
  const read = readPublishedRows(results.csv, "results");
  if (!read.ok) throw new Error(`a reference's tables cannot be read: ${read.problems[0]?.what}`);
  const { responseStepMs } = results;
  return read.value.map((one) => {
    const row = { responseStepMs, ...one };
    const given = results.provisioning.find(
      ({ resources, level }) => resources === row.resources && level === row.level,
    );
    if (given === undefined) return row;
    return { ...row, cpus: given.cpus, threads: results.threadsByWorkload[row.workload] ?? given.threads };
  });
}

/** Where each column stands; -1 for one that is not there. */
type Columns = ReadonlyMap<ColumnName, number>;

function readHead(head: CsvRecord, file: string): Result<Columns> {
  const at = `${file}:${head.line}`;
  const known: readonly string[] = COLUMNS;
  const missing: string[] = PLACE.filter((name) => !head.cells.includes(name));
  if (![THROUGHPUT.mean, RESPONSE.mean].some((name) => head.cells.includes(name))) {
    missing.push(`${THROUGHPUT.mean} or ${RESPONSE.mean}`);
  }
  const unknown = head.cells.filter((name) => !known.includes(name));
  const twice = head.cells.filter((name, i) => head.cells.indexOf(name) !== i);
  const problems = [
    ...(missing.length > 0 ? [`the header lacks ${missing.join(", ")}`] : []),
    ...(unknown.length > 0 ? [`the header has unknown columns: ${unknown.map(quoted).join(", ")}`] : []),
    ...(twice.length > 0 ? [`the header has columns twice: ${twice.join(", ")}`] : []),
  ].map((what) => layoutProblem(at, what));
  if (problems.length > 0) return failed(...problems);
  return ok(new Map(COLUMNS.map((name) => [name, head.cells.indexOf(name)])));
}

/** Characters that move a cursor or turn the direction of writing, and halves of others. */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Cs}]/u;

/** A cell's text as a message may hold it: at most 60 characters, all of them visible. */
function quoted(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const start = [...text].slice(0, 60).join("");
  return `"${start.replaceAll(new RegExp(INVISIBLE, "gu"), escaped)}${start === text ? "" : "…"}"`;
}

/** Bad cells go to `problems`; what is returned then is never used. */
function readRow(
  record: CsvRecord,
  columns: Columns,
  decimals: "point" | "comma",
  file: string,
  problems: Problem[],
): PublishedRow {
  const cell = (name: ColumnName) => record.cells[columns.get(name) ?? -1] ?? "";
  const refuse = (name: ColumnName, what: string, hint: string) => {
    const shown = cell(name) === "" ? "is empty" : `holds ${quoted(cell(name))}`;
    const at = `${file}:${record.line}`;
    problems.push({ code: "bad-value", at, what: `column ${name} ${shown}: ${what}`, hint });
  };
  const word = (name: ColumnName) => {
    if (cell(name) === "") refuse(name, "every row needs one", "write what the table or its caption says");
    if (INVISIBLE.test(cell(name))) refuse(name, "control characters are no name", "write it in letters");
    return cell(name);
  };
  const number = (name: ColumnName, rule: NumberRule) => {
    const text = withPoint(cell(name), decimals);
    const wrong = whatIsWrong(text, rule);
    if (wrong !== undefined) refuse(name, wrong.what, wrong.hint);
    return text;
  };
  const whole = (name: ColumnName, least: number) => {
    if (cell(name) === "") return undefined;
    if (!/^\d{1,9}$/.test(cell(name)) || Number(cell(name)) < least) {
      refuse(name, `not a whole number from ${least}`, "leave it empty where the study does not say it");
    }
    return Number(cell(name));
  };
  if (!/^L\d{1,2}$/.test(cell("level"))) refuse("level", "not a level", "write L0, L1, L2, …");
  const quantity = (names: Readonly<Record<keyof PrintedQuantity, ColumnName>>): PrintedQuantity => ({
    mean: number(names.mean, "positive"),
    change: number(names.change, "change"),
    standardError: number(names.standardError, "size"),
    standardErrorPercent: number(names.standardErrorPercent, "percentage"),
  });
  if (cell(THROUGHPUT.mean) === "" && cell(RESPONSE.mean) === "") {
    refuse(
      THROUGHPUT.mean,
      `so is ${RESPONSE.mean}`,
      "write the mean of one of them; a row without a mean says nothing",
    );
  }
  const step = number("response_step_ms", "positive");
  const given = optional({
    cpus: whole("cpus", 1),
    threads: whole("threads", 1),
    runs: whole("runs", 2),
    responseStepMs: step === "" ? undefined : Number(step),
  });
  return {
    line: record.line,
    table: word("table"),
    workload: word("workload"),
    resources: word("resources"),
    platform: word("platform"),
    level: Number(cell("level").slice(1)),
    throughput: quantity(THROUGHPUT),
    response: quantity(RESPONSE),
    ...given,
  };
}

const FIGURES: readonly ColumnName[] = [...Object.values(THROUGHPUT), ...Object.values(RESPONSE)];

const DECIMAL_COMMA = /^([+\-−]?\d+),(\d+)(?=\s*%?$)/;

function hasDecimalCommas(records: readonly CsvRecord[], columns: Columns): boolean {
  return records.some(({ cells }) =>
    FIGURES.some((name) => DECIMAL_COMMA.test(cells[columns.get(name) ?? -1] ?? "")),
  );
}

/**
 * A figure as it would be printed with a decimal point and no space before its percent sign. Where commas are decimal, a
 * point would separate thousands, or somebody mixed two tables: it stays, with the comma, and no number is read from it.
 */
function withPoint(text: string, decimals: "point" | "comma"): string {
  const tight = text.replace(/\s+%$/, "%");
  if (decimals === "point") return tight;
  return tight.includes(".") ? `${tight},` : tight.replace(DECIMAL_COMMA, "$1.$2");
}

type NumberRule = "positive" | "change" | "size" | "percentage";

function whatIsWrong(
  text: string,
  rule: NumberRule,
): { readonly what: string; readonly hint: string } | undefined {
  if (text === "") return undefined;
  const read = printedNumber(text);
  if (read === undefined) {
    const hint = /^[+\-−]?[\d.]+,\d*%?,?$/.test(text)
      ? "write a decimal point, or separate cells with semicolons and write decimal commas throughout; no separators of thousands"
      : "write the digits as they are printed, such as 1068.5 or -2.54%, or nothing for --";
    return { what: "not a printed number", hint };
  }
  const percent = rule === "change" || rule === "percentage";
  if (read.percent !== percent) {
    return percent
      ? { what: "a percentage lacks its sign", hint: `write ${text}%` }
      : { what: "a percentage stands here", hint: "write the figure in the unit that the column names" };
  }
  if (rule === "positive" && !(read.value > 0)) {
    return { what: "it must be above zero", hint: "check the digits against the publication" };
  }
  if (rule !== "change" && /^[-−]/.test(text)) {
    return { what: "it cannot be negative", hint: "check the digits against the publication" };
  }
  return undefined;
}

/** A table, workload, resources policy, platform and level name one row. */
function repeatedRows(rows: readonly PublishedRow[], file: string): readonly Problem[] {
  const lines = new Map<string, number>();
  return rows.flatMap(({ line, table, workload, resources, platform, level }): readonly Problem[] => {
    const key = JSON.stringify([table, workload, resources, platform, level]);
    const first = lines.get(key);
    lines.set(key, first ?? line);
    if (first === undefined) return [];
    const what = `table ${table} has ${workload} (${resources}) on ${platform} at L${level} in line ${first} already`;
    const hint = "keep one of them, or number the tables apart";
    return [{ code: "bad-value", at: `${file}:${line}`, what, hint }];
  });
}

function layoutProblem(at: string, what: string): Problem {
  return {
    code: "bad-csv",
    at,
    what,
    hint: `one header line with columns of ${LAYOUT.join(",")}, of which those of one measure may be left out`,
  };
}
