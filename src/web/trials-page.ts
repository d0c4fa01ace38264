import { METRIC_IDS, METRICS, type Metric } from "../core/base/metrics.ts";
import { optional } from "../core/base/optional.ts";
import { significant } from "../core/base/units.ts";
import { labelOf } from "../core/report/parts/report.ts";
import type { AttemptLine, TrialSelection } from "../lab/library.ts";
import type { RunRecord } from "../lab/ports.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { address, runAddress, trialAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { framed, reportDownloads, selectMarkup } from "./frame.ts";

export const TRIAL_LINES = 200;

const ONLY = [
  ["doubted", "doubted"],
  ["failed", "without a figure"],
] as const;

export interface TrialsPage {
  readonly run: RunRecord;
  readonly selection: TrialSelection;
  /** One more than is shown, where there are more. */
  readonly lines: readonly AttemptLine[];
  readonly formats: readonly string[];
}

export function readSelection(query: URLSearchParams): TrialSelection {
  const whole = (name: string) =>
    /^\d{1,6}$/.test(query.get(name) ?? "") ? Number(query.get(name)) : undefined;
  const only = query.get("only");
  return optional({
    workload: query.get("workload") || undefined,
    level: whole("level"),
    boot: whole("boot"),
    only: only === "doubted" || only === "failed" ? only : undefined,
  });
}

/** What figures rest on: every attempt at the trials chosen, in the order in which they were executed. */
export function trialsPage(assets: Assets, { run, selection, lines, formats }: TrialsPage): string {
  const shown = lines.slice(0, TRIAL_LINES);
  const last = shown.at(-1);
  const label = labelOf(run);
  return framed(assets, {
    title: `Trials of ${run.id}`,
    place: "runs",
    label,
    header: html`<p class="kind"><a href="${runAddress(run.id)}">${run.study.title}</a></p>
<h1>Trials${selectionText(selection)}</h1>
<p class="subject">${run.id} · in the order in which they were executed, every attempt</p>
`,
    body: html`<section class="plain">
${selectionMarkup(run, selection)}${shown.length === 0 ? html`<p>There is no such trial.</p>` : trialTable(run.id, shown)}
${lines.length > shown.length && last !== undefined ? html`<p class="pages"><a class="button" href="${address(["runs", run.id, "trials"], { ...selection, after: last.row })}">The next ${TRIAL_LINES}</a></p>` : undefined}
</section>
`,
    footer: reportDownloads(["runs", run.id], formats),
  });
}

function selectionText({ workload, level, boot, only }: TrialSelection): string {
  const parts = [
    ...(workload === undefined ? [] : [`of ${workload}`]),
    ...(level === undefined ? [] : [`at L${level}`]),
    ...(boot === undefined ? [] : [`in boot ${boot}`]),
    ...(only === undefined ? [] : [only === "doubted" ? "that a guard doubts" : "that gave no figure"]),
  ];
  return parts.length === 0 ? "" : ` ${parts.join(" ")}`;
}

function selectionMarkup(run: RunRecord, selection: TrialSelection): Markup {
  const names = run.study.workloads.map(({ name }) => [name, name] as const);
  const levels = Array.from(
    { length: run.study.levels + 1 },
    (_, level) => [`${level}`, `L${level}`] as const,
  );
  return html`<form class="filter" method="get" action="${address(["runs", run.id, "trials"])}">
${selectMarkup("workload", "Workload", selection.workload, names)}${selectMarkup("level", "Level", selection.level?.toString(), levels)}<label>Boot<input name="boot" inputmode="numeric" pattern="[0-9]*" size="5" value="${selection.boot}"></label>
${selectMarkup("only", "Only", selection.only, ONLY)}<button type="submit">Show</button>
</form>
`;
}

function trialTable(run: string, lines: readonly AttemptLine[]): Markup {
  return html`<div class="table"><div class="scroll" role="group" aria-label="Trials" tabindex="0"><table>
<thead><tr><th scope="col">trial</th><th scope="col" class="end">attempt</th><th scope="col">workload</th><th scope="col">level</th><th scope="col" class="end">boot</th>${METRIC_IDS.map((metric) => html`<th scope="col" class="end">${METRICS[metric].heading}</th>`)}<th scope="col">outcome</th></tr></thead>
<tbody>
${lines.map(
  (
    line,
  ) => html`<tr><th scope="row" class="start name"><a href="${trialAddress(run, line.trial)}#attempt-${line.attempt}">${line.trial}</a></th><td class="end">${line.attempt}</td><td>${line.workload}</td><td>L${line.level}</td><td class="end">${line.boot}</td>${METRIC_IDS.map((metric) => html`<td class="end">${figure(line, metric)}</td>`)}<td>${outcomeText(line)}</td></tr>
`,
)}</tbody>
</table></div></div>`;
}

function figure({ metrics }: AttemptLine, metric: Metric): string {
  const value = metrics?.[metric];
  return value === undefined ? "--" : significant(value * METRICS[metric].factor, 5);
}

function outcomeText({ outcome, replaced, doubts }: AttemptLine): string {
  const parts = [
    outcome === "lost" ? "lost its machine" : outcome,
    ...(doubts > 0 ? [`doubted by ${doubts} guard${doubts === 1 ? "" : "s"}`] : []),
    ...(replaced ? ["made again"] : []),
  ];
  return parts.join(", ");
}
