import type { Analysis, Comparison } from "../core/analysis/analysis.ts";
import { HEADLINE } from "../core/base/metrics.ts";
import { costText, ratioText } from "../core/document/figure-text.ts";
import { effectAnswers } from "../core/report/parts/effects-report.ts";
import type { Report } from "../core/report/parts/report.ts";
import { reasonText, toneOf } from "../core/stats/verdict.ts";
import { figureMarkup } from "../outputs/html/figure.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { subjectText } from "../outputs/terminal.ts";
import { address, groupAddress, trialsAddress, trialsLink } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsPart, reportSource } from "./charts.ts";
import { badge } from "./frame.ts";
import { laterFigure, reportPage } from "./report-sections.ts";
import type { MadeReport } from "./reports.ts";
import { hardwareBadge } from "./runs-page.ts";
import { runLayers, stackPicture } from "./stack-picture.ts";
import type { View } from "./view.ts";

export interface RunPage {
  readonly made: MadeReport;
  readonly view: View;
  /** The newest runs that measured the same under other resources policies. */
  readonly others: readonly Report[];
  /** Whether there are such, looked at or not. */
  readonly hasOthers: boolean;
  readonly running: boolean;
  /** The group that the run is one platform's of. */
  readonly group: string | undefined;
  readonly formats: readonly string[];
}

/** The answer first, then what it rests on, down to each trial. */
export async function runPage(assets: Assets, page: RunPage): Promise<string> {
  const { made, view, others, running, group, formats } = page;
  const { report } = made;
  const { subject } = report;
  if (subject.kind !== "run") throw new Error("a run's page is of a run");
  const path = runPath(subject.id);
  const { margin } = report.analysis;
  const sources = [report, ...others].map(reportSource);
  const header = html`<p class="kind">${hardwareBadge(report)} ${running ? html`<a href="${address([...path, "live"])}">${badge("running", "being measured now: look on")}</a>` : undefined}</p>
<h1>${report.title}</h1>
<p class="subject">${subjectText(subject)} · <time datetime="${subject.createdAt}">${subject.createdAt}</time>${group === undefined ? undefined : html` · <a href="${groupAddress(group)}">beside the study's other platforms</a>`}</p>
`;
  return reportPage(assets, {
    ...made,
    path,
    title: `${report.title}: ${subject.id}`,
    place: "runs",
    header,
    parts: [
      { id: "answers", title: "Answers", body: answersMarkup(made, subject.id) },
      chartsPart({ path, view, sources, hasPolicies: page.hasOthers, absolute: true, margin }),
    ],
    drawn: ["bars", "stacks"],
    link: trialsLink(subject.id),
    formats,
  });
}

function runPath(run: string): readonly string[] {
  return ["runs", run];
}

/** What follows, beside what runs on what. */
function answersMarkup({ report, basis }: MadeReport, run: string): Markup {
  const { subject, analysis, answers, hardware } = report;
  const levels = subject.kind === "run" ? subject.levels : [];
  const title = hardware === "real" ? "What runs on what" : `What runs on what, ${hardware}`;
  return html`<section class="plain">
<div class="two">
<div>
<h2 id="answers">Answers</h2>
${
  answers.length === 0
    ? html`<p>Nothing was measured yet.</p>`
    : html`<p class="lede headline">${report.overview?.headline}</p>
${report.overview && figureMarkup(laterFigure(report.overview.figure, runPath(run), basis), trialsLink(run))}${report.open === undefined ? undefined : html`<p>${report.open}</p>\n`}<p>${buttons(report, run)}</p>
${answerList(analysis, () => run)}`
}
${effectList(report)}
</div>
<figure>
<figcaption>What runs on what</figcaption>
${stackPicture(runLayers(levels, hardware), title)}
</figure>
</div>
</section>
`;
}

/** Per workload and condition a line for each level against one below it, which leads to the trials behind it. */
export function answerList(analysis: Analysis, runOf: (one: Comparison) => string | undefined): Markup {
  const own = analysis.comparisons.filter(({ metric }) => metric === HEADLINE);
  const policies = new Set(own.map(({ resources }) => resources)).size > 1;
  const platforms = new Set(own.map(({ platform }) => platform)).size > 1;
  const nameOf = ({ workload, platform, resources, condition }: Comparison) =>
    [
      workload,
      ...(platforms ? [platform] : []),
      ...(policies ? [resources] : []),
      ...(condition === undefined ? [] : [condition]),
    ].join(", ");
  const workloads = [...new Set(own.map(({ workload }) => workload))];
  const series = new Set(
    workloads.flatMap((name) => own.filter(({ workload }) => workload === name).map(nameOf)),
  );
  return html`<ul class="answers">
${[...series].map((name) => {
  const lines = own.filter((one) => nameOf(one) === name);
  return html`<li><strong>${name}</strong><ul>
${[...lines.filter(({ to }) => to === 0), ...lines.filter(({ to }) => to > 0)].map((one) => comparisonMarkup(one, runOf(one)))}</ul></li>
`;
})}</ul>
`;
}

function comparisonMarkup(one: Comparison, run: string | undefined): Markup {
  const { workload, level, to, estimate, verdict } = one;
  const text = `L${level} ${costText(estimate.ratio, to)}`;
  const shown =
    run === undefined
      ? html`${text}`
      : html`<a href="${trialsAddress(run, { workload, level })}">${text}</a>`;
  return html`<li>${shown} <small>ratio ${ratioText(estimate)}</small><span class="verdict ${toneOf(verdict.kind)}" title="${reasonText(verdict)}">${verdict.kind}</span></li>
`;
}

/** What another value of a factor does, where the run varies any. */
function effectList({ effects, analysis, label }: Report): Markup | undefined {
  if (effects === undefined) return undefined;
  return html`<ul>${effectAnswers(effects, analysis.margin, label).map(({ sentence }) => html`<li>${sentence}</li>\n`)}</ul>
`;
}

function buttons({ analysis }: Report, run: string): readonly Markup[] {
  const failed = analysis.failed.length;
  const doubted = analysis.cells.reduce((sum, cell) => sum + cell.doubted, 0);
  const button = (text: string, href: string) => html`<a class="button" href="${href}">${text}</a>\n`;
  return [
    button("All trials", trialsAddress(run)),
    ...(failed > 0 ? [button(`${failed} failed`, trialsAddress(run, { only: "failed" }))] : []),
    ...(doubted > 0 ? [button(`${doubted} doubted`, trialsAddress(run, { only: "doubted" }))] : []),
    button("Compare", address(["compare"], { subject: run })),
  ];
}
