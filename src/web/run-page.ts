import type { Report } from "../core/report.ts";
import { LABELS } from "../core/report.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { subjectText } from "../outputs/terminal.ts";
import { address, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { trialLinks } from "./cells.ts";
import { chartsMarkup, runSource } from "./charts.ts";
import { badge, downloadsMarkup, framed } from "./frame.ts";
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
  readonly formats: readonly string[];
}

/** The answer first, then what it rests on, down to each trial. */
export async function runPage(assets: Assets, page: RunPage): Promise<string> {
  const { made, view, others, running, formats } = page;
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
    header: html`<p class="kind">${hardwareBadge(report.hardware)} ${running ? html`<a href="${address([...path, "live"])}">${badge("running", "being measured now: look on")}</a>` : undefined}</p>
<h1>${report.title}</h1>
<p class="subject">${subjectText(subject)} · <time datetime="${subject.createdAt}">${subject.createdAt}</time></p>
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
        traced: () => true,
      }),
      ...sections,
    ],
    footer: downloadsMarkup(
      formats.map((format) => ({ text: format, href: address([...path, "download", format]) })),
    ),
  });
}

/** What follows, in sentences, beside what runs on what. */
function answersMarkup(report: Report, run: string): Markup {
  const { subject } = report;
  const levels = subject.kind === "run" ? subject.levels : [];
  const failed = report.analysis.failed.length;
  const doubted = report.analysis.cells.reduce((sum, cell) => sum + cell.doubted, 0);
  return html`<section class="plain">
<div class="two">
<div>
<h2 id="answers">Answers</h2>
${
  report.answers.length === 0
    ? html`<p>Nothing was measured yet.</p>`
    : html`<ul>
${report.answers.map(({ sentence, workload }) => html`<li>${sentence} <a href="${trialsAddress(run, { workload })}">its trials</a></li>\n`)}</ul>`
}
<p><a class="button" href="${trialsAddress(run)}">All trials</a>${failed > 0 ? html` <a class="button" href="${trialsAddress(run, { only: "failed" })}">${failed} failed</a>` : undefined}${doubted > 0 ? html` <a class="button" href="${trialsAddress(run, { only: "doubted" })}">${doubted} doubted</a>` : undefined} <a class="button" href="${address(["compare"], { subject: run })}">Compare</a></p>
</div>
<figure>
<figcaption>What runs on what</figcaption>
${stackPicture(runLayers(levels, report.hardware), LABELS[report.hardware] === undefined ? "What runs on what" : `What runs on what, ${report.hardware}`)}
</figure>
</div>
</section>
`;
}
