import { failed, ok } from "../core/base/problem.ts";
import { groundText } from "../core/base/timing.ts";
import type { Block } from "../core/document/document.ts";
import type { Report } from "../core/report/parts/report.ts";
import type { Output } from "./output.ts";
import { paperLayout } from "./paper-layout.ts";
import { TEMPLATE } from "./pdf-template.ts";
import { svgOf } from "./svg.ts";
import { markedTable } from "./table-notes.ts";
import { subjectText } from "./terminal.ts";
import { figureSpec } from "./vega.ts";
import { fontFiles, PRINT_THEME } from "./vega-theme.ts";
import { shortLabel, visible, visibleLine } from "./visible-text.ts";

export const pdf: Output = {
  name: "pdf",
  about: "the whole report as one PDF",
  made: "on request",
  render: async (report) => {
    const typst = await loadTypst();
    if (typst === undefined) {
      return failed({
        code: "pdf-unavailable",
        what: "a PDF needs the package @myriaddreamin/typst-ts-node-compiler, which is optional and is not installed",
        hint: "npm install --include=optional, or print report.html from a browser",
      });
    }
    const compiler = typst.NodeCompiler.create({ fontArgs: [{ fontPaths: [...fontFiles()] }] });
    const content = compiler.pdf({
      mainFileContent: TEMPLATE,
      // Text reaches the document as strings of this JSON alone, so none of it is ever read as markup.
      inputs: { report: JSON.stringify(await pdfData(report)) },
    });
    return ok([{ name: "report.pdf", content: new Uint8Array(content) }]);
  },
};

/** The compiler is a binary of 50 MB that not every platform has. */
async function loadTypst() {
  try {
    return await import("@myriaddreamin/typst-ts-node-compiler");
  } catch {
    return undefined;
  }
}

/** What the template reads. */
async function pdfData({ title, label, subject, hardware, timing, sections }: Report) {
  const short = label === undefined ? null : shortLabel(label);
  return {
    title: visibleLine(title),
    label: label === undefined ? null : visibleLine(label),
    short,
    subject: `${visibleLine(subjectText(subject))} · ${groundText({ hardware, timing })}`,
    sections: await Promise.all(
      sections.map(async (section) => ({
        title: visibleLine(section.title),
        blocks: await Promise.all(section.blocks.map(blockData)),
      })),
    ),
  };
}

async function blockData(block: Block) {
  switch (block.kind) {
    case "paragraph":
      return { kind: block.kind, text: visibleLine(block.text) };
    case "items":
      return { kind: block.kind, items: block.items.map(visibleLine) };
    case "listing":
      return { kind: block.kind, title: visibleLine(block.title), text: visible(block.text) };
    case "figure":
      return {
        kind: block.kind,
        title: visibleLine(block.figure.title),
        alt: visibleLine(block.figure.alt),
        svg: await svgOf(figureSpec(block.figure, PRINT_THEME, "outside")),
      };
    case "table": {
      const { rows, notes } = markedTable(block.table);
      const layout = paperLayout(block.table.columns, rows);
      return {
        kind: block.kind,
        turned: layout.page === "turned",
        size: layout.size,
        // A heading that takes a page would be repeated on every page that it makes.
        repeated: block.table.columns.every(({ title, group = "" }) => title.length + group.length < 100),
        title: visibleLine(block.table.title),
        columns: block.table.columns.map(({ title, align, group }, index) => ({
          title: visibleLine(title),
          align,
          brokenMm: layout.brokenMm[index] ?? null,
          group: group === undefined ? null : visibleLine(group),
        })),
        rows: rows.map((row) =>
          row.map(({ text, mark }) => ({ text: visibleLine(text), mark: mark ?? null })),
        ),
        notes: notes.map(({ text, mark }) => ({ text: visibleLine(text), mark: mark ?? null })),
      };
    }
  }
}
