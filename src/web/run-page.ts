import type { Analysis, Comparison } from "../core/analysis.ts";
import { effectAnswers } from "../core/effects-report.ts";
import { ratioText } from "../core/figure-text.ts";
import type { Report } from "../core/report.ts";
import { costText, levelCosts, summaryLine } from "../lab/summary.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { subjectText } from "../outputs/terminal.ts";
import { address, groupAddress, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { trialLinks } from "./cells.ts";
import { chartsMarkup, runSource } from "./charts.ts";
import { badge, framed, reportDownloads } from "./frame.ts";
import { contentsOf, sectionsMarkup, withoutFigures } from "./report-sections.ts";
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
  const { report, basis } = made;
  const { subject } = report;
  if (subject.kind !== "run") throw new Error("a run's page is of a run");
  const path = ["runs", subject.id];
  const rest = withoutFigures(
    report.sections.filter(({ id }) => id !== "answers"),
    ["bars", "stacks"],
  );
  const workloads = subject.study.workloads.map(({ name }) => name);
  const sections = await sectionsMarkup({
    sections: rest,
    label: report.label,
    path,
    basis,
    link: trialLinks(subject.id, workloads),
  });
  return framed(assets, {
    title: `${report.title}: ${subject.id}`,
    place: "runs",
    label: report.label,
    header: html`<p class="kind">${hardwareBadge(report)} ${running ? html`<a href="${address([...path, "live"])}">${badge("running", "being measured now: look on")}</a>` : undefined}</p>
<h1>${report.title}</h1>
<p class="subject">${subjectText(subject)} · <time datetime="${subject.createdAt}">${subject.createdAt}</time>${group === undefined ? undefined : html` · <a href="${groupAddress(group)}">beside the study's other platforms</a>`}</p>
`,
    contents: [
      { id: "answers", title: "Answers" },
      { id: "charts", title: "Level by level" },
      ...contentsOf(rest),
    ],
    body: [
      answersMarkup(report, subject.id),
      chartsMarkup({
        path,
        view,
        sources: [runSource(report), ...others.map(runSource)],
        hasPolicies: page.hasOthers,
        absolute: true,
        margin: report.analysis.margin,
        runOf: (name) => name,
      }),
      ...sections,
    ],
    footer: reportDownloads(path, formats),
  });
}

/** What follows, beside what runs on what. */
function answersMarkup(report: Report, run: string): Markup {
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
    : html`<p class="lede">${summaryLine(levelCosts(report))}.</p>
${answerList(analysis, () => run)}`
}
${effectList(report)}<p>${buttons(report, run)}</p>
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
  const own = analysis.comparisons.filter(({ metric }) => metric === "throughput");
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
  const text = `L${level} ${costText([estimate])} of L${to}'s throughput`;
  const shown =
    run === undefined
      ? html`${text}`
      : html`<a href="${trialsAddress(run, { workload, level })}">${text}</a>`;
  return html`<li>${shown} <small>ratio ${ratioText(estimate)}</small><span class="verdict ${verdict.kind}" title="${verdict.reason}">${verdict.kind}</span></li>
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
