import type { Column, Table } from "../core/document.ts";
import { latexText } from "./latex-text.ts";
import { type MarkedCell, markedTable } from "./table-notes.ts";
import { shortLabel } from "./visible-text.ts";

/** Between the margins of an A4 page as `latex.ts` sets them. */
export const TEXT_WIDTH_MM = 174;

/** About what a character and the space between two columns take at 10 pt. */
const CHARACTER_MM = 1.9;
const COLUMN_GAP_MM = 2.9;
const LEAST_COLUMN_MM = 14;

const SIZES = [
  ["normalsize", 1],
  ["small", 0.9],
  ["footnotesize", 0.8],
  ["scriptsize", 0.7],
] as const;

/** A table that goes on over pages, with its title and label above and its notes below. */
export function latexTable(table: Table, label: string | undefined): string {
  const { rows, notes } = markedTable(table);
  const { size, columns } = layout(table.columns, rows);
  const head = headLines(table.columns);
  const named = label === undefined ? "" : `\\\\\\textcolor{warning}{${latexText(shortLabel(label))}}`;
  return [
    `{\\${size}\\setlength{\\tabcolsep}{4pt}`,
    `\\begin{longtable}{@{}${columns.join("")}@{}}`,
    `\\caption*{\\textbf{${latexText(table.title)}}${named}}\\\\`,
    "\\toprule",
    ...head,
    "\\midrule",
    "\\endfirsthead",
    "\\toprule",
    ...head,
    "\\midrule",
    "\\endhead",
    "\\bottomrule",
    "\\endfoot",
    ...rows.map((row) => `${row.map(cellText).join(" & ")} \\\\`),
    "\\end{longtable}}",
    ...notes.map(
      ({ mark, text }) =>
        `{\\footnotesize\\noindent ${mark === undefined ? "" : `\\textsuperscript{${mark}} `}${latexText(text)}\\par}`,
    ),
    "",
  ].join("\n");
}

function cellText({ text, mark }: MarkedCell): string {
  return mark === undefined ? latexText(text) : `${latexText(text)}\\textsuperscript{${mark}}`;
}

/** The largest size at which all columns fit; below the smallest, columns of words are broken into lines. */
function layout(columns: readonly Column[], rows: readonly (readonly MarkedCell[])[]) {
  const natural = columns.map(
    ({ title }, index) =>
      Math.max(title.length, ...rows.map((row) => (row[index]?.text ?? "").length)) * CHARACTER_MM,
  );
  const room = TEXT_WIDTH_MM - columns.length * COLUMN_GAP_MM;
  const whole = natural.reduce((sum, width) => sum + width, 0);
  const fitting = SIZES.find(([, factor]) => whole * factor <= room);
  if (fitting !== undefined) {
    return { size: fitting[0], columns: columns.map(({ align }) => (align === "start" ? "l" : "r")) };
  }
  const [size, factor] = SIZES[2];
  const widths = natural.map((width) => width * factor);
  const isFixed = (index: number) => columns[index]?.align === "end";
  const fixed = widths.filter((_, index) => isFixed(index)).reduce((sum, width) => sum + width, 0);
  const most = shareMm(
    room - fixed,
    widths.filter((_, index) => !isFixed(index)),
  );
  return {
    size,
    columns: widths.map((width, index) => {
      if (isFixed(index)) return "r";
      return width <= most ? "l" : `>{\\raggedright\\arraybackslash}p{${most.toFixed(1)}mm}`;
    }),
  };
}

/** The width at which columns must be broken so that all fit into the room. */
function shareMm(roomMm: number, widthsMm: readonly number[]): number {
  let room = roomMm;
  let left = widthsMm.length;
  for (const width of widthsMm.toSorted((a, b) => a - b)) {
    if (width > room / left) break;
    room -= width;
    left -= 1;
  }
  return Math.max(LEAST_COLUMN_MM, room / Math.max(1, left));
}

function headLines(columns: readonly Column[]): readonly string[] {
  const titles = `${columns.map(({ title, align }) => `\\multicolumn{1}{${align === "start" ? "l" : "r"}}{${latexText(title)}}`).join(" & ")} \\\\`;
  if (columns.every(({ group }) => group === undefined)) return [titles];
  const cells: string[] = [];
  const rules: string[] = [];
  for (let at = 0; at < columns.length; ) {
    const group = columns[at]?.group;
    const after = columns.findIndex((column, index) => index > at && column.group !== group);
    const end = after === -1 ? columns.length : after;
    cells.push(`\\multicolumn{${end - at}}{c}{${group === undefined ? "" : latexText(group)}}`);
    if (group !== undefined) rules.push(`\\cmidrule(lr){${at + 1}-${end}}`);
    at = end;
  }
  return [`${cells.join(" & ")} \\\\`, rules.join(""), titles];
}
