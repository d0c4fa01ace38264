import type { Report } from "../core/report/parts/report.ts";
import { compareReports } from "../core/report/several/compare.ts";
import { DEFAULT_MARGIN } from "../core/study/study.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { address, trialsLink } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsPart, reportSource } from "./charts.ts";
import { framed } from "./frame.ts";
import { type PagePart, reportPage } from "./report-sections.ts";
import type { View } from "./view.ts";

/** Beyond these nobody sees anything side by side. */
export const MOST_SUBJECTS = 8;

/** `5%` as 0.05; whatever is no such thing is as usual. */
export function readMargin(query: URLSearchParams): number {
  const value = Number(/^(\d+(?:\.\d+)?)%$/.exec(query.get("margin") ?? "")?.[1] ?? 0) / 100;
  return value > 0 && value < 1 ? value : DEFAULT_MARGIN;
}

export interface ComparePage {
  readonly reports: readonly Report[];
  readonly margin: number;
  readonly view: View;
  readonly formats: readonly string[];
}

/** Reports side by side, what may not be compared and why, and the address that shows it again. */
export async function comparePage(
  assets: Assets,
  { reports, margin, view, formats }: ComparePage,
): Promise<string> {
  const { report, changes } = compareReports(reports, margin);
  const names = reports.map(({ subject }) => subject.id);
  const query = { subject: names, ...(margin === DEFAULT_MARGIN ? {} : { margin: `${margin * 100}%` }) };
  const absolute = changes.length > 0 && changes.every(({ kind }) => kind === "absolute");
  const path = ["compare"];
  return reportPage(assets, {
    report,
    basis: "",
    path,
    query,
    title: report.title,
    place: "compare",
    header: html`<p class="kind">Compare</p>
<h1 class="names">${report.title}</h1>
<p class="subject">The others are compared with the first. <a href="${address(["compare"], query)}" rel="bookmark">Link to this comparison</a></p>
`,
    parts: [
      ...(report.notes.length === 0 ? [] : [refusedPart(report.notes)]),
      chartsPart({ path, query, view, sources: reports.map(reportSource), absolute, margin }),
    ],
    drawn: ["ratios"],
    link: trialsLink(),
    formats,
    last: formMarkup(names, []),
  });
}

function refusedPart(notes: readonly string[]): PagePart {
  const title = "Not compared, and why";
  return {
    id: "refused",
    title,
    body: html`<section class="plain">
<h2 id="refused">${title}</h2>
<ul class="refused">
${notes.map((note) => html`<li>${note}</li>\n`)}</ul>
</section>
`,
  };
}

/** Asks for what to compare: `chosen` stands there already, `offered` are names to pick from. */
export function compareFormPage(
  assets: Assets,
  chosen: readonly string[],
  offered: readonly string[],
): string {
  return framed(assets, {
    title: "Compare",
    place: "compare",
    header: html`<h1>Compare</h1>
<p class="lede">Any runs and published studies, side by side: what each level costs relative to its own L0 always, figures against figures only where the facts are the same.</p>
`,
    body: formMarkup(chosen, offered),
  });
}

function formMarkup(chosen: readonly string[], offered: readonly string[]): Markup {
  const fields = [...chosen, "", ""].slice(0, Math.max(3, chosen.length + 1));
  return html`<section class="plain">
<h2 id="choose">${chosen.length > 1 ? "Compare others" : "What to compare"}</h2>
<form class="filter" method="get" action="/compare">
${fields.map(
  (
    name,
    at,
  ) => html`<label class="wide">${at === 0 ? "The first" : `Against it, ${at}`}<input name="subject" value="${name}" list="subjects" maxlength="200" placeholder="a run or a published study"></label>
`,
)}<label>Margin<input name="margin" size="5" placeholder="2%" pattern="\\d+(\\.\\d+)?%"></label>
<button type="submit">Compare</button>
<datalist id="subjects">${offered.map((name) => html`<option value="${name}"></option>`)}</datalist>
</form>
</section>
`;
}
