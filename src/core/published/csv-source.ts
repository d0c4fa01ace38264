import { failed, ok, type Result } from "../base/problem.ts";

export interface CsvRecord {
  /** Where the record begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table as text, and what separates its cells. */
export interface CsvTable {
  readonly separator: Separator;
  readonly records: readonly CsvRecord[];
}

/** Spreadsheets write semicolons where a comma is the decimal point. */
export type Separator = "," | ";" | "\t";

/**
 * Records of CSV text (RFC 4180, or separated as spreadsheets do it), each with as many cells as the first; blank lines
 * are skipped, and spaces around a cell too. Never throws: a stray quote and a record of another length are problems with their lines.
 */
export function readCsv(text: string, file: string): Result<CsvTable> {
  const records: CsvRecord[] = [];
  const source = text.replace(/^\uFEFF/, "");
  // A line of its own by which a spreadsheet tells itself.
  const told = /^sep=([,;\t])\r?\n/.exec(source);
  const separator = told === null ? separatorOf(source) : asSeparator(told[1]);
  let line = told === null ? 1 : 2;
  for (let at = told?.[0].length ?? 0; at < source.length; ) {
    const record = readRecord(source, at, separator);
    if (record === undefined) {
      return failed({
        code: "bad-csv",
        at: `${file}:${line}`,
        what: "a quote stands where none may, or is never closed",
        hint: 'put " around the whole cell, and write a quote inside it twice',
      });
    }
    if (record.cells.some((cell) => cell !== "")) records.push({ line, cells: record.cells });
    line += source.slice(at, record.end).split("\n").length - 1;
    at = record.end;
  }
  const width = records[0]?.cells.length ?? 0;
  const ragged = records.find(({ cells }) => cells.length !== width);
  if (ragged === undefined) return ok({ separator, records });
  return failed({
    code: "bad-csv",
    at: `${file}:${ragged.line}`,
    what: `${ragged.cells.length} cells, where the header has ${width}`,
    hint: `put ${SEPARATORS[separator]} between cells, an empty cell for what is not printed, and quotes around text with ${SEPARATORS[separator]}`,
  });
}

const SEPARATORS: Readonly<Record<Separator, string>> = { ",": "commas", ";": "semicolons", "\t": "tabs" };

function asSeparator(text: string | undefined): Separator {
  return text === ";" || text === "\t" ? text : ",";
}

/** A header with commas has no others; one without may have semicolons, or tabs. */
function separatorOf(source: string): Separator {
  const head = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(source)?.[0].replaceAll(/"(?:[^"]|"")*"/g, "") ?? "";
  return head.includes(",") ? "," : head.includes(";") ? ";" : head.includes("\t") ? "\t" : ",";
}

/** One cell and what ends it: a separator, the end of the line, or of the text. */
const CELL: Readonly<Record<Separator, RegExp>> = {
  ",": /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^",\r\n]*))(,|\r?\n|$)/y,
  ";": /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^";\r\n]*))(;|\r?\n|$)/y,
  "\t": /(?: *"((?:[^"]|"")*)" *|([^"\t\r\n]*))(\t|\r?\n|$)/y,
};

function readRecord(
  source: string,
  start: number,
  separator: Separator,
): { readonly cells: readonly string[]; readonly end: number } | undefined {
  const cells: string[] = [];
  for (let at = start; ; ) {
    CELL[separator].lastIndex = at;
    const match = CELL[separator].exec(source);
    if (match === null) return undefined;
    const [all, quoted, plain = "", end] = match;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    at += all.length;
    if (end !== separator) return { cells, end: at };
  }
}
