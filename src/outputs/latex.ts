import { ok } from "../core/base/problem.ts";
import type { Block } from "../core/document/document.ts";
import type { Figure } from "../core/document/figure.ts";
import type { Report } from "../core/report/parts/report.ts";
import { latexTable, TABLE_TITLE } from "./latex-table.ts";
import { latexLine, latexText, UNKNOWN_CHARACTER } from "./latex-text.ts";
import type { Output, OutputFile } from "./output.ts";
import { TEXT_WIDTH_MM } from "./paper-layout.ts";
import { pngFile } from "./png.ts";
import { figureFile, reportFigures } from "./svg.ts";
import { subjectText } from "./terminal.ts";
import { shortLabel } from "./visible-text.ts";

export const latex: Output = {
  name: "latex",
  about: "report.tex for pdflatex, with its pictures as figures/NAME.png",
  made: "on request",
  render: async (report) => {
    const pictures = await Promise.all(reportFigures(report).map(pngFile));
    return ok([{ name: "report.tex", content: latexDocument(report, pictures) }, ...pictures]);
  },
};

type Picture = OutputFile & { readonly content: Uint8Array };

/** What a base installation of LaTeX with its recommended packages compiles as it is. */
function latexDocument(report: Report, pictures: readonly Picture[]): string {
  const { title, label, sections, subject } = report;
  return [
    "\\documentclass[10pt,a4paper]{article}",
    "\\usepackage[margin=18mm,headheight=14pt]{geometry}",
    "\\usepackage{textcomp,array,booktabs,longtable,pdflscape,graphicx,xcolor,fancyhdr}",
    // Where Latin Modern is not installed, Computer Modern will do: no sign below needs more.
    "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}\\usepackage[T1]{fontenc}}{}",
    UNKNOWN_CHARACTER,
    "\\definecolor{warning}{HTML}{9A3C00}",
    "\\setlength{\\LTleft}{0pt}\\setlength{\\LTright}{\\fill}\\setlength{\\LTpre}{4pt}\\setlength{\\LTpost}{4pt}",
    TABLE_TITLE,
    "\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{5pt}\\emergencystretch=3em",
    "\\pagestyle{fancy}\\fancyhf{}\\renewcommand{\\headrulewidth}{0pt}\\cfoot{\\thepage}",
    ...(label === undefined
      ? []
      : [`\\lhead{\\footnotesize\\bfseries\\textcolor{warning}{${latexText(shortLabel(label))}}}`]),
    "\\begin{document}",
    `{\\LARGE\\bfseries\\raggedright ${latexText(title)}\\par}`,
    `${latexText(subjectText(subject))}\\par`,
    ...(label === undefined ? [] : [`\\textcolor{warning}{${latexText(label)}}\\par`]),
    ...sections.flatMap((section) => [
      "",
      `\\section*{${latexText(section.title)}}`,
      ...section.blocks.map((block) => blockText(block, label, pictures)),
    ]),
    "\\end{document}",
    "",
  ].join("\n");
}

function blockText(block: Block, label: string | undefined, pictures: readonly Picture[]): string {
  switch (block.kind) {
    case "paragraph":
      return `${latexText(block.text)}\\par`;
    case "items":
      return block.items.length === 0
        ? ""
        : [
            "\\begin{itemize}",
            ...block.items.map((item) => `\\item ${latexText(item)}`),
            "\\end{itemize}",
          ].join("\n");
    case "table":
      return latexTable(block.table, label);
    case "figure":
      return figureText(block.figure, pictures);
    case "listing":
      return [
        `\\textbf{${latexText(block.title)}}\\par`,
        "{\\footnotesize\\ttfamily\\raggedright",
        ...block.text.split(/\r\n?|\n/).map((line) => `\\mbox{}${latexLine(line)}\\par`),
        "}",
      ].join("\n");
  }
}

/** The picture has its title and label in it. */
function figureText(figure: Figure, pictures: readonly Picture[]): string {
  const name = figureFile(figure, "png");
  const picture = pictures.find((one) => one.name === name);
  if (picture === undefined) return "";
  const widthMm = Math.min(TEXT_WIDTH_MM, (pngWidth(picture.content) / 2) * MM_PER_CSS_PIXEL);
  return [
    "\\begin{minipage}{\\linewidth}",
    `\\includegraphics[width=${widthMm.toFixed(1)}mm]{${name}}`,
    "",
    `{\\footnotesize ${latexText(figure.alt)}\\par}`,
    "\\end{minipage}\\par\\bigskip",
  ].join("\n");
}

/** CSS's pixel is a 96th of an inch. */
const MM_PER_CSS_PIXEL = 25.4 / 96;

/** PNG (RFC 2083): the width is the first field of the first chunk. */
function pngWidth(content: Uint8Array): number {
  return new DataView(content.buffer, content.byteOffset).getUint32(16);
}
