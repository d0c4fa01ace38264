import type { Analysis, Cell } from "../../analysis/analysis.ts";
import { matching } from "../../base/matching.ts";
import { METRICS } from "../../base/metrics.ts";
import {
  type ColumnOf,
  figures,
  items,
  paragraph,
  present,
  type Section,
  section,
  type Table,
  type TableCell,
  table,
  words,
} from "../../document/document.ts";
import { type BarFigure, stackFigure } from "../../document/figure.ts";
import { type Audit, audit, referenceSubject } from "../../published/audit/audit.ts";
import type { DerivedCheck } from "../../published/audit/derived.ts";
import { intervalText } from "../../published/audit/interval.ts";
import {
  MEASURES,
  type ParsedRow,
  type ParsedTables,
  parseTables,
} from "../../published/audit/parsed-tables.ts";
import { certainRuns } from "../../published/audit/runs.ts";
import { auditSections, auditSummary } from "../../published/audit/sections.ts";
import type {
  Measure,
  PublishedFigure,
  PublishedResults,
  PublishedStudy,
} from "../../published/published.ts";
import { rowsOf } from "../../published/published-rows.ts";
import { answerSection, answersOf } from "../parts/answers.ts";
import { comparisonSection } from "../parts/comparison-tables.ts";
import type { Answer, Report } from "../parts/report.ts";
import { resultFigure } from "../parts/report-figures.ts";
import { perCpuTable } from "../parts/result-tables.ts";
import { NO_RESULTS, publishedAnalysis } from "./published-analysis.ts";

/**
 * A published study as a report: its own tables as printed with what follows from them beside, its figures
 * drawn again, and intervals and verdicts from its means and standard errors.
 */
export function publishedReport(study: PublishedStudy): Report {
  const found = study.results === undefined ? undefined : evidenceOf(study, study.results);
  const analysis = found?.analysis ?? NO_RESULTS;
  const workloads = [...new Set(analysis.cells.map((cell) => cell.workload))];
  const answers =
    found === undefined ? [] : workloads.flatMap((workload) => workloadAnswers(workload, found));
  const notes = [...study.notes, ...analysis.warnings];
  return {
    subject: { kind: "reference", id: study.name, citation: study.citation },
    title: study.title,
    hardware: "real",
    timing: "wall",
    answers,
    sections: present([
      ...(found === undefined ? [] : [answerSection(answers, "own"), ...resultSections(study, found)]),
      quotedSection(study),
      environmentSection(study),
      section("notes", "Notes", [items(notes)]),
    ]),
    analysis,
    trials: [],
    notes,
  };
}

/** What the figures of a publication rest on is not ours to show. */
const NO_TRIALS = () => undefined;

interface Evidence {
  readonly results: PublishedResults;
  readonly tables: ParsedTables;
  readonly audit: Audit;
  readonly analysis: Analysis;
}

function evidenceOf(study: PublishedStudy, results: PublishedResults): Evidence | undefined {
  const subject = referenceSubject(study);
  if (subject === undefined) return undefined;
  const tables = parseTables(rowsOf(results));
  const audited = audit(subject);
  return { results, tables, audit: audited, analysis: publishedAnalysis(tables, certainRuns(audited.runs)) };
}

function workloadAnswers(workload: string, { analysis, tables }: Evidence): readonly Answer[] {
  const rows = tables.rows.map(({ row }) => row);
  return answersOf(workload, analysis.comparisons, {
    margin: analysis.margin,
    label: undefined,
    of: NO_TRIALS,
    platforms: "several",
    pictured: ({ level, to }) => to === level - 1,
    cpusAt: ({ platform, resources }, level) =>
      rows.find(matching({ level, workload, platform, resources }))?.cpus,
  });
}

function resultSections(study: PublishedStudy, found: Evidence): readonly (Section | undefined)[] {
  const { analysis, audit: audited } = found;
  const summary = section("audit", "Audit", [paragraph(auditSummary(audited))]);
  return [
    resultSection(study, found),
    comparisonSection(analysis, NO_TRIALS),
    ...present([summary, ...auditSections(audited)]).map((one) => ({ ...one, pages: "own" as const })),
  ];
}

export interface AuditReport {
  readonly audit: Audit;
  /** What does not hold first, then the tables as printed with every figure marked that does not follow. */
  readonly sections: readonly Section[];
}

/** Undefined for a publication without tables. */
export function auditReport(study: PublishedStudy): AuditReport | undefined {
  const found = study.results === undefined ? undefined : evidenceOf(study, study.results);
  if (found === undefined) return undefined;
  const { tables, audit: audited } = found;
  const printed = section("results", RESULTS, [
    ...tableNumbers(tables).map((number) => printedTable(number, found)),
    cpuTable(found),
  ]);
  const [findings, ...others] = auditSections(audited);
  return { audit: audited, sections: present([findings, printed, ...others]) };
}

/** Every table of results as printed and recomputed, with the figures that draw it. */
function resultSection(study: PublishedStudy, found: Evidence): Section | undefined {
  return section("results", RESULTS, [
    ...tableNumbers(found.tables).flatMap((number) => [
      printedTable(number, found),
      ...study.figures.filter(({ draws }) => draws?.table === number).map((figure) => drawn(figure, found)),
    ]),
    cpuTable(found),
  ]);
}

const RESULTS = "Results as printed, and recomputed";

function tableNumbers({ rows }: ParsedTables): readonly string[] {
  return [...new Set(rows.map(({ row }) => row.table))];
}

function cpuTable({ tables, analysis }: Evidence): Table | undefined {
  const cpusOf = (cell: Cell) => tables.rows[analysis.cells.indexOf(cell)]?.row.cpus;
  return perCpuTable(analysis.cells, cpusOf, NO_TRIALS);
}

function drawn({ number, caption, draws }: PublishedFigure, { tables, analysis }: Evidence): BarFigure {
  const cells = analysis.cells.filter((_, index) => tables.rows[index]?.row.table === draws?.table);
  const title = `Figure ${number}: ${caption}`;
  const frame = { id: `figure-${number}`, title, label: undefined, of: NO_TRIALS };
  return resultFigure(frame, cells, draws?.measures ?? []);
}

/** Printed digits are shown as they are; what does not follow from the others is marked and never corrected. */
function printedTable(number: string, { results, tables, audit: { derived } }: Evidence): Table {
  const own = tables.rows.filter(({ row }) => row.table === number);
  return table(own, {
    id: `table-${number}`,
    title: `Table ${number}: ${results.captions[number] ?? own[0]?.row.workload ?? ""}`,
    columns: [
      words("Architecture", ({ row }) => row.platform),
      words("D_virt", ({ row }) => `L${row.level}`),
      ...MEASURES.flatMap((measure) => printedColumns(measure, derived.checks)),
    ],
    terminal: "end",
    footnotes: [
      "Recomputed from the printed means and standard errors; a range is all that their digits allow.",
    ],
  });
}

function printedColumns(metric: Measure, checks: readonly DerivedCheck[]): readonly ColumnOf<ParsedRow>[] {
  const { title: group, heading } = METRICS[metric];
  const checked = (read: ParsedRow, column: DerivedCheck["column"]) =>
    checks.find(
      (check) => check.row.row.line === read.row.line && check.measure === metric && check.column === column,
    );
  const column = (title: string, cell: ColumnOf<ParsedRow>["cell"]) => figures(title, cell, { group });
  return [
    column(heading, ({ row }) => row[metric].mean),
    column("ΔL(n-1)", (read) => marked(read.row[metric].change, checked(read, "change"))),
    column("recomputed", (read) => recomputedText(checked(read, "change"), "signed")),
    column("StdErr", ({ row }) => row[metric].standardError || undefined),
    column("StdErr %", (read) =>
      marked(read.row[metric].standardErrorPercent, checked(read, "standardErrorPercent")),
    ),
    column("recomputed", (read) => recomputedText(checked(read, "standardErrorPercent"), "plain")),
  ];
}

function marked(text: string, check: DerivedCheck | undefined): TableCell | undefined {
  if (text === "") return undefined;
  if (check === undefined || check.holds) return text;
  const why = check.nearMisses.length === 0 ? "" : `; it would hold if ${check.nearMisses.join(" or ")}`;
  return { text, doubt: `printed ${text} does not follow from the printed means and standard errors${why}` };
}

function recomputedText(check: DerivedCheck | undefined, form: "signed" | "plain"): string | undefined {
  return check && `${intervalText(check.recomputed, form)}%`;
}

function quotedSection({ quoted }: PublishedStudy): Section | undefined {
  if (quoted.length === 0) return undefined;
  const stated = table(quoted, {
    id: "quoted",
    title: "Stated figures",
    columns: [
      words("what", ({ what }) => what),
      words("workload", ({ workload }) => workload),
      words("level", ({ level }) => (level === undefined ? undefined : `L${level}`)),
      figures("value", ({ value }) => value),
      words("unit", ({ unit }) => unit),
      quoted.some(({ hardware }) => hardware !== undefined)
        ? words("hardware", ({ hardware }) => hardware)
        : undefined,
      words("where", ({ source }) => source),
      words("standing", ({ standing }) => standing),
    ],
    footnotes: ["secondary: not read in the publication itself, but as another text reports it"],
  });
  return section("quoted", "Figures that the publication states", [stated]);
}

/** Diagrams and tables that are not results, as printed. */
function environmentSection(study: PublishedStudy): Section | undefined {
  return section("environments", "Hardware, software and workloads", [
    ...study.figures.map(({ number, caption, stacks = [] }) =>
      stackFigure(`figure-${number}`, `Figure ${number}: ${caption}`, stacks),
    ),
    ...study.tables.map(({ number, caption, head, rows }) =>
      table(rows, {
        id: `table-${number}`,
        title: `Table ${number}: ${caption}`,
        columns: head.map((title, at) => words<readonly string[]>(title, (row) => row[at])),
      }),
    ),
  ]);
}
