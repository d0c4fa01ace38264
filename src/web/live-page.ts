import { HEADLINE, METRICS } from "../core/base/metrics.ts";
import { formatDuration, significant } from "../core/base/units.ts";
import { labelOf } from "../core/report/parts/report.ts";
import { meanOf } from "../core/stats/mean.ts";
import type { AttemptLine } from "../lab/library.ts";
import type { LiveBoot, LiveState } from "../lab/live.ts";
import type { RunRecord } from "../lab/ports.ts";
import { anchor, html, type Markup } from "../outputs/html/markup.ts";
import { address, runAddress, trialAddress, trialsAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartMarkup } from "./chart.ts";
import type { ChartRow } from "./chart-rows.ts";
import { badge, framed, reportDownloads } from "./frame.ts";
import { hardwareBadge } from "./runs-page.ts";
import type { Shelf } from "./shelf.ts";
import { groundLayer, type Layer, levelName, stackPicture } from "./stack-picture.ts";

/** Trials whose points are shown while a run goes on; the run's page has all. */
export const LIVE_POINTS = 600;

export interface LiveView {
  readonly run: RunRecord;
  /** Absent where nobody measures the run now. */
  readonly state: LiveState | undefined;
  /** Whether the process that measured it still runs. */
  readonly alive: boolean;
  readonly newest: readonly AttemptLine[];
  /** The row up to which the reader has seen what landed. */
  readonly seenRow: number;
  readonly now: string;
}

/** A run as it goes on. Without a script it shows the state at the time of the request. */
export function livePage(assets: Assets, view: LiveView, formats: readonly string[]): string {
  const { run } = view;
  return framed(assets, {
    title: `Live: ${run.id}`,
    place: "live",
    label: labelOf(run),
    header: html`<p class="kind">${hardwareBadge(run)} <span class="link-state" id="link-state"></span></p>
<h1>${run.study.title}</h1>
<p class="subject"><a href="${runAddress(run.id)}">${run.id}</a> · ${run.study.platform} · ${run.study.resources.policy}</p>
`,
    body: html`<section class="plain" id="live" data-events="${address(["runs", run.id, "events"])}">
${liveFragment(view)}</section>
<noscript><p><a class="button" href="${address(["runs", run.id, "live"])}">Look again</a></p></noscript>
`,
    footer: reportDownloads(["runs", run.id], formats),
  });
}

/** What changes: the whole of it each time, so that a reader who was away misses nothing. */
export function liveFragment(view: LiveView): Markup {
  const { run, state, alive, newest } = view;
  return html`${state === undefined || !alive ? endedMarkup(run, state) : progressMarkup(state, view.now)}<div class="two">
<div>
<h2>Points as they land</h2>
${newest.length === 0 ? html`<p>No trial has ended yet.</p>` : pointCharts(view)}</div>
<div>
${stackFigures(view)}</div>
</div>
`;
}

function endedMarkup(run: RunRecord, state: LiveState | undefined): Markup {
  return state === undefined
    ? html`<p class="now">This run is not being measured now. <a href="${runAddress(run.id)}">What it says</a></p>
`
    : html`<div class="refused"><p>The process that measured this run (${state.process.pid}) is gone; it last said something at ${state.at}. Nothing that was measured is lost.</p><p>Try: dvirt resume ${run.id}</p></div>
`;
}

function progressMarkup(state: LiveState, now: string): Markup {
  const { done, total, extent, boots, problem } = state;
  const passed = secondsBetween(state.at, now);
  const left = formatDuration(Math.max(0, state.leftSeconds - passed));
  const share = total === 0 ? 0 : Math.round((1000 * done) / total) / 10;
  const [only, another] = boots;
  const numbers = html`<div><dt>trials</dt><dd>${done} of ${total}${extent === "all" ? "" : " or more"}</dd></div>
<div><dt>remaining</dt><dd>${extent === "all" ? "about" : "at least"} ${left}</dd></div>`;
  return html`<p class="now">${badge("running", "running")} ${another === undefined ? nowText(only, now) : `${boots.length} boots side by side`}</p>
<div class="progress"><svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${share}% of the trials that are decided"><rect width="${share}" height="4"/></svg></div>
${
  another === undefined
    ? html`<dl class="numbers">
${numbers}
${bootNumbers(only)}</dl>
`
    : html`<dl class="numbers">
${numbers}
</dl>
<ul class="boots">
${boots.map((boot) => html`<li>boot ${boot.index}${conditionMarkup(boot)}: ${nowText(boot, now)}</li>\n`)}</ul>
`
}${
  problem === undefined
    ? undefined
    : html`<details class="raw"><summary>What last went wrong</summary><pre>${problem}</pre></details>
`
}`;
}

/** What goes on, where that is one boot. */
function bootNumbers(boot: LiveBoot | undefined): Markup {
  const { trial, machines = [] } = boot ?? {};
  const level = trial?.level ?? machines.length - 1;
  return html`<div><dt>boot</dt><dd>${boot === undefined ? "--" : html`${boot.index}${conditionMarkup(boot)}`}</dd></div>
<div><dt>level</dt><dd>${level < 0 ? "--" : `L${level}`}</dd></div>
<div><dt>workload</dt><dd>${trial?.workload ?? "--"}</dd></div>
`;
}

function conditionMarkup({ condition }: LiveBoot): Markup | undefined {
  return condition === undefined ? undefined : html` <small>${condition}</small>`;
}

function nowText(boot: LiveBoot | undefined, now: string): string {
  const { trial, machines = [] } = boot ?? {};
  const starting = machines.find(({ state }) => state === "starting");
  if (trial !== undefined) {
    return `${trial.workload} at L${trial.level} in boot ${trial.boot}, on the way ${trial.direction}, for ${formatDuration(secondsBetween(trial.since, now))}`;
  }
  if (starting !== undefined) {
    return `waiting for L${starting.level} to answer, for ${formatDuration(secondsBetween(starting.since, now))}`;
  }
  return machines.length === 0 ? "between two boots" : "between two trials";
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

/** The stack of each boot that goes on; one that is not up where there is none. */
function stackFigures({ run, state, alive }: LiveView): readonly Markup[] {
  const boots = alive ? (state?.boots ?? []) : [];
  return (boots.length === 0 ? [undefined] : boots).map((boot) => {
    const caption = boots.length < 2 ? "The stack" : `The stack of boot ${boot?.index}`;
    return html`<figure>
<figcaption>${caption}</figcaption>
${stackPicture(liveLayers(run, boot), `${caption} now`)}
</figure>
`;
  });
}

function liveLayers(run: RunRecord, boot: LiveBoot | undefined): readonly Layer[] {
  const { machines = [], trial } = boot ?? {};
  return [
    groundLayer(run.hardware, ""),
    ...Array.from({ length: run.study.levels + 1 }, (_, level): Layer => {
      const machine = machines.find((one) => one.level === level);
      if (machine === undefined) return { name: `L${level}`, lines: ["not up"], state: "off" };
      const name = levelName(level, machine.driver);
      if (machine.state === "starting") return { name, lines: ["coming up"], state: "starting" };
      const ready = `answered after ${significant(machine.readySeconds ?? 0, 3)} s`;
      return trial?.level === level
        ? {
            name,
            lines: [ready, `measuring ${trial.workload}, on the way ${trial.direction}`],
            state: "measuring",
          }
        : { name, lines: [ready], state: "ready" };
    }),
  ];
}

/** The headline metric of each trial that could be read, per workload and level. */
function pointCharts({ run, newest, seenRow }: LiveView): readonly Markup[] {
  const read = newest.filter((one) => one.metrics !== undefined && !one.replaced);
  const workloads = run.study.workloads
    .map(({ name }) => name)
    .filter((name) => read.some(({ workload }) => workload === name));
  return workloads.map((workload) => {
    const own = read.filter((one) => one.workload === workload);
    const levels = [...new Set(own.map(({ level }) => level))].sort((a, b) => a - b);
    const rows = levels.map((level): ChartRow => {
      const points = own.filter((one) => one.level === level);
      const values = points.map(({ metrics }) => metrics?.[HEADLINE] ?? 0);
      return {
        series: "",
        level,
        value: meanOf(values),
        points: points.map((one, at) => ({
          boot: one.boot,
          value: values[at] ?? 0,
          trial: one.trial,
          fresh: one.row > seenRow,
        })),
        doubted: points.filter(({ doubts }) => doubts > 0).length,
      };
    });
    return chartMarkup({
      id: `live-${anchor(workload)}`,
      title: workload,
      unit: METRICS[HEADLINE].unit,
      better: `${METRICS[HEADLINE].better} is better`,
      rows,
      figure: {
        title: "mean so far",
        text: ({ value, points }) => `${significant(value, 4)} of ${points.length}`,
      },
      hrefOf: (row, point) =>
        point?.trial === undefined
          ? trialsAddress(run.id, { workload, level: row.level })
          : trialAddress(run.id, point.trial),
    });
  });
}

/** Every run that is being measured on this machine, or was when its process was killed. */
export function liveListPage({ assets, isAlive }: Shelf, states: readonly LiveState[]): string {
  return framed(assets, {
    title: "Live",
    place: "live",
    header: html`<h1>Being measured now</h1>
`,
    body: html`<section class="plain">
${states.length === 0 ? html`<p>No run is being measured from this store. A run that anybody starts on this machine with the same store shows here: <code>dvirt run</code></p>` : undefined}<ul>
${states.map((state) => html`<li><a href="${address(["runs", state.run, "live"])}">${state.run}</a> ${isAlive(state) ? badge("running", "running") : badge("open", "its process is gone")} ${state.done} of ${state.total} trials</li>\n`)}</ul>
<p><a class="button" href="/live">Look again</a></p>
</section>
`,
  });
}
