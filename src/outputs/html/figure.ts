import type { Figure } from "../../core/document/figure.ts";
import { figureData } from "../figure-data.ts";
import { svgOf } from "../svg.ts";
import { figureSpec } from "../vega.ts";
import { THEMES } from "../vega-theme.ts";
import { PAGE_THEME } from "./colours.ts";
import { anchor, html, type Markup, made } from "./markup.ts";
import { type TrialsLink, tableMarkup } from "./table.ts";

/** The rest is in the specification, and a page must stay readable. */
const MOST_DATA_ROWS = 120;

/** A figure with its picture drawn, ready for a page. */
export interface DrawnFigure {
  readonly figure: Figure;
  /** One for each panel, so that they can stand below each other where the page is narrow. */
  readonly pictures: readonly Markup[];
  /** The address of its Vega-Lite specification. */
  readonly specification: string;
}

/** With its pictures and its specification in the page itself. */
export async function drawnFigure(figure: Figure): Promise<DrawnFigure> {
  const pictures = await Promise.all(
    panels(figure).map((panel) => svgOf(figureSpec(panel, PAGE_THEME, "outside"))),
  );
  const specification = base64(JSON.stringify(figureSpec(figure, THEMES.light, "inside")));
  return {
    figure,
    pictures: pictures.map(made),
    specification: `data:application/json;base64,${specification}`,
  };
}

function panels(figure: Figure): readonly Figure[] {
  switch (figure.kind) {
    case "bars":
      return figure.panels.map((panel) => ({ ...figure, panels: [panel] }));
    case "curves":
      return figure.panels.map((panel) => ({ ...figure, panels: [panel] }));
    default:
      return [figure];
  }
}

/** `link`: where the figures that it draws lead, in the table of them. */
export function figureMarkup({ figure, pictures, specification }: DrawnFigure, link?: TrialsLink): Markup {
  const id = `figure-${anchor(figure.id)}`;
  return html`<figure id="${id}" class="${figure.kind}">
<figcaption id="${id}-title">${figure.title}</figcaption>
${scrolling(
  figure,
  html`<div class="pictures" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text">
${pictures}
</div>`,
)}
<details>
<summary>In words and figures</summary>
<p id="${id}-text">${figure.alt}</p>
${dataMarkup(figure, link)}<p><a download="${anchor(figure.id)}.vl.json" href="${specification}">Vega-Lite specification</a>, to draw it again or otherwise.</p>
</details>
</figure>
`;
}

/** The wide kinds scroll on a narrow page, rather than get too small to read. */
function scrolling(figure: Figure, pictures: Markup): Markup {
  if (figure.kind === "bars" || figure.kind === "ratios") return pictures;
  return html`<div class="scroll" role="group" aria-label="Picture: ${figure.title}" tabindex="0">${pictures}</div>`;
}

function dataMarkup(figure: Figure, link: TrialsLink | undefined): Markup {
  const data = figureData(figure);
  const more = data.rows.length - MOST_DATA_ROWS;
  return tableMarkup(
    {
      ...data,
      rows: data.rows.slice(0, MOST_DATA_ROWS),
      footnotes:
        more > 0 ? [...data.footnotes, `${more} more rows are in the specification.`] : data.footnotes,
    },
    figure.label,
    link,
  );
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
