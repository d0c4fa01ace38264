import { failed, ok, type Result } from "./problem.ts";

export interface CsvRecord {
  /** Where the record begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Records of CSV text (RFC 4180), each with as many cells as the first; blank lines are skipped, and spaces around
 * a cell too. Never throws: a stray quote and a record of another length are problems with their lines.
 */
export function readCsv(text: string, file: string): Result<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  const source = text.replace(/^\uFEFF/, "");
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const record = readRecord(source, at);
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
  if (ragged === undefined) return ok(records);
  return failed({
    code: "bad-csv",
    at: `${file}:${ragged.line}`,
    what: `${ragged.cells.length} cells, where the header has ${width}`,
    hint: "put commas between cells, an empty cell for what is not printed, and quotes around text with commas",
  });
}

/** One cell and what ends it: a comma, the end of the line, or of the text. */
const CELL = /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^",\r\n]*))(,|\r?\n|$)/y;

function readRecord(
  source: string,
  start: number,
): { readonly cells: readonly string[]; readonly end: number } | undefined {
  const cells: string[] = [];
  for (let at = start; ; ) {
    CELL.lastIndex = at;
    const match = CELL.exec(source);
    if (match === null) return undefined;
    const [all, quoted, plain = "", end] = match;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    at += all.length;
    if (end !== ",") return { cells, end: at };
  }
}
