import {
  type Analysis,
  type Cell,
  CONFIDENCE,
  type ComparisonDraft,
  judged,
  type Metric,
  type Quantity,
  sameSeries,
} from "./analysis.ts";
import { answersOf } from "./answers.ts";
import { type Audit, audit, referenceSubject } from "./audit/audit.ts";
import type { DerivedCheck } from "./audit/derived.ts";
import { intervalText } from "./audit/interval.ts";
import { type ReadRow, type ReadTables, readTables } from "./audit/readings.ts";
import { certainRuns } from "./audit/runs.ts";
import { auditSections, auditSummary } from "./audit/sections.ts";
import {
  type Block,
  figures,
  type Section,
  type Table,
  type TableCell,
  table,
  tableBlocks,
  words,
} from "./document.ts";
import { stackText } from "./figure.ts";
import type { PublishedFigure, PublishedResults, PublishedStudy } from "./published.ts";
import { rowsOf } from "./published-rows.ts";
import type { Answer, Report } from "./report.ts";
import { ratioFigure, resultFigure } from "./report-figures.ts";
import { perCpuTable } from "./result-tables.ts";
import { answerSection, comparisonSection } from "./run-report.ts";
import { fieller } from "./stats/fieller.ts";
import { relativeChange } from "./stats/mean.ts";
import { ratioOfMeans } from "./stats/ratio-of-means.ts";
import { welch, welchDf } from "./stats/t-test.ts";
import { DEFAULT_MARGIN } from "./study.ts";

/**
 * A published study as a report: its own tables as printed with what follows from them beside, its figures
 * drawn again, and intervals and verdicts from its means and standard errors.
 */
export function publishedReport(study: PublishedStudy): Report {
  const found = study.results === undefined ? undefined : evidenceOf(study, study.results);
  const analysis = found?.analysis ?? NOTHING;
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
    sections: [
      ...(found === undefined
        ? []
        : [
            answerSection(answers),
            resultSection(study, found),
            comparisonSection(analysis),
            ...auditSection(found.audit),
          ]),
      ...quotedSection(study),
      ...environmentSection(study),
      { id: "notes", title: "Notes", blocks: [{ kind: "items", items: notes }] },
    ],
    analysis,
    trials: [],
    notes,
  };
}

const NOTHING: Analysis = { cells: [], comparisons: [], failed: [], margin: DEFAULT_MARGIN, warnings: [] };

interface Evidence {
  readonly results: PublishedResults;
  readonly tables: ReadTables;
  readonly audit: Audit;
  readonly analysis: Analysis;
}

function evidenceOf(study: PublishedStudy, results: PublishedResults): Evidence | undefined {
  const subject = referenceSubject(study);
  if (subject === undefined) return undefined;
  const tables = readTables(rowsOf(results));
  const audited = audit(subject);
  return { results, tables, audit: audited, analysis: analysisOf(tables, certainRuns(audited.runs)) };
}

/** Cells with the printed means; the changes and ratios are recomputed from them. */
function analysisOf(tables: ReadTables, runs: number | undefined): Analysis {
  const rows = tables.rows;
  const cells = rows.map((read): Cell => {
    const { row } = read;
    const before = tables.before(row);
    const ground = rows.find(
      ({ row: other }) => other.level === 0 && other.table === row.table && other.platform === row.platform,
    );
    return {
      workload: row.workload,
      platform: row.platform,
      resources: row.resources,
      level: row.level,
      throughput: quantity("throughput", read, before, ground, runs),
      response: quantity("response", read, before, ground, runs),
      trials: 0,
      doubted: 0,
    };
  });
  const drafts = cells.flatMap((cell) =>
    (["throughput", "response"] as const).flatMap((metric) =>
      [...new Set([0, cell.level - 1])].flatMap((level) => {
        const base = cells.find((other) => other.level === level && sameSeries(other, cell));
        const draft = base === undefined || cell.level === 0 ? undefined : compare(cell, base, metric);
        return draft === undefined ? [] : [draft];
      }),
    ),
  );
  return {
    cells,
    comparisons: judged(drafts, DEFAULT_MARGIN),
    failed: [],
    margin: DEFAULT_MARGIN,
    warnings:
      runs === undefined
        ? ["the number of runs is neither stated nor certain, so no interval can be given"]
        : [
            `intervals rest on ${runs} runs for each mean, which the study does not state: printed p-values and digits agree on it alone`,
            "runs are taken as independent replicates; if they shared one boot of the machines, the intervals are too narrow",
          ],
  };
}

function quantity(
  metric: Metric,
  read: ReadRow,
  before: ReadRow | undefined,
  ground: ReadRow | undefined,
  runs: number | undefined,
): Quantity {
  const scale = metric === "throughput" ? 1 : 1 / 1000;
  const mean = read[metric].mean.value * scale;
  const printed = read[metric].standardError;
  const base = (from: ReadRow | undefined) =>
    from === undefined ? undefined : from[metric].mean.value * scale;
  const [below, least] = [base(before), base(ground)];
  return {
    estimate: {
      n: runs ?? 0,
      mean,
      standardError: printed === undefined || runs === undefined ? undefined : printed.value * scale,
    },
    perBoot: [],
    boots: [],
    geometric: [],
    changeFromPreviousLevel: below === undefined ? undefined : relativeChange(below, mean),
    ratioToL0: least === undefined ? undefined : mean / least,
    marks: [],
    components: undefined,
  };
}

function compare(cell: Cell, base: Cell, metric: Metric): ComparisonDraft | undefined {
  const [of, to] = [cell[metric].estimate, base[metric].estimate];
  const estimate = ratioOfMeans(of, to, CONFIDENCE);
  if (estimate === undefined) return undefined;
  const variances = [of, to].map(({ standardError }) => (standardError ?? 0) ** 2);
  const [varianceOf = 0, varianceTo = 0] = variances;
  const bounded = of.standardError !== undefined && to.standardError !== undefined;
  return {
    workload: cell.workload,
    platform: cell.platform,
    resources: cell.resources,
    metric,
    level: cell.level,
    to: base.level,
    estimate,
    unpaired: estimate,
    fieller: bounded
      ? fieller(
          { mean: of.mean, variance: varianceOf },
          { mean: to.mean, variance: varianceTo },
          0,
          welchDf(varianceOf * to.mean ** 2, of.n, varianceTo * of.mean ** 2, to.n),
          CONFIDENCE,
        )
      : { kind: "unbounded" },
    test: welch(of, to),
    permutation: { kind: "not-made", reason: "no permutation test: only means are published" },
    hedges: undefined,
  };
}

function workloadAnswers(workload: string, { analysis, tables }: Evidence): readonly Answer[] {
  const steps = analysis.comparisons.filter(
    (one) => one.workload === workload && one.metric === "throughput" && one.to === one.level - 1,
  );
  const title = `What each layer leaves of ${workload}`;
  const figure = ratioFigure(`${workload}-ratios`, title, steps, analysis.margin, undefined);
  return answersOf(
    workload,
    analysis.comparisons,
    figure,
    (series, level) =>
      tables.rows.find(
        ({ row }) =>
          row.level === level &&
          row.workload === series.workload &&
          row.platform === series.platform &&
          row.resources === series.resources,
      )?.row.cpus,
    "several",
  );
}

/** Every table of results as printed and recomputed, with the figures that draw it. */
function resultSection(
  study: PublishedStudy,
  { results, tables, audit: audited, analysis }: Evidence,
): Section {
  const numbers = [...new Set(tables.rows.map(({ row }) => row.table))];
  return {
    id: "results",
    title: "Results as printed, and recomputed",
    blocks: [
      ...numbers.flatMap((number): Block[] => [
        { kind: "table", table: printedTable(number, results, tables, audited) },
        ...study.figures
          .filter(({ draws }) => draws?.table === number)
          .map((figure): Block => ({ kind: "figure", figure: drawn(figure, tables, analysis) })),
      ]),
      ...tableBlocks(
        perCpuTable("per-cpu", analysis.cells, (cell) => tables.rows[analysis.cells.indexOf(cell)]?.row.cpus),
      ),
    ],
  };
}

function drawn(figure: PublishedFigure, { rows }: ReadTables, analysis: Analysis) {
  const cells = analysis.cells.filter((_, index) => rows[index]?.row.table === figure.draws?.table);
  const title = `Figure ${figure.number}: ${figure.caption}`;
  return resultFigure(`figure-${figure.number}`, title, cells, figure.draws?.measures ?? [], undefined);
}

/** Printed digits are shown as they are; what does not follow from the others is marked and never corrected. */
function printedTable(
  number: string,
  results: PublishedResults,
  { rows }: ReadTables,
  { derived }: Audit,
): Table {
  const own = rows.filter(({ row }) => row.table === number);
  const checked = (read: ReadRow, metric: Metric, column: DerivedCheck["column"]) =>
    derived.checks.find(
      (check) => check.row.row.line === read.row.line && check.measure === metric && check.column === column,
    );
  const cells = (read: ReadRow, metric: Metric): readonly TableCell[] => {
    const printed = read.row[metric];
    const change = checked(read, metric, "change");
    const share = checked(read, metric, "standardErrorPercent");
    return [
      printed.mean,
      marked(printed.change, change),
      recomputedText(change, "signed"),
      printed.standardError || "--",
      marked(printed.standardErrorPercent, share),
      recomputedText(share, "plain"),
    ];
  };
  const group = (title: string, mean: string) =>
    [mean, "ΔL(n-1)", "recomputed", "StdErr", "StdErr %", "recomputed"].map((name) => figures(name, title));
  return table(
    `table-${number}`,
    `Table ${number}: ${results.captions[number] ?? own[0]?.row.workload ?? ""}`,
    [
      words("Architecture"),
      words("D_virt"),
      ...group("Transactional throughput", "TPSec"),
      ...group("Mean response time", "Time (ms)"),
    ],
    own.map((read) => [
      read.row.platform,
      `L${read.row.level}`,
      ...cells(read, "throughput"),
      ...cells(read, "response"),
    ]),
    ["Recomputed from the printed means and standard errors; a range is all that their digits allow."],
  );
}

function marked(text: string, check: DerivedCheck | undefined): TableCell {
  if (text === "") return "--";
  if (check === undefined || check.holds) return text;
  const why = check.nearMisses.length === 0 ? "" : `; it would hold if ${check.nearMisses.join(" or ")}`;
  return { text, doubt: `printed ${text} does not follow from the printed means and standard errors${why}` };
}

function recomputedText(check: DerivedCheck | undefined, form: "signed" | "plain"): string {
  return check === undefined ? "--" : `${intervalText(check.recomputed, form)}%`;
}

function auditSection(audited: Audit): readonly Section[] {
  const summary: Section = {
    id: "audit",
    title: "Audit",
    blocks: [{ kind: "paragraph", text: auditSummary(audited) }],
  };
  return [summary, ...auditSections(audited)];
}

function quotedSection({ quoted }: PublishedStudy): readonly Section[] {
  if (quoted.length === 0) return [];
  const columns = [
    words("what"),
    words("workload"),
    words("level"),
    figures("value"),
    words("unit"),
    words("where"),
    words("standing"),
  ];
  const rows = quoted.map((one) => [
    one.what,
    one.workload,
    one.level === undefined ? "--" : `L${one.level}`,
    one.value,
    one.unit,
    one.source,
    one.standing,
  ]);
  const footnote = "secondary: not read in the publication itself, but as another text reports it";
  return [
    {
      id: "quoted",
      title: "Figures that the publication states",
      blocks: tableBlocks(table("quoted", "Stated figures", columns, rows, [footnote])),
    },
  ];
}

/** Diagrams and tables that are not results, as printed. */
function environmentSection({ figures: all, tables }: PublishedStudy): readonly Section[] {
  const diagrams = all.flatMap(({ number, caption, stacks }): Block[] => {
    if (stacks === undefined) return [];
    const title = `Figure ${number}: ${caption}`;
    return [
      {
        kind: "figure",
        figure: { kind: "stacks", id: `figure-${number}`, title, alt: stackText(stacks), stacks },
      },
    ];
  });
  const printed = tables.map(({ number, caption, head, rows }) =>
    table(`table-${number}`, `Table ${number}: ${caption}`, head.map(words), rows),
  );
  const blocks = [...diagrams, ...tableBlocks(...printed)];
  return blocks.length === 0
    ? []
    : [{ id: "environments", title: "Hardware, software and workloads", blocks }];
}
