import { endText } from "../core/base/command.ts";
import { METRICS, metricsOf, metricText } from "../core/base/metrics.ts";
import { formatDuration, significant } from "../core/base/units.ts";
import { sections } from "../core/machine/facts.ts";
import { labelOf } from "../core/report/parts/report.ts";
import type { GuardResult, Observation, Outcome } from "../core/trial/observation.ts";
import type { MachineRecord, RunRecord } from "../lab/ports.ts";
import { guardsOf, machineOf } from "../lab/run.ts";
import type { JudgedObservation } from "../lab/store.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { address, runAddress, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { badge, downloadsMarkup, framed } from "./frame.ts";
import { hardwareBadge } from "./runs-page.ts";

/** Longer texts are cut here; their file has all of it. */
const SHOWN_CHARACTERS = 200_000;

export interface TrialPage {
  readonly run: RunRecord;
  readonly attempts: readonly JudgedObservation[];
  readonly machines: readonly MachineRecord[];
  readonly formats: readonly string[];
}

/** Everything that one trial left, attempt by attempt. */
export function trialPage(assets: Assets, { run, attempts, machines, formats }: TrialPage): string {
  const [first] = attempts;
  if (first === undefined) throw new Error("a trial's page is of a trial that is there");
  const { trial } = first.observation;
  const path = ["runs", run.id, "trials", trial.id];
  return framed(assets, {
    title: `${trial.id} of ${run.id}`,
    place: "runs",
    label: labelOf(run),
    header: html`<p class="kind"><a href="${runAddress(run.id)}">${run.study.title}</a> ${hardwareBadge(run)}</p>
<h1>${trial.workload} at L${trial.level}</h1>
<p class="subject">${trial.id} · boot ${trial.boot}, on the way ${trial.direction} · <a href="${trialsAddress(run.id, { workload: trial.workload, level: trial.level })}">all trials of ${trial.workload} at L${trial.level}</a></p>
`,
    body: attempts.map((attempt) => attemptMarkup(run, attempt, machines)),
    footer: downloadsMarkup([
      { text: "this trial as JSON", href: address([...path, "trial.json"]) },
      ...formats.map((format) => ({
        text: `the run: ${format}`,
        href: address(["runs", run.id, "download", format]),
      })),
    ]),
  });
}

function attemptMarkup(
  run: RunRecord,
  { observation, outcome }: JudgedObservation,
  machines: readonly MachineRecord[],
): Markup {
  const { attempt, bringUp, startedAt, argv, completed, trial } = observation;
  const machine = machineOf(observation, machines);
  const raw = (stream: string) =>
    address(["runs", run.id, "trials", trial.id, "raw", String(attempt), `${stream}.txt`]);
  return html`<section class="plain">
<h2 id="attempt-${attempt}">Attempt ${attempt} ${doubtBadge(outcome)}</h2>
${outcomeMarkup(outcome)}<dl class="facts">
<dt>started</dt><dd><time datetime="${startedAt}">${startedAt}</time>, in bring-up ${bringUp}</dd>
<dt>ended</dt><dd>${endText(completed.end)}, after ${significant(completed.seconds, 4)} s by the host's clock</dd>
<dt>command</dt><dd>${argvMarkup(argv)}</dd>
</dl>
<h3>Guards</h3>
${guardsMarkup(guardsOf(run, { observation, outcome }, machines))}
<h3>Timeline</h3>
${trialTimeline(observation)}
<h3>Raw output</h3>
${textMarkup("standard output", completed.stdout, raw("stdout"), "open")}${textMarkup("standard error", completed.stderr, raw("stderr"), completed.stderr === "" ? "closed" : "open")}
<h3>Facts and kernel log</h3>
${machine === undefined ? html`<p>Of this bring-up's L${trial.level} nothing is stored.</p>` : machineMarkup(machine)}
${observation.evidence.map(({ level, before, after }) => html`${textMarkup(`L${level}: kernel log after`, sections(after).get("kernel-log") ?? "", undefined, "closed")}${textMarkup(`L${level}: snapshot before`, before, undefined, "closed")}${textMarkup(`L${level}: snapshot after`, after, undefined, "closed")}`)}${hostMarkup(observation)}
${
  observation.setupSteps.length === 0
    ? undefined
    : html`<h3>Preparation and cleanup</h3>
${observation.setupSteps.map(stepMarkup)}`
}</section>
`;
}

function doubtBadge(outcome: Outcome | undefined): Markup | undefined {
  return outcome?.kind === "measured" && outcome.doubts.length > 0
    ? badge("doubt-badge", "doubted")
    : undefined;
}

function outcomeMarkup(outcome: Outcome | undefined): Markup {
  if (outcome === undefined) return html`<p>Not judged yet.</p>`;
  if (outcome.kind === "failed") {
    const { code, what, hint, evidence } = outcome.problem;
    return html`<div class="refused"><p><strong>${code}</strong>: ${what}</p>${hint === undefined ? undefined : html`<p>Try: ${hint}</p>`}${evidence === undefined ? undefined : html`<pre>${evidence}</pre>`}</div>`;
  }
  const { metrics, more } = outcome.reading;
  const numbers = metricsOf(metrics).map(([metric, value]) => ({
    name: METRICS[metric].name,
    text: metricText(metric, value, 6),
  }));
  const others = Object.entries(more).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return html`<dl class="numbers">${numbers.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
${others.length === 0 ? undefined : html`<p class="more">${others.join(" · ")}</p>\n`}`;
}

/** One argument beside the other, so that nobody has to guess how they were quoted. */
function argvMarkup(argv: readonly string[]): Markup {
  return html`<ol class="argv">${argv.map((argument) => html`<li><code>${argument === "" ? "(empty)" : argument}</code></li>`)}</ol>`;
}

function guardsMarkup(found: readonly GuardResult[]): Markup {
  if (found.length === 0) return html`<p>Guards look at trials that gave a figure.</p>`;
  const order = ["doubt", "unknown", "fine"];
  const sorted = found.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return html`<ul class="guards">
${sorted.map(({ guard, kind, sentence }) => html`<li><span class="${kind}">${kind}</span><span>${guard}</span><span>${sentence}</span></li>\n`)}</ul>`;
}

function machineMarkup(machine: MachineRecord): Markup {
  return html`<dl class="facts"><dt>launched by</dt><dd>${argvMarkup(machine.argv)}</dd><dt>ready after</dt><dd>${significant(machine.readySeconds, 3)} s</dd></dl>
${textMarkup(`L${machine.level}: facts at bring-up`, machine.facts, undefined, "closed")}`;
}

function hostMarkup({ host }: Observation): Markup | undefined {
  if (host === undefined) return undefined;
  return html`${textMarkup("host before", host.before.text, undefined, "closed")}${textMarkup("host after", host.after.text, undefined, "closed")}`;
}

function stepMarkup({ phase, command, completed }: Observation["setupSteps"][number], index: number): Markup {
  const text = [completed.stdout, completed.stderr].filter((part) => part !== "").join("\n");
  return html`<dl class="facts"><dt>${phase}</dt><dd>${argvMarkup(command.argv)}</dd><dt>ended</dt><dd>${endText(completed.end)}, after ${significant(completed.seconds, 4)} s</dd></dl>
${textMarkup(`${phase} ${index + 1}: output`, text, undefined, "closed")}`;
}

function textMarkup(title: string, text: string, file: string | undefined, state: "open" | "closed"): Markup {
  if (text.trim() === "") return html`<p class="notes">${title}: nothing</p>`;
  const rest = text.length - SHOWN_CHARACTERS;
  const link = file === undefined ? undefined : html` <a href="${file}" download>all of it as a file</a>`;
  return html`<details class="raw"${state === "open" ? html` open` : undefined}>
<summary>${title} (${text.length} characters)</summary>
<pre class="scroll" role="group" aria-label="${title}" tabindex="0" id="${anchor(title)}"><code>${text.slice(0, SHOWN_CHARACTERS)}</code></pre>
${rest > 0 ? html`<p>${rest} more characters are not shown here.</p>` : undefined}${link}</details>
`;
}

/** What is stored of a trial, for programs. */
export function trialJson(attempts: readonly JudgedObservation[]): string {
  return `${JSON.stringify(attempts, null, 2)}\n`;
}

interface Span {
  readonly name: string;
  readonly seconds: number;
  readonly kind: "step" | "workload";
}

const WIDTH = 600;
const ROW = 24;
const NAMES = 150;
const TIMES = 70;

/** Preparation, workload and cleanup in their order, each as long as it took; what lies between is not in it. */
function trialTimeline({ setupSteps, completed, trial }: Observation): Markup {
  const spans: readonly Span[] = [
    ...setupSteps.filter(({ phase }) => phase === "prepare").map((step, at) => stepSpan(step, at)),
    { name: trial.workload, seconds: completed.seconds, kind: "workload" },
    ...setupSteps.filter(({ phase }) => phase === "cleanup").map((step, at) => stepSpan(step, at)),
  ];
  const total = spans.reduce((sum, { seconds }) => sum + seconds, 0) || 1;
  const room = WIDTH - NAMES - TIMES;
  let at = 0;
  const rows = spans.map(({ name, seconds, kind }, row) => {
    const x = NAMES + (at / total) * room;
    at += seconds;
    const width = Math.max(2, (seconds / total) * room);
    const y = row * ROW;
    return html`<text x="0" y="${y + 16}">${name}</text><rect class="${kind}" x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="${ROW - 10}" rx="3"/><text x="${WIDTH}" y="${y + 16}" text-anchor="end">${durationText(seconds)}</text>
`;
  });
  const said = spans.map(({ name, seconds }) => `${name} ${durationText(seconds)}`).join(", then ");
  return html`<div class="scroll" role="group" aria-label="Timeline" tabindex="0"><svg class="course" viewBox="0 0 ${WIDTH} ${spans.length * ROW}" width="${WIDTH}" height="${spans.length * ROW}" role="img" aria-label="${said}">
${rows}</svg></div>
`;
}

function stepSpan({ phase, completed }: Observation["setupSteps"][number], index: number): Span {
  return { name: `${phase} ${index + 1}`, seconds: completed.seconds, kind: "step" };
}

function durationText(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(3))} s` : formatDuration(seconds);
}
