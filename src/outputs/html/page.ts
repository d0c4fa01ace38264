import { groundText } from "../../core/base/timing.ts";
import type { Report } from "../../core/report/parts/report.ts";
import { subjectText } from "../terminal.ts";
import { shortLabel } from "../visible-text.ts";
import { banner, titlePrefix } from "./banner.ts";
import { anchor, html, type Markup, made } from "./markup.ts";
import { sectionMarkup } from "./section.ts";
import { STYLE } from "./style.ts";

/**
 * One file with everything in it: the page asks for nothing, runs nothing, and its policy forbids what it does
 * not do. WCAG 2.2 AA is what it is held to.
 */
export async function pageText(report: Report): Promise<string> {
  const { title, label, sections } = report;
  const shown = await Promise.all(sections.map((section) => sectionMarkup(section, label)));
  const policy = `default-src 'none'; style-src 'sha256-${await sha256(STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="dvirt">
<title>${titlePrefix(label)}${title}</title>
<link rel="icon" href="data:,">
<style>${made(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="sheet">
${runningHead(label)}<div class="body">
<header>
${banner(label)}<p class="kind">dvirt · ${groundText(report)}</p>
<h1>${title}</h1>
<p class="subject">${subjectText(report.subject)}${"createdAt" in report.subject ? html` · <time datetime="${report.subject.createdAt}">${report.subject.createdAt}</time>` : undefined}</p>
</header>
<div class="columns">
<nav aria-label="Contents">
<ol>
${sections.map((section) => html`<li><a href="#${anchor(section.id)}">${section.title}</a></li>\n`)}</ol>
</nav>
<main id="content" tabindex="-1">
${shown}</main>
</div>
<footer>
<p>Made by dvirt from its stored observations; the same observations give the same page.</p>
</footer>
</div>
</div>
</body>
</html>
`;
  return page.markup;
}

/** On paper it stands on every sheet; on the screen the banner says it. */
function runningHead(label: string | undefined): Markup | undefined {
  return label === undefined
    ? undefined
    : html`<div class="running-head" aria-hidden="true"><p>${shortLabel(label)}</p></div>
`;
}

/** As a policy names a style that may be there: base64. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
