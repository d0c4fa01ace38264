import type { Table } from "../core/document.ts";
import { printable } from "../core/printable.ts";
import type { Report, Subject } from "../core/report.ts";
import { groundText } from "../core/timing.ts";
import { textTable } from "./text-table.ts";

/** The sections a person wants at the end of a run; the files hold the others. */
const SECTIONS: readonly string[] = ["results", "effects", "evidence", "relative", "changes"];

/** Tables for a second look, which the files hold. */
const LEFT_OUT: readonly string[] = ["spread", "course", "effects-interaction"];

/** What a person reads at the end of a run: the tables, the evidence, and last, where the eye is, the answers. */
export function terminalText(report: Report): string {
  const tables = report.sections
    .filter((section) => SECTIONS.includes(section.id))
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])))
    .filter(({ id }) => !LEFT_OUT.includes(id));
  const lines = [
    headline(report),
    ...(report.label === undefined ? [] : [report.label]),
    "",
    ...tables
      .map((table) => (table.id === "depth" ? counted(table) : table))
      .filter(({ rows }) => rows.length > 0)
      .map(textTable),
    ...report.answers.map(({ sentence }) => sentence),
    "",
    ...report.notes.map((note) => `note: ${note}`),
    ...report.analysis.failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`),
  ];
  return printable(lines.join("\n"));
}

/** Rows that counted something: that nothing nested ran elsewhere stands in the files. */
function counted(table: Table): Table {
  return { ...table, rows: table.rows.filter((row) => row.at(-1) !== "0") };
}

function headline(report: Report): string {
  return `${report.title} · ${subjectText(report.subject)} · ${groundText(report)}`;
}

export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case "run":
      return `run ${subject.id} · seed ${subject.seed}`;
    case "group":
      return `group ${subject.id} · seed ${subject.seed}`;
    case "reference":
      return subject.citation;
    case "comparison":
      return subject.of.join(" · ");
  }
}
