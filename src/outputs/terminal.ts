import { printable } from "../core/base/problem.ts";
import { groundText } from "../core/base/timing.ts";
import type { Table, Terminal } from "../core/document/document.ts";
import type { Report, Subject } from "../core/report/parts/report.ts";
import { textTable } from "./text-table.ts";

/** What a person reads at the end of a run: the tables, the evidence, and last, where the eye is, the answers. */
export function terminalText(report: Report): string {
  const lines = [
    headline(report),
    ...(report.label === undefined ? [] : [report.label]),
    "",
    ...tablesFor(report, "end").map(textTable),
    ...report.answers.map(({ sentence }) => sentence),
    ...(report.open === undefined ? [] : [report.open]),
    "",
    ...report.notes.map((note) => `note: ${note}`),
    ...report.analysis.failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`),
  ];
  return printable(lines.join("\n"));
}

/** The tables that a terminal prints at one occasion, with the rows that it prints of them. */
export function tablesFor({ sections }: Report, occasion: Terminal): readonly Table[] {
  return sections
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])))
    .filter(({ terminal }) => terminal === occasion)
    .map((table) => ({
      ...table,
      rows: table.rows.filter(({ terminal = table.terminal }) => terminal === occasion),
    }))
    .filter(({ rows }) => rows.length > 0);
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
