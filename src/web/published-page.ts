import { auditSummary } from "../core/published/audit/sections.ts";
import type { PublishedStudy } from "../core/published/published.ts";
import { headlineOf } from "../core/report/parts/headline.ts";
import { auditReport } from "../core/report/published/published-report.ts";
import { levelCosts } from "../lab/summary.ts";
import { html } from "../outputs/html/markup.ts";
import { address } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsPart, policiesOf, publishedSource } from "./charts.ts";
import { badge, downloadsMarkup, framed } from "./frame.ts";
import { answersPart, contentsOf, reportPage, sectionsMarkup } from "./report-sections.ts";
import type { MadeReport } from "./reports.ts";
import { answerList } from "./run-page.ts";
import type { Shelf } from "./shelf.ts";
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
  const { report } = made;
  const path = ["published", study.name];
  const { cells, margin } = report.analysis;
  const sources = [publishedSource(study, report, view)];
  const hasPolicies = policiesOf(report).length > 1;
  const header = html`<p class="kind">${badge("published", "published")}</p>
<h1>${study.title}</h1>
<p class="subject">${study.citation}</p>
${
  study.results === undefined
    ? undefined
    : html`<p><a class="button" href="${address([...path, "audit"])}">Audit: what of it holds</a> <a class="button" href="${address(["compare"], { subject: study.name })}">Compare</a></p>
`
}`;
  const answers = html`<p class="lede">${headlineOf(levelCosts(report))}</p>
${answerList(report.analysis, () => undefined)}`;
  const parts = [
    answersPart(answers),
    chartsPart({ path, view, sources, hasPolicies, absolute: true, margin }),
  ];
  return reportPage(assets, {
    ...made,
    path,
    title: study.title,
    place: "published",
    header,
    parts: cells.length === 0 ? [] : parts,
    drawn: ["ratios"],
    formats,
  });
}

/** The study's tables with every figure marked that does not follow from the others; undefined where it has none. */
export async function auditPage(
  assets: Assets,
  { study, made, formats }: Omit<PublishedPage, "view">,
): Promise<string | undefined> {
  const audited = auditReport(study);
  if (audited === undefined) return undefined;
  const { audit, sections } = audited;
  const path = ["published", study.name];
  return framed(assets, {
    title: `Audit of ${study.title}`,
    place: "published",
    header: html`<p class="kind">${badge("published", "audit")}</p>
<h1>What holds, and what does not</h1>
<p class="subject"><a href="${address(path)}">${study.title}</a> · ${study.citation}</p>
<p class="lede">${auditSummary(audit)} Printed figures are shown as they are; those that do not follow from the others are marked, with what follows beside them.</p>
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

export function publishedListPage({ assets, references }: Pick<Shelf, "assets" | "references">): string {
  return framed(assets, {
    title: "Published studies",
    place: "published",
    header: html`<h1>Published studies</h1>
<p class="lede">As printed, with what follows from what is printed. Nothing is corrected.</p>
`,
    body: html`<section class="plain">
<ol class="runs">
${references.map(
  (
    study,
  ) => html`<li><span></span><div><p class="what"><a href="${address(["published", study.name])}">${study.title}</a></p><p class="facts"><code>${study.name}</code><br>${study.authors.join(", ")} · ${study.year}</p></div><p class="facts">${study.citation}</p><div class="marks">${study.results === undefined ? undefined : html`<a class="button" href="${address(["published", study.name, "audit"])}">Audit</a>`}</div></li>
`,
)}</ol>
</section>
`,
  });
}
