import type { Block, Section } from "../../core/document/document.ts";
import type { Figure } from "../../core/document/figure.ts";
import { type DrawnFigure, drawnFigure, figureMarkup } from "./figure.ts";
import { anchor, html, type Markup } from "./markup.ts";
import { type TrialsLink, tableMarkup } from "./table.ts";

/** What a page may do in its own way. */
export interface Dressing {
  readonly link?: TrialsLink;
  /** A figure ready for the page. */
  readonly draw: (figure: Figure) => DrawnFigure | Promise<DrawnFigure>;
}

/** A section of a page; the label stands with each of its tables and figures. */
export async function sectionMarkup(
  section: Section,
  label: string | undefined,
  { draw, link }: Dressing = { draw: drawnFigure },
): Promise<Markup> {
  const figures = section.blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : []));
  const drawn = await Promise.all(figures.map(draw));
  const id = anchor(section.id);
  return html`<section class="section-${id}">
<h2 id="${id}">${section.title}</h2>
${section.blocks.map((block) => blockMarkup(block, label, drawn, link))}</section>
`;
}

function blockMarkup(
  block: Block,
  label: string | undefined,
  drawn: readonly DrawnFigure[],
  link: TrialsLink | undefined,
): Markup | readonly Markup[] {
  switch (block.kind) {
    case "paragraph":
      return html`<p>${block.text}</p>
`;
    case "items":
      return html`<ul>
${block.items.map((item) => html`<li>${item}</li>\n`)}</ul>
`;
    case "table":
      return tableMarkup(block.table, label, link);
    case "figure":
      return drawn.filter(({ figure }) => figure === block.figure).map((one) => figureMarkup(one, link));
    case "listing":
      return html`<div class="listing">
<p class="caption">${block.title}</p>
<pre class="scroll" role="group" aria-label="${block.title}" tabindex="0"><code>${block.text}</code></pre>
</div>
`;
  }
}
