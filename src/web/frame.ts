import { banner, titlePrefix } from "../outputs/html/banner.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { shortLabel } from "../outputs/visible-text.ts";
import { address, type Query } from "./address.ts";
import type { Assets } from "./assets.ts";

export type Place = "runs" | "live" | "compare" | "published" | "none";

export interface Frame {
  readonly title: string;
  readonly place: Place;
  /** Above everything, in the page's head. */
  readonly header: Markup;
  /** Must stand wherever figures of emulated or simulated hardware stand. */
  readonly label?: string | undefined;
  /** Sections of the page for its contents, by their anchors; without them the page has one column. */
  readonly contents?: readonly { readonly id: string; readonly title: string }[];
  readonly body: Markup | readonly Markup[];
  readonly footer?: Markup;
}

const PLACES: readonly (readonly [Place, string, string])[] = [
  ["runs", "/", "Runs"],
  ["live", "/live", "Live"],
  ["compare", "/compare", "Compare"],
  ["published", "/published", "Published studies"],
];

/** A whole page: head, way around, content, foot. Scripts and styles come from this server alone. */
export function framed(assets: Assets, frame: Frame): string {
  const { title, place, header, label, contents, body, footer } = frame;
  const main = html`<main id="content" tabindex="-1">
${body}</main>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titlePrefix(label)}${title} · dvirt</title>
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}" type="module"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="site"><div class="inside">
<nav aria-label="Site"><a class="mark" href="/"><img src="${assets.icon}" alt="" width="24" height="24">dvirt</a>
<ul>
${PLACES.map(([name, href, text]) => html`<li><a href="${href}"${name === place ? html` aria-current="page"` : undefined}>${text}</a></li>\n`)}</ul></nav>
</div></div>
<div class="body">
<header>
${banner(label)}${header}</header>
${
  contents === undefined
    ? main
    : html`<div class="columns">
<nav aria-label="Contents">
<ol>
${contents.map(({ id, title: text }) => html`<li><a href="#${id}">${text}</a></li>\n`)}</ol>
</nav>
${main}
</div>`
}
<footer>
${footer}<p>Read-only, from the store on this machine. ${label === undefined ? undefined : shortLabel(label)}</p>
</footer>
</div>
</body>
</html>
`.markup;
}

/** Links that choose one of several ways to see a page, without a script. */
export interface Choice {
  readonly name: string;
  readonly options: readonly { readonly text: string; readonly href: string; readonly chosen: boolean }[];
}

export function choicesMarkup(choices: readonly Choice[]): Markup {
  return html`<div class="choices">
${choices.map(
  ({ name, options }) => html`<p role="group" aria-label="${name}"><span aria-hidden="true">${name}</span>
${options.map(({ text, href, chosen }) => html`<a href="${href}"${chosen ? html` aria-current="true"` : undefined}>${text}</a>\n`)}</p>
`,
)}</div>
`;
}

/** One of some values, each with what stands for it; or any. */
export function selectMarkup(
  name: string,
  title: string,
  chosen: string | undefined,
  options: readonly (readonly [value: string, text: string])[],
): Markup {
  return html`<label>${title}<select name="${name}"><option value="">any</option>${options.map(
    ([value, text]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : undefined}>${text}</option>`,
  )}</select></label>
`;
}

/** Files of a page in every format that there is. */
export function downloadsMarkup(links: readonly { readonly text: string; readonly href: string }[]): Markup {
  return html`<p class="downloads"><span>Download:</span>
${links.map(({ text, href }) => html`<a href="${href}" download>${text}</a>\n`)}</p>
`;
}

/** A report's, which is at the path. */
export function reportDownloads(path: readonly string[], formats: readonly string[], query?: Query): Markup {
  return downloadsMarkup(
    formats.map((format) => ({ text: format, href: address([...path, "download", format], query) })),
  );
}

export function badge(kind: string, text: string): Markup {
  return html`<span class="badge ${kind}">${text}</span>`;
}
