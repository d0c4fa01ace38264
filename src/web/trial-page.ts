import { endText } from "../core/command.ts";
import { sections } from "../core/facts.ts";
import { guardFindings } from "../core/guards/index.ts";
import type { GuardFinding, Observation, Verdict } from "../core/observation.ts";
import { labelOf } from "../core/report.ts";
import { significant } from "../core/units.ts";
import type { JudgedObservation } from "../lab/library.ts";
import type { MachineRecord, RunRecord } from "../lab/ports.ts";
import { guardContext } from "../lab/run.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { address, runAddress, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { badge, downloadsMarkup, framed } from "./frame.ts";
import { hardwareBadge } from "./runs-page.ts";
import { trialTimeline } from "./trial-timeline.ts";

/** What of a text is shown; the file has all of it. */
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
  { observation, verdict }: JudgedObservation,
  machines: readonly MachineRecord[],
): Markup {
  const { attempt, bringUp, startedAt, argv, completed, trial } = observation;
  const own = machines.filter((machine) => machine.bringUp === bringUp);
  const machine = own.findLast((one) => one.level === trial.level && one.launchedAt <= startedAt);
  const raw = (stream: string) =>
    address(["runs", run.id, "trials", trial.id, "raw", String(attempt), `${stream}.txt`]);
  return html`<section class="plain">
<h2 id="attempt-${attempt}">Attempt ${attempt} ${doubtBadge(verdict)}</h2>
${verdictMarkup(verdict)}<dl class="facts">
<dt>started</dt><dd><time datetime="${startedAt}">${startedAt}</time>, in bring-up ${bringUp}</dd>
<dt>ended</dt><dd>${endText(completed.end)}, after ${significant(completed.seconds, 4)} s by the host's clock</dd>
<dt>command</dt><dd>${argvMarkup(argv)}</dd>
</dl>
<h3>Guards</h3>
${guardsMarkup(findings(run, observation, verdict, machines))}
<h3>Timeline</h3>
${trialTimeline(observation)}
<h3>Raw output</h3>
${textMarkup("standard output", completed.stdout, raw("stdout"), "open")}${textMarkup("standard error", completed.stderr, raw("stderr"), completed.stderr === "" ? "closed" : "open")}
<h3>Facts and kernel log</h3>
${machine === undefined ? html`<p>Of this bring-up's L${trial.level} nothing is stored.</p>` : machineMarkup(machine)}
${observation.evidence.map(({ level, before, after }) => html`${textMarkup(`L${level}: kernel log after`, sections(after).get("kernel-log") ?? "", undefined, "closed")}${textMarkup(`L${level}: snapshot before`, before, undefined, "closed")}${textMarkup(`L${level}: snapshot after`, after, undefined, "closed")}`)}${hostMarkup(observation)}
${
  observation.steps.length === 0
    ? undefined
    : html`<h3>Preparation and cleanup</h3>
${observation.steps.map(stepMarkup)}`
}</section>
`;
}

function doubtBadge(verdict: Verdict | undefined): Markup | undefined {
  return verdict?.kind === "measured" && verdict.doubts.length > 0
    ? badge("doubt-badge", "doubted")
    : undefined;
}

function verdictMarkup(verdict: Verdict | undefined): Markup {
  if (verdict === undefined) return html`<p>Not judged yet.</p>`;
  if (verdict.kind === "failed") {
    const { code, what, hint, evidence } = verdict.problem;
    return html`<div class="refused"><p><strong>${code}</strong>: ${what}</p>${hint === undefined ? undefined : html`<p>Try: ${hint}</p>`}${evidence === undefined ? undefined : html`<pre>${evidence}</pre>`}</div>`;
  }
  const { throughputPerSecond, responseMeanSeconds, more } = verdict.reading;
  const numbers: readonly (readonly [string, string])[] = [
    ["throughput", `${significant(throughputPerSecond, 6)} /s`],
    ["mean response time", `${significant(responseMeanSeconds * 1000, 6)} ms`],
  ];
  const others = Object.entries(more).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return html`<dl class="numbers">${numbers.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
${others.length === 0 ? undefined : html`<p class="more">${others.join(" · ")}</p>\n`}`;
}

/** One argument beside the other, so that nobody has to guess how they were quoted. */
function argvMarkup(argv: readonly string[]): Markup {
  return html`<ol class="argv">${argv.map((argument) => html`<li><code>${argument === "" ? "(empty)" : argument}</code></li>`)}</ol>`;
}

/** What each guard of this version says of what is stored. */
function findings(
  run: RunRecord,
  observation: Observation,
  verdict: Verdict | undefined,
  machines: readonly MachineRecord[],
): readonly GuardFinding[] {
  if (verdict?.kind !== "measured") return [];
  return guardFindings({
    ...guardContext(observation, run, machines),
    observation,
    reading: verdict.reading,
  });
}

function guardsMarkup(found: readonly GuardFinding[]): Markup {
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

function stepMarkup({ phase, command, completed }: Observation["steps"][number], index: number): Markup {
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
