import type { Cell } from "../core/analysis.ts";
import type { PublishedStudy } from "../core/published.ts";
import { rowsOf } from "../core/published-rows.ts";
import type { Report } from "../core/report.ts";
import { cpusUsed } from "../core/result-section.ts";
import type { RunReport } from "../core/run-report.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { address, trialsAddress } from "./address.ts";
import { chartMarkup } from "./chart.ts";
import { type ChartSource, chartRows } from "./chart-rows.ts";
import { choicesMarkup } from "./frame.ts";
import { type View, viewChoices, viewQuery } from "./view.ts";

/** A run's figures; of its own policy, or beside those of runs under other policies. */
export function runSource(report: Report): ChartSource {
  const { subject, analysis } = report;
  return {
    name: subject.id,
    analysis,
    cpusOf: (cell) => (subject.kind === "run" ? cpusUsed(subject, cell.workload, cell.level) : undefined),
  };
}

/** One platform's of a group, judged among all of them. */
export function memberSource(group: Report, run: RunReport): ChartSource {
  const { platform } = run.subject.study;
  const own = (one: Pick<Cell, "platform">) => one.platform === platform;
  const { analysis } = group;
  return {
    ...runSource(run),
    name: platform,
    analysis: {
      ...analysis,
      cells: analysis.cells.filter(own),
      comparisons: analysis.comparisons.filter(own),
    },
  };
}

/** A published study's; under one of its policies, or all. */
export function publishedSource(study: PublishedStudy, report: Report, view: View): ChartSource {
  const rows = study.results === undefined ? [] : rowsOf(study.results);
  const [first] = policiesOf(report);
  const own = ({ resources }: Pick<Cell, "resources">) => view.policies === "all" || resources === first;
  return {
    name: study.name,
    analysis: {
      ...report.analysis,
      cells: report.analysis.cells.filter(own),
      comparisons: report.analysis.comparisons.filter(own),
    },
    cpusOf: (cell) =>
      rows.find(({ resources, level }) => resources === cell.resources && level === cell.level)?.cpus,
  };
}

export function policiesOf({ analysis }: Report): readonly string[] {
  return [...new Set(analysis.cells.map(({ resources }) => resources))];
}

export interface ChartsInput {
  /** Where the page is, without its view. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly view: View;
  readonly sources: readonly ChartSource[];
  readonly hasPolicies: boolean;
  /** Whether the quantities themselves may stand side by side. */
  readonly absolute: boolean;
  readonly margin: number;
  /** The run whose trials a source of this name rests on; undefined where they cannot be looked at. */
  readonly runOf: (source: string) => string | undefined;
}

/** One chart per workload, and the ways to see them. */
export function chartsMarkup({
  path,
  query,
  view,
  sources,
  hasPolicies,
  absolute,
  margin,
  runOf,
}: ChartsInput): Markup {
  const cells = sources.flatMap(({ analysis }) => analysis.cells);
  const workloads = [...new Set(cells.map(({ workload }) => workload))];
  const cpus = sources.some(({ analysis, cpusOf }) =>
    analysis.cells.some((cell) => cpusOf(cell) !== undefined),
  );
  const choices = viewChoices(view, { cpus, policies: hasPolicies, absolute }, (other) =>
    address(path, { ...query, ...viewQuery(other) }),
  );
  return html`<section class="plain">
<h2 id="charts">Level by level</h2>
${choicesMarkup(choices)}${workloads.map((workload) => workloadChart(workload, { view, sources, margin, runOf }))}<p class="notes">A small circle is one boot. Bars are 95% intervals; the dashed line is no change, the band around it the margin of equivalence. Where a level's throughput is given per CPU there is no verdict, as none was asked for.</p>
</section>
`;
}

function workloadChart(
  workload: string,
  { view, sources, margin, runOf }: Pick<ChartsInput, "view" | "sources" | "margin" | "runOf">,
): Markup {
  const several = sources.length > 1;
  const parts = sources.map((source) => ({ source, rows: chartRows(source, workload, view, several) }));
  const ownerOf = new Map(
    parts.flatMap(({ source, rows }) => rows.map((row) => [row, source.name] as const)),
  );
  const ratio = view.relative !== "none";
  const what = view.metric === "throughput" ? "throughput" : "mean response time";
  return chartMarkup({
    id: `chart-${anchor(workload)}`,
    title: workload,
    unit: ratio ? `${what}${perCpu(view)} as a ratio` : unitOf(view),
    better: view.metric === "throughput" ? "higher is better" : "lower is better",
    rows: parts.flatMap(({ rows }) => rows),
    ...(ratio ? { margin } : {}),
    hrefOf: (row, point) => {
      const run = runOf(ownerOf.get(row) ?? "");
      return run === undefined
        ? undefined
        : trialsAddress(run, { workload, level: row.level, boot: point?.boot });
    },
  });
}

function perCpu({ per, metric }: View): string {
  return per === "cpu" && metric === "throughput" ? " per CPU" : "";
}

function unitOf(view: View): string {
  return view.metric === "throughput" ? `transactions/s${perCpu(view)}` : "mean response time in ms";
}
