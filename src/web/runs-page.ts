import { optional } from "../core/base/optional.ts";
import { groundText } from "../core/base/timing.ts";
import type { PublishedStudy } from "../core/published/published.ts";
import type { LevelCost } from "../core/report/parts/headline.ts";
import type { Report } from "../core/report/parts/report.ts";
import { toneOf } from "../core/stats/verdict.ts";
import type { Page, RunFilter, RunLine } from "../lab/library.ts";
import type { Hardware } from "../lab/ports.ts";
import { costsByLevel, costText, levelCosts } from "../lab/summary.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { address, groupAddress, runAddress, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { badge, downloadsMarkup, framed, selectMarkup } from "./frame.ts";
import type { MadeReport } from "./reports.ts";

export const PAGE_LINES = 50;
const MOST_WORDS = 8;
const STATES = [
  ["complete", "complete"],
  ["open", "not complete"],
] as const;
const HARDWARE: readonly Hardware[] = ["real", "emulated", "simulated"];

/** The filter in the address; unknown values are ignored. */
export function readFilter(query: URLSearchParams): RunFilter {
  const one = <Word extends string>(name: string, words: readonly Word[]): Word | undefined =>
    words.find((word) => word === query.get(name));
  return {
    words: (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS),
    ...optional({
      platform: query.get("platform") || undefined,
      hardware: one("hardware", HARDWARE),
      state: one("state", ["complete", "open"]),
      doubts: one("doubts", ["some", "none"]),
    }),
  };
}

export function readPage(query: URLSearchParams): Page {
  const number = /^\d{1,6}$/.test(query.get("page") ?? "") ? Number(query.get("page")) : 1;
  return { from: (Math.max(1, number) - 1) * PAGE_LINES, count: PAGE_LINES };
}

export interface RunList {
  readonly filter: RunFilter;
  readonly page: Page;
  readonly lines: readonly RunLine[];
  readonly total: number;
  readonly running: ReadonlySet<string>;
  readonly platforms: readonly string[];
  readonly published: readonly { readonly study: PublishedStudy; readonly made: MadeReport }[];
}

export function runsPage(assets: Assets, list: RunList): string {
  const { filter, lines, total } = list;
  const shown = list.page.from === 0 ? list.published : [];
  return framed(assets, {
    title: "Runs",
    place: "runs",
    header: html`<h1>What each layer of virtualization costs</h1>
<p class="lede">Every run in this machine's store, newest first, with its answer in a line; below, the published studies. Choose any of them to see them side by side.</p>
`,
    body: html`<section class="plain">
<h2 id="runs">Runs</h2>
${filterMarkup(list)}<form action="/compare" method="get">
${
  total === 0
    ? html`<p>${hasFilter(filter) ? "No run is like this." : "No run yet: dvirt run makes one."}</p>\n`
    : html`<ol class="runs">
${lines.map((line) => lineMarkup(line, list.running))}</ol>
`
}${pagesMarkup(list)}<p class="pages"><button type="submit">Compare the chosen</button></p>
${
  shown.length === 0
    ? undefined
    : html`<h2 id="published">Published studies</h2>
<ol class="runs">
${shown.map(({ study, made }) => publishedMarkup(study, made))}</ol>
`
}</form>
${downloadsMarkup(["csv", "json"].map((format) => ({ text: format.toUpperCase(), href: address(["download", format], filterQuery(filter)) })))}</section>
`,
  });
}

function hasFilter(filter: RunFilter): boolean {
  return Object.values(filterQuery(filter)).some((value) => value !== undefined);
}

function filterQuery(filter: RunFilter): Readonly<Record<string, string | undefined>> {
  const { words, platform, hardware, state, doubts } = filter;
  return { q: words.length === 0 ? undefined : words.join(" "), platform, hardware, state, doubts };
}

function filterMarkup({ filter, platforms }: RunList): Markup {
  const same = (values: readonly string[]) => values.map((value) => [value, value] as const);
  return html`<form class="filter" action="/" method="get" role="search">
<label class="wide">Search<input type="search" name="q" value="${filter.words.join(" ")}" maxlength="200" placeholder="a study, a workload, a date, an answer"></label>
${selectMarkup("platform", "Platform", filter.platform, same(platforms))}${selectMarkup("hardware", "Hardware", filter.hardware, same(HARDWARE))}${selectMarkup("state", "State", filter.state, STATES)}${selectMarkup("doubts", "Doubts", filter.doubts, same(["none", "some"]))}<button type="submit">Show</button>${hasFilter(filter) ? html` <a class="button" href="/">All</a>` : undefined}
</form>
`;
}

function lineMarkup(line: RunLine, running: ReadonlySet<string>): Markup {
  const { id, title, platform, policy, createdAt, group, summary } = line;
  const live = running.has(id);
  return html`<li>${chooserMarkup(id)}
<div><p class="what"><a href="${runAddress(id)}">${title}</a></p>
<p class="facts"><code>${id}</code><br>${platform}${group === undefined ? undefined : html` (<a href="${groupAddress(group)}">beside others</a>)`} · ${policy} · <time datetime="${createdAt}">${createdAt.slice(0, 16).replace("T", " ")}</time></p></div>
${summary === undefined ? html`<p class="facts">its answer is being worked out</p>` : costsMarkup(summary.costs, (level) => trialsAddress(id, { level }))}
<div class="marks">${hardwareBadge(line)}${live ? html`<a href="${address(["runs", id, "live"])}">${badge("running", "running")}</a>` : undefined}${
    summary === undefined
      ? undefined
      : html`${summary.state === "open" && !live ? badge("open", `${summary.settled} of ${summary.planned} trials`) : undefined}${countBadge(summary.doubted, "doubted")}${countBadge(summary.failed, "failed")}`
  }</div>
</li>
`;
}

function publishedMarkup(study: PublishedStudy, { report }: MadeReport): Markup {
  const costs = levelCosts(report);
  return html`<li>${chooserMarkup(study.name)}
<div><p class="what"><a href="${address(["published", study.name])}">${study.title}</a></p>
<p class="facts"><code>${study.name}</code><br>${study.authors.join(", ")} · ${study.year}</p></div>
${costs.length === 0 ? html`<p class="facts">${study.quoted.length} figures that it states</p>` : costsMarkup(costs, () => undefined)}
<div class="marks">${badge("published", "published")}${study.results === undefined ? undefined : html`<a href="${address(["published", study.name, "audit"])}">audit</a>`}</div>
</li>
`;
}

function chooserMarkup(name: string): Markup {
  return html`<input type="checkbox" name="subject" value="${name}" aria-label="compare ${name}">`;
}

export function hardwareBadge(ground: Pick<Report, "hardware" | "timing">): Markup {
  return badge(ground.hardware, ground.hardware === "simulated" ? "simulated" : groundText(ground));
}

function countBadge(count: number, what: string): Markup | undefined {
  return count === 0 ? undefined : badge("doubt-badge", `${count} ${what}`);
}

/** Per level of what it costs a sentence, and a dot for each workload between nothing and all of L0's throughput. */
function costsMarkup(costs: readonly LevelCost[], hrefOf: (level: number) => string | undefined): Markup {
  if (costs.length === 0) return html`<p class="facts">nothing to compare yet</p>`;
  return html`<ul class="costs">
${costsByLevel(costs).map(([level, own]) => {
  const text = `L${level} ${costText(own)}`;
  const href = hrefOf(level);
  const unsure = own.every(({ verdict }) => verdict === "inconclusive");
  return html`<li>${stripMarkup(own)}<span>${href === undefined ? text : html`<a href="${href}">${text}</a>`}${unsure ? html` <small>(inconclusive)</small>` : undefined}</span></li>
`;
})}</ul>`;
}

function stripMarkup(costs: readonly LevelCost[]): Markup {
  const x = (ratio: number) => Number((6 + Math.min(Math.max(1 - ratio, 0), 1) * 108).toFixed(1));
  return html`<svg class="strip" viewBox="0 0 120 14" width="120" height="14" aria-hidden="true" focusable="false"><line x1="6" x2="114" y1="7" y2="7"/>${costs.map(
    ({ workload, ratio, verdict }) =>
      html`<circle class="dot ${toneOf(verdict)}" cx="${x(ratio)}" cy="7" r="4.5"><title>${workload}</title></circle>`,
  )}</svg>`;
}

function pagesMarkup({ filter, page, total, lines }: RunList): Markup | undefined {
  if (total === 0) return undefined;
  const number = page.from / page.count + 1;
  const to = (wanted: number, text: string) =>
    html`<a class="button" href="${address([], { ...filterQuery(filter), page: wanted === 1 ? undefined : wanted })}">${text}</a>\n`;
  return html`<p class="pages"><span>${page.from + 1} to ${page.from + lines.length} of ${total}</span>
${number > 1 ? to(number - 1, "Newer") : undefined}${page.from + page.count < total ? to(number + 1, "Older") : undefined}</p>
`;
}
