import { audit, referenceSubject } from "../core/audit/audit.ts";
import { auditSections, auditSummary } from "../core/audit/sections.ts";
import type { PublishedStudy } from "../core/published.ts";
import { levelCosts, summaryLine } from "../lab/summary.ts";
import { html } from "../outputs/html/markup.ts";
import { address } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsMarkup, policiesOf, publishedSource } from "./charts.ts";
import { badge, downloadsMarkup, framed, reportDownloads } from "./frame.ts";
import { contentsOf, sectionsMarkup, withoutFigures } from "./report-sections.ts";
import type { MadeReport } from "./reports.ts";
import { answerList } from "./run-page.ts";
import type { View } from "./view.ts";

export interface PublishedPage {
  readonly study: PublishedStudy;
  readonly made: MadeReport;
  readonly view: View;
  readonly formats: readonly string[];
}

/** A published study: its answers, its tables as printed with what follows from them, its figures drawn again. */
export async function publishedPage(
  assets: Assets,
  { study, made, view, formats }: PublishedPage,
): Promise<string> {
  const { report, basis } = made;
  const path = ["published", study.name];
  const hasCharts = report.analysis.cells.length > 0;
  const rest = withoutFigures(
    report.sections.filter(({ id }) => id !== "answers" && !id.startsWith("audit")),
    ["ratios"],
  );
  return framed(assets, {
    title: study.title,
    place: "published",
    header: html`<p class="kind">${badge("published", "published")}</p>
<h1>${study.title}</h1>
<p class="subject">${study.citation}</p>
${
  study.results === undefined
    ? undefined
    : html`<p><a class="button" href="${address([...path, "audit"])}">Audit: what of it holds</a> <a class="button" href="${address(["compare"], { subject: study.name })}">Compare</a></p>
`
}`,
    contents: [
      ...(hasCharts
        ? [
            { id: "answers", title: "Answers" },
            { id: "charts", title: "Level by level" },
          ]
        : []),
      ...contentsOf(rest),
    ],
    body: [
      ...(hasCharts
        ? [
            html`<section class="plain">
<h2 id="answers">Answers</h2>
<p class="lede">${summaryLine(levelCosts(report))}.</p>
${answerList(report.analysis, () => undefined)}</section>
`,
            chartsMarkup({
              path,
              view,
              sources: [publishedSource(study, report, view)],
              hasPolicies: policiesOf(report).length > 1,
              absolute: true,
              margin: report.analysis.margin,
              runOf: () => undefined,
            }),
          ]
        : []),
      ...(await sectionsMarkup({ sections: rest, label: report.label, path, basis })),
    ],
    footer: reportDownloads(path, formats),
  });
}

/** The study's tables with every figure marked that does not follow from the others; undefined where it has none. */
export async function auditPage(
  assets: Assets,
  { study, made, formats }: Omit<PublishedPage, "view">,
): Promise<string | undefined> {
  const subject = referenceSubject(study);
  if (subject === undefined) return undefined;
  const done = audit(subject);
  const path = ["published", study.name];
  const printed = withoutFigures(
    made.report.sections.filter(({ id }) => id === "results"),
    ["bars", "ratios", "stacks"],
  );
  const [findings = [], others = []] = [auditSections(done).slice(0, 1), auditSections(done).slice(1)];
  const sections = [...findings, ...printed, ...others];
  return framed(assets, {
    title: `Audit of ${study.title}`,
    place: "published",
    header: html`<p class="kind">${badge("published", "audit")}</p>
<h1>What of it holds</h1>
<p class="subject"><a href="${address(path)}">${study.title}</a> · ${study.citation}</p>
<p class="lede">${auditSummary(done)} Printed figures are shown as they are; those that do not follow from the others are marked, with what follows beside them.</p>
`,
    contents: contentsOf(sections),
    body: html`<div class="audit">
${await sectionsMarkup({ sections, label: undefined, path, basis: made.basis })}</div>
`,
    footer: downloadsMarkup([
      { text: "audit as JSON", href: address([...path, "audit.json"]) },
      ...formats.map((format) => ({ text: format, href: address([...path, "download", format]) })),
    ]),
  });
}

export interface PublishedList {
  readonly studies: readonly PublishedStudy[];
}

export function publishedListPage(assets: Assets, { studies }: PublishedList): string {
  return framed(assets, {
    title: "Published studies",
    place: "published",
    header: html`<h1>Published studies</h1>
<p class="lede">As printed, with what follows from what is printed. Nothing is corrected.</p>
`,
    body: html`<section class="plain">
<ol class="runs">
${studies.map(
  (
    study,
  ) => html`<li><span></span><div><p class="what"><a href="${address(["published", study.name])}">${study.title}</a></p><p class="facts"><code>${study.name}</code><br>${study.authors.join(", ")} · ${study.year}</p></div><p class="facts">${study.citation}</p><div class="marks">${study.results === undefined ? undefined : html`<a class="button" href="${address(["published", study.name, "audit"])}">Audit</a>`}</div></li>
`,
)}</ol>
</section>
`,
  });
}
