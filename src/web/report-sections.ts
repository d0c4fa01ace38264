import { optional } from "../core/base/optional.ts";
import type { Section } from "../core/document/document.ts";
import type { Figure } from "../core/document/figure.ts";
import type { Report } from "../core/report/parts/report.ts";
import type { DrawnFigure } from "../outputs/html/figure.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { sectionMarkup } from "../outputs/html/section.ts";
import type { TrialsLink } from "../outputs/html/table.ts";
import { address, type Query } from "./address.ts";
import type { Assets } from "./assets.ts";
import { type Frame, framed, reportDownloads } from "./frame.ts";

/** A part of a page that stands before a report's sections. */
export interface PagePart {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

export interface ReportPage
  extends Pick<Frame, "title" | "place" | "header">,
    Omit<SectionsInput, "sections" | "label"> {
  readonly report: Report;
  readonly query?: Query;
  readonly parts: readonly PagePart[];
  /** Kinds of the report's figures that the page's parts draw in their own way. */
  readonly drawn: readonly Figure["kind"][];
  readonly formats: readonly string[];
  /** What stands below the sections. */
  readonly last?: Markup;
}

/** What a page says of a report itself, then the report's own sections, and its files. */
export async function reportPage(assets: Assets, page: ReportPage): Promise<string> {
  const { report, path, parts, drawn, formats, query, last } = page;
  const { label } = report;
  const rest = shownSections(report.sections, drawn);
  const sections = await sectionsMarkup({ ...page, sections: rest, label });
  return framed(assets, {
    ...page,
    label,
    contents: [...parts, ...contentsOf(rest)],
    body: [...parts.map(({ body }) => body), ...sections, ...(last === undefined ? [] : [last])],
    footer: reportDownloads(path, formats, query),
  });
}

export function answersPart(body: Markup): PagePart {
  const title = "Answers";
  return {
    id: "answers",
    title,
    body: html`<section class="plain">
<h2 id="answers">${title}</h2>
${body}</section>
`,
  };
}

export interface SectionsInput {
  readonly sections: readonly Section[];
  readonly label: string | undefined;
  /** Where the subject's files are, such as `["runs", ID]`. */
  readonly path: readonly string[];
  /** Names the evidence, so that a browser may keep a picture as long as it is of the same. */
  readonly basis: string;
  readonly link?: TrialsLink;
}

/** A report's sections as the one-file report has them, but that pictures come when they are scrolled to. */
export async function sectionsMarkup({
  sections,
  label,
  path,
  basis,
  link,
}: SectionsInput): Promise<readonly Markup[]> {
  const draw = (figure: Figure) => laterFigure(figure, path, basis);
  return Promise.all(
    sections.map((section) => sectionMarkup(section, label, { draw, ...optional({ link }) })),
  );
}

/** A figure whose picture comes when it is scrolled to. */
export function laterFigure(figure: Figure, path: readonly string[], basis: string): DrawnFigure {
  const file = (extension: string) =>
    address([...path, "figures", `${figure.id}.${extension}`], { of: basis });
  return {
    figure,
    pictures: [html`<div class="late"><img loading="lazy" src="${file("svg")}" alt=""></div>`],
    specification: file("vl.json"),
  };
}

/** The sections that a page shows as they are, without pictures of the kinds that it draws itself. */
function shownSections(sections: readonly Section[], kinds: readonly Figure["kind"][]): readonly Section[] {
  return sections
    .filter(({ pages }) => pages !== "own")
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
