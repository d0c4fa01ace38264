import type { Analysis, Cell } from "../core/analysis/analysis.ts";
import { HEADLINE, METRICS } from "../core/base/metrics.ts";
import type { PublishedStudy } from "../core/published/published.ts";
import { rowsOf } from "../core/published/published-rows.ts";
import type { Report } from "../core/report/parts/report.ts";
import { cpusUsed } from "../core/report/run/result-section.ts";
import type { RunEvidence } from "../core/report/run/run-evidence.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { address, type Query, trialsAddress } from "./address.ts";
import { chartMarkup } from "./chart.ts";
import { type ChartSource, chartRows } from "./chart-rows.ts";
import { choicesMarkup } from "./frame.ts";
import type { PagePart } from "./report-sections.ts";
import { type View, viewChoices, viewQuery } from "./view.ts";

/** A report's figures; a run's lead to its trials. */
export function reportSource({ subject, analysis }: Pick<Report, "subject" | "analysis">): ChartSource {
  const { id: name } = subject;
  return subject.kind === "run"
    ? { name, run: name, analysis, cpusOf: (cell) => cpusUsed(subject, cell.workload, cell.level) }
    : { name, analysis, cpusOf: () => undefined };
}

/** One platform's of a group, judged among all of them. */
export function memberSource(group: Report, run: Pick<RunEvidence, "subject" | "analysis">): ChartSource {
  const { platform: name } = run.subject.study;
  const analysis = narrowed(group.analysis, ({ platform }) => platform === name);
  return { ...reportSource(run), name, analysis };
}

function narrowed(analysis: Analysis, own: (one: Pick<Cell, "platform" | "resources">) => boolean): Analysis {
  return {
    ...analysis,
    cells: analysis.cells.filter(own),
    comparisons: analysis.comparisons.filter(own),
  };
}

/** A published study's; under one of its policies, or all. */
export function publishedSource(study: PublishedStudy, report: Report, view: View): ChartSource {
  const rows = study.results === undefined ? [] : rowsOf(study.results);
  const [first] = policiesOf(report);
  return {
    name: study.name,
    analysis: narrowed(report.analysis, (one) => view.policies === "all" || one.resources === first),
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
  readonly query?: Query;
  readonly view: View;
  readonly sources: readonly ChartSource[];
  /** Whether other policies can be looked at too. */
  readonly hasPolicies?: boolean;
  /** Whether the quantities themselves may stand side by side. */
  readonly absolute: boolean;
  readonly margin: number;
}

/** One chart per workload, and the ways to see them. */
export function chartsPart(input: ChartsInput): PagePart {
  const { path, query, sources, hasPolicies = false, absolute, margin } = input;
  const { relative } = input.view;
  const view: View = { ...input.view, relative: relative === "none" && !absolute ? "L0" : relative };
  const cells = sources.flatMap(({ analysis }) => analysis.cells);
  const workloads = [...new Set(cells.map(({ workload }) => workload))];
  const cpus = sources.some(({ analysis, cpusOf }) =>
    analysis.cells.some((cell) => cpusOf(cell) !== undefined),
  );
  const choices = viewChoices(view, { cpus, policies: hasPolicies, absolute }, (other) =>
    address(path, { ...query, ...viewQuery(other) }),
  );
  const title = "Level by level";
  const body = html`<section class="plain">
<h2 id="charts">${title}</h2>
${choicesMarkup(choices)}${workloads.map((workload) => workloadChart(workload, { view, sources, margin }))}<p class="notes">A small circle is one boot. Bars are 95% intervals; the dashed line is no change, the band around it the margin of equivalence. Where a level's throughput is given per CPU there is no verdict, as none was asked for.</p>
</section>
`;
  return { id: "charts", title, body };
}

function workloadChart(
  workload: string,
  { view, sources, margin }: Pick<ChartsInput, "view" | "sources" | "margin">,
): Markup | undefined {
  const several = sources.length > 1;
  const rows = sources.flatMap((source) => chartRows(source, workload, view, several));
  if (rows.length === 0) return undefined;
  const ratio = view.relative !== "none";
  const { name, better } = METRICS[view.metric];
  return chartMarkup({
    id: `chart-${anchor(workload)}`,
    title: workload,
    unit: ratio ? `${name}${perCpu(view)} as a ratio` : unitOf(view),
    better: `${better} is better`,
    rows,
    ...(ratio ? { margin } : {}),
    hrefOf: ({ run, level }, point) =>
      run === undefined ? undefined : trialsAddress(run, { workload, level, boot: point?.boot }),
  });
}

function perCpu({ per, metric }: View): string {
  return per === "cpu" && metric === HEADLINE ? " per CPU" : "";
}

function unitOf(view: View): string {
  const { name, unit } = METRICS[view.metric];
  return view.metric === HEADLINE ? `${unit}${perCpu(view)}` : `${name} in ${unit}`;
}
