import { cellText, type Table, type TableCell } from "../core/document/document.ts";

export interface MarkedCell {
  readonly text: string;
  /** Of the note that belongs to it. */
  readonly mark?: string;
}

export interface TableNote {
  /** Absent for a note on the whole table. */
  readonly mark?: string;
  readonly text: string;
}

/** A table's cells with marks in place of their doubts, and the notes under it, those of the marks first. */
export function markedTable(
  table: Table,
  markOf: (index: number) => string = letters,
): {
  readonly rows: readonly (readonly MarkedCell[])[];
  readonly notes: readonly TableNote[];
} {
  const doubts = [
    ...new Set(table.rows.flatMap(({ cells }) => cells.flatMap((cell) => doubtOf(cell) ?? []))),
  ];
  const marked = (cell: TableCell): MarkedCell => {
    const doubt = doubtOf(cell);
    const text = cellText(cell);
    return doubt === undefined ? { text } : { text, mark: markOf(doubts.indexOf(doubt)) };
  };
  return {
    rows: table.rows.map(({ cells }) => cells.map(marked)),
    notes: [
      ...doubts.map((text, index) => ({ mark: markOf(index), text })),
      ...table.footnotes.map((text) => ({ text })),
    ],
  };
}

function doubtOf(cell: TableCell): string | undefined {
  return typeof cell === "string" ? undefined : cell.doubt;
}

/** a, b … z, aa, ab … */
function letters(index: number): string {
  const last = String.fromCharCode("a".charCodeAt(0) + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
