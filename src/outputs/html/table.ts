import { type Column, type Table, trialsBehind } from "../../core/document/document.ts";
import type { Of } from "../../core/document/of.ts";
import { type MarkedCell, markedTable, type TableNote } from "../table-notes.ts";
import { shortLabel } from "../visible-text.ts";
import { anchor, html, type Markup } from "./markup.ts";

/** Where a figure leads that rests on these trials; undefined for nowhere. */
export type TrialsLink = (of: Of) => string | undefined;

/** A table in a region of its own, which scrolls where it is wider than the page, with its notes below. */
export function tableMarkup(table: Table, label: string | undefined, link?: TrialsLink): Markup {
  // A figure of the same name may stand beside it.
  const id = `table-${anchor(table.id)}`;
  const { rows, notes } = markedTable(table);
  const described = notes.length === 0 ? undefined : html` aria-describedby="${id}-notes"`;
  return html`<div class="table" id="${id}">
<div class="scroll" role="group" aria-labelledby="${id}-caption" tabindex="0">
<table${described}>
<caption id="${id}-caption"><span>${table.title}${label === undefined ? undefined : html` <b class="label">${shortLabel(label)}</b>`}</span></caption>
${headMarkup(table.columns)}
<tbody>
${rows.map((row, at) => rowMarkup(row, shapes(table.columns, rows), (column) => hrefOf(table, at, column, link)))}</tbody>
</table>
</div>
${notesMarkup(id, notes)}</div>
`;
}

function hrefOf(table: Table, at: number, column: number, link: TrialsLink | undefined): string | undefined {
  const row = table.rows[at];
  const of = row && trialsBehind(table, row, column);
  return of && link?.(of);
}

function headMarkup(columns: readonly Column[]): Markup {
  if (columns.every(({ group }) => group === undefined)) {
    return html`<thead><tr>${columns.map((column) => titleMarkup(column))}</tr></thead>`;
  }
  const runs = columnRuns(columns);
  return html`${runs.map(({ columns: own }) => html`<colgroup span="${own.length}"></colgroup>`)}
<thead><tr>${runs.map(({ group, columns: own }) =>
    group === undefined
      ? own.map((column) => titleMarkup(column, 2))
      : html`<th scope="colgroup" colspan="${own.length}" class="group">${group}</th>`,
  )}</tr>
<tr>${columns.filter(({ group }) => group !== undefined).map((column) => titleMarkup(column))}</tr></thead>`;
}

function titleMarkup({ title, align }: Column, rows = 1): Markup {
  const span = rows === 1 ? undefined : html` rowspan="${rows}"`;
  // An empty heading would be read out as one.
  return title === "" ? html`<td${span}></td>` : html`<th scope="col" class="${align}"${span}>${title}</th>`;
}

/** Neighbouring columns of one group together. */
function columnRuns(columns: readonly Column[]) {
  const runs: { group: string | undefined; columns: Column[] }[] = [];
  for (const column of columns) {
    const last = runs.at(-1);
    if (last !== undefined && last.group === column.group) last.columns.push(column);
    else runs.push({ group: column.group, columns: [column] });
  }
  return runs;
}

/** Columns of names stay on one line; columns of sentences are broken. */
function shapes(columns: readonly Column[], rows: readonly (readonly MarkedCell[])[]) {
  return columns.map(({ align }, index) => {
    const longest = Math.max(0, ...rows.map((row) => row[index]?.text.length ?? 0));
    return align === "start" && longest <= NAME_CHARACTERS ? "start name" : align;
  });
}

const NAME_CHARACTERS = 22;

function rowMarkup(
  row: readonly MarkedCell[],
  columns: readonly string[],
  link: (column: number) => string | undefined,
): Markup {
  return html`<tr>${row.map((cell, index) => {
    const align = columns[index] ?? "start";
    const href = link(index);
    const words = href === undefined ? html`${cell.text}` : html`<a href="${href}">${cell.text}</a>`;
    const text = html`${words}${cell.mark === undefined ? undefined : html`<sup>${cell.mark}</sup>`}`;
    const shown = cell.mark === undefined ? align : `${align} doubt`;
    return index === 0 && align.startsWith("start") && cell.text !== ""
      ? html`<th scope="row" class="${shown}">${text}</th>`
      : html`<td class="${shown}">${text}</td>`;
  })}</tr>
`;
}

function notesMarkup(id: string, notes: readonly TableNote[]): Markup | undefined {
  if (notes.length === 0) return undefined;
  return html`<ul class="notes" id="${id}-notes">
${notes.map(
  ({ mark, text }) => html`<li>${mark === undefined ? undefined : html`<sup>${mark}</sup> `}${text}</li>
`,
)}</ul>
`;
}
