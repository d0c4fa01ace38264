import { textIfAny } from "../adapters/files.ts";
import { failed, ok, type Problem, printable, type Result } from "../core/base/problem.ts";
import type { Block } from "../core/document/document.ts";
import {
  type Audit,
  type AuditSubject,
  audit,
  fileSubject,
  referenceSubject,
} from "../core/published/audit/audit.ts";
import { auditSections, auditSummary } from "../core/published/audit/sections.ts";
import { readPublishedRows } from "../core/published/published-rows.ts";
import { auditJson } from "../outputs/audit-json.ts";
import { textTable } from "../outputs/text-table.ts";
import { references } from "../references/index.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";

export const defineAudit: Define = (command, context, end) => {
  command
    .option("--json", "everything, for programs")
    .action((subject: string | undefined, options) =>
      end(auditCommand(context, subject ?? "fitzgerald-2014", options)),
    );
};

export interface AuditOptions {
  readonly json?: boolean;
}

/** `dvirt audit [REFERENCE | FILE.csv]`: what of published figures follows from the others, and what does not. */
export async function auditCommand(context: Context, name: string, options: AuditOptions): Promise<ExitCode> {
  const subject = await subjectNamed(name);
  if (!subject.ok) return tell(context, subject.problems);
  const done = audit(subject.value);
  context.output.write(options.json === true ? auditJson(done) : auditText(done));
  return done.discrepancies.length + done.ifZerosKept.length === 0 ? EXIT.fine : EXIT.found;
}

async function subjectNamed(name: string): Promise<Result<AuditSubject>> {
  const reference = references.find((one) => one.name === name);
  if (reference !== undefined) {
    const subject = referenceSubject(reference);
    return subject === undefined
      ? failed(noReference(name, "this reference states single figures, and nothing follows from them"))
      : ok(subject);
  }
  const text = await textIfAny(name);
  if (text === undefined) {
    return failed(noReference(name, "there is no such reference, and no file of that name that can be read"));
  }
  const rows = readPublishedRows(text, name);
  return rows.ok ? ok(fileSubject(name, rows.value)) : rows;
}

function noReference(name: string, what: string): Problem {
  const names = references.filter(({ results }) => results !== undefined).map((one) => one.name);
  return {
    code: "no-reference",
    at: name,
    what,
    hint: `one of ${names.join(", ")}, or the path of a CSV file laid out as docs/audit.md says`,
  };
}

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
