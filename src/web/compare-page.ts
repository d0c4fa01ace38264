import { compareReports } from "../core/compare.ts";
import { cellText, type Table } from "../core/document.ts";
import type { Report } from "../core/report.ts";
import { DEFAULT_MARGIN } from "../core/study.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import type { CellLink } from "../outputs/html/table.ts";
import { address, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsMarkup, runSource } from "./charts.ts";
import { downloadsMarkup, framed } from "./frame.ts";
import { contentsOf, sectionsMarkup, withoutFigures } from "./report-sections.ts";
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
  const runs = reports.flatMap(({ subject }) => (subject.kind === "run" ? [subject.id] : []));
  const query = { subject: names, ...(margin === DEFAULT_MARGIN ? {} : { margin: `${margin * 100}%` }) };
  const absolute = changes.length > 0 && changes.every(({ kind }) => kind === "absolute");
  const shown = withoutFigures(
    report.sections.filter(({ id }) => id !== "notes"),
    ["ratios"],
  );
  const workloads = [...new Set(report.analysis.cells.map(({ workload }) => workload))];
  const sections = await sectionsMarkup({
    sections: shown,
    label: report.label,
    path: ["compare"],
    basis: "",
    link: comparedTrials(runs, workloads),
  });
  return framed(assets, {
    title: report.title,
    place: "compare",
    label: report.label,
    header: html`<p class="kind">Compare</p>
<h1 class="names">${report.title}</h1>
<p class="subject">The first is what the others are held against. <a href="${address(["compare"], query)}" rel="bookmark">Link to this comparison</a></p>
`,
    contents: [
      ...(report.notes.length === 0 ? [] : [{ id: "refused", title: "Not compared, and why" }]),
      { id: "charts", title: "Level by level" },
      ...contentsOf(shown),
    ],
    body: [
      ...(report.notes.length === 0
        ? []
        : [
            html`<section class="plain">
<h2 id="refused">Not compared, and why</h2>
<ul class="refused">
${report.notes.map((note) => html`<li>${note}</li>\n`)}</ul>
</section>
`,
          ]),
      chartsMarkup({
        path: ["compare"],
        query,
        view: view.relative === "none" && !absolute ? { ...view, relative: "L0" } : view,
        sources: reports.map(runSource),
        hasPolicies: false,
        absolute,
        margin,
        runOf: (name) => runs.find((id) => id === name),
      }),
      ...sections,
      formMarkup(names, []),
    ],
    footer: downloadsMarkup(
      formats.map((format) => ({ text: format, href: address(["compare", "download", format], query) })),
    ),
  });
}

/** Leads from a figure to the trials of the run that its row or its column names. */
function comparedTrials(runs: readonly string[], workloads: readonly string[]): CellLink {
  return (table, row, column) => {
    const title = table.columns[column]?.title ?? "";
    const run = runs.find(
      (id) =>
        named(table, row, "run") === id ||
        title === id ||
        title.startsWith(`${id} `) ||
        title.startsWith(`${id}:`),
    );
    if (run === undefined || table.columns[column]?.align !== "end") return undefined;
    const workload = workloads.find((name) => name === named(table, row, "workload"));
    const level = /^L(\d+)/.exec(named(table, row, "D_virt") ?? "")?.[1];
    return trialsAddress(run, { workload, level: level === undefined ? undefined : Number(level) });
  };
}

function named(table: Table, row: number, title: string): string | undefined {
  const at = table.columns.findIndex((column) => column.title === title);
  return at < 0 ? undefined : cellText(table.rows[row]?.[at] ?? "");
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
