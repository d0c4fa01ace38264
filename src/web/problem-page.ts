import type { Problem } from "../core/base/problem.ts";
import { html } from "../outputs/html/markup.ts";
import type { Assets } from "./assets.ts";
import { htmlResponse, type PageResponse } from "./exchange.ts";
import { framed } from "./frame.ts";

/** What went wrong, where, and what to try: as on the command line. */
export function problemPage(assets: Assets, status: number, problems: readonly Problem[]): PageResponse {
  return htmlResponse(
    status,
    framed(assets, {
      title: "Not here",
      place: "none",
      header: html`<h1>Not here</h1>
`,
      body: html`<ul class="refused">
${problems.map(({ at, what, hint }) => html`<li>${at === undefined ? undefined : html`<code>${at}</code>: `}${what}${hint === undefined ? undefined : html`<br>Try: ${hint}`}</li>\n`)}</ul>
<p><a class="button" href="/">All runs</a></p>
`,
    }),
  );
}
