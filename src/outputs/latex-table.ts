import type { Column, Table } from "../core/document/document.ts";
import { latexText } from "./latex-text.ts";
import { paperLayout } from "./paper-layout.ts";
import { type MarkedCell, markedTable } from "./table-notes.ts";
import { shortLabel } from "./visible-text.ts";

/** LaTeX's names of the sizes that a layout may have. */
const SIZES: ReadonlyMap<number, string> = new Map([
  [1, "normalsize"],
  [0.9, "small"],
  [0.8, "footnotesize"],
  [0.7, "scriptsize"],
]);

/** A table that goes on over pages, with its title and label above and its notes below. */
export function latexTable(table: Table, label: string | undefined): string {
  const { rows, notes } = markedTable(table);
  const { page, size, brokenMm } = paperLayout(table.columns, rows);
  const columns = table.columns.map(({ align }, index) => columnType(align, brokenMm[index]));
  const head = headLines(table.columns);
  const named = label === undefined ? "" : `\\\\\\textcolor{warning}{${latexText(shortLabel(label))}}`;
  return [
    ...(page === "turned" ? ["\\begin{landscape}"] : []),
    `\\tabletitle{${latexText(table.title)}}${named}\\par\\nobreak`,
    `{\\${SIZES.get(size) ?? "normalsize"}\\setlength{\\tabcolsep}{4pt}`,
    `\\begin{longtable}{@{}${columns.join("")}@{}}`,
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
    ...(page === "turned" ? ["\\end{landscape}"] : []),
    "",
  ].join("\n");
}

/** Defined in every document with such tables; a title does not stay alone at the foot of a page. */
export const TABLE_TITLE = String.raw`\newcommand{\tabletitle}[1]{\par\addvspace{8pt}\vskip0pt plus 6\baselineskip\penalty-250\vskip0pt plus -6\baselineskip\textbf{#1}}`;

function cellText({ text, mark }: MarkedCell): string {
  return mark === undefined ? latexText(text) : `${latexText(text)}\\textsuperscript{${mark}}`;
}

function columnType(align: Column["align"], brokenMm: number | undefined): string {
  if (brokenMm !== undefined) return `>{\\raggedright\\arraybackslash}p{${brokenMm.toFixed(1)}mm}`;
  return align === "start" ? "l" : "r";
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
