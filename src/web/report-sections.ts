import type { Section } from "../core/document.ts";
import type { Figure } from "../core/figure.ts";
import type { DrawnFigure } from "../outputs/html/figure.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { sectionMarkup } from "../outputs/html/section.ts";
import type { CellLink } from "../outputs/html/table.ts";
import { address } from "./address.ts";

export interface SectionsInput {
  readonly sections: readonly Section[];
  readonly label: string | undefined;
  /** Where the subject's files are, such as `["runs", ID]`. */
  readonly path: readonly string[];
  /** Names the evidence, so that a browser may keep a picture as long as it is of the same. */
  readonly basis: string;
  readonly link?: CellLink;
}

/** A report's sections as the one-file report has them, but that pictures come when they are scrolled to. */
export async function sectionsMarkup({
  sections,
  label,
  path,
  basis,
  link,
}: SectionsInput): Promise<readonly Markup[]> {
  const draw = (figure: Figure): DrawnFigure => {
    const file = (extension: string) =>
      address([...path, "figures", `${figure.id}.${extension}`], { of: basis });
    return {
      figure,
      pictures: [html`<div class="late"><img loading="lazy" src="${file("svg")}" alt=""></div>`],
      specification: file("vl.json"),
    };
  };
  return Promise.all(
    sections.map((section) =>
      sectionMarkup(section, label, { draw, ...(link === undefined ? {} : { link }) }),
    ),
  );
}

/** Without pictures of these kinds: the page has its own. */
export function withoutFigures(
  sections: readonly Section[],
  kinds: readonly Figure["kind"][],
): readonly Section[] {
  return sections
    .map((section) => ({
      ...section,
      blocks: section.blocks.filter((block) => block.kind !== "figure" || !kinds.includes(block.figure.kind)),
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

export function contentsOf(
  sections: readonly Section[],
): readonly { readonly id: string; readonly title: string }[] {
  return sections.map(({ id, title }) => ({ id: anchor(id), title }));
}
