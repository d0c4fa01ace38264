import type { Audit } from "../core/audit/audit.ts";
import { auditSections, auditSummary } from "../core/audit/sections.ts";
import type { Block } from "../core/document.ts";
import { printable } from "../core/printable.ts";
import { textTable } from "../outputs/text-table.ts";

/** The audit for a terminal: the sentence first, then its tables, then what a reader has to know. */
export function auditText(audit: Audit): string {
  const sections = auditSections(audit).flatMap(({ title, blocks }) => [
    `== ${title}`,
    "",
    ...blocks.map(blockText),
  ]);
  return printable(
    [
      audit.name,
      auditSummary(audit),
      "",
      ...sections,
      ...audit.notes.map((note) => `note: ${note}`),
      ...(audit.notes.length === 0 ? [] : [""]),
    ].join("\n"),
  );
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return `${block.text}\n`;
    case "items":
      return `${block.items.map((item) => `- ${item}`).join("\n")}\n`;
    case "table":
      return textTable(block.table);
    case "figure":
      return `${block.figure.title}: ${block.figure.alt}\n`;
    case "listing":
      return `${block.title}\n${block.text}\n`;
  }
}
