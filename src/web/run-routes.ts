import type { Report } from "../core/report/parts/report.ts";
import type { RunRecord } from "../lab/ports.ts";
import type { Downloads } from "./downloads.ts";
import { download, type PageRequest, type PageResponse, page } from "./exchange.ts";
import { groupPage } from "./group-page.ts";
import { LIVE_POINTS, type LiveView, liveFragment, livePage } from "./live-page.ts";
import { runPage } from "./run-page.ts";
import type { Shelf } from "./shelf.ts";
import { trialJson, trialPage } from "./trial-page.ts";
import { readSelection, TRIAL_LINES, trialsPage } from "./trials-page.ts";
import { readView } from "./view.ts";

/** Answers every address below `/runs/NAME`; undefined where there is no such page. */
export async function ofRun(
  name: string,
  [part, ...rest]: readonly string[],
  request: PageRequest,
  shelf: Shelf,
): Promise<PageResponse | undefined> {
  const run = await shelf.library.run(name);
  if (run === undefined) return undefined;
  const [file] = rest;
  switch (part) {
    case undefined:
      return aRun(run, request, shelf);
    case "trials":
      return file === undefined ? trials(run, request, shelf) : aTrial(run, file, rest.slice(1), shelf);
    case "live":
      return page(livePage(shelf.assets, await liveView(run, Number.MAX_SAFE_INTEGER, shelf), shelf.formats));
    case "events":
      return liveEvents(run, request, shelf);
    default:
      return reportFile((await shelf.reports.ofRun(run)).report, [part, ...rest], shelf.downloads);
  }
}

/** Answers every address below `/groups/NAME`; undefined where there is no such page. */
export async function ofGroup(
  name: string,
  rest: readonly string[],
  { query }: PageRequest,
  shelf: Shelf,
): Promise<PageResponse | undefined> {
  const { library, reports, assets, formats } = shelf;
  const group = await library.group(name);
  if (group === undefined) return undefined;
  const made = await reports.ofGroup(group);
  if (rest.length > 0) return reportFile(made.report, rest, shelf.downloads);
  const runs = await Promise.all((await library.runsOfGroup(name)).map((run) => reports.ofRun(run)));
  return page(
    await groupPage(assets, {
      made,
      runs: runs.map(({ evidence }) => evidence),
      view: readView(query),
      running: await runningRuns(shelf),
      formats,
    }),
  );
}

async function aRun(run: RunRecord, { query }: PageRequest, shelf: Shelf): Promise<PageResponse> {
  const { library, reports, assets, formats } = shelf;
  const view = readView(query);
  const made = await reports.ofRun(run);
  const others = await library.underOtherPolicies(run);
  const beside =
    view.policies === "all" ? await Promise.all(others.map((other) => reports.ofRun(other))) : [];
  return page(
    await runPage(assets, {
      made,
      view,
      others: beside.map(({ report }) => report),
      hasOthers: others.length > 0,
      running: (await runningRuns(shelf)).has(run.id),
      group: run.group?.id,
      formats,
    }),
  );
}

async function trials(
  run: RunRecord,
  { query }: PageRequest,
  { library, assets, formats }: Shelf,
): Promise<PageResponse> {
  const selection = readSelection(query);
  const after = /^\d{1,15}$/.test(query.get("after") ?? "") ? Number(query.get("after")) : 0;
  const lines = await library.attemptLines(run.id, selection, { after, count: TRIAL_LINES + 1 });
  return page(trialsPage(assets, { run, selection, lines, formats }));
}

async function aTrial(
  run: RunRecord,
  trial: string,
  [part, attempt, file]: readonly string[],
  { library, assets, formats }: Shelf,
): Promise<PageResponse | undefined> {
  const attempts = await library.trial(run.id, trial);
  if (attempts.length === 0) return undefined;
  if (part === undefined) {
    const machines = await library.machines(run.id);
    return page(trialPage(assets, { run, attempts, machines, formats }));
  }
  if (part === "trial.json") return download(`${trial}.json`, "application/json", trialJson(attempts));
  const found = attempts.find(({ observation }) => String(observation.attempt) === attempt);
  if (part !== "raw" || found === undefined) return undefined;
  const { stdout, stderr } = found.observation.completed;
  const text = new Map([
    ["stdout.txt", stdout],
    ["stderr.txt", stderr],
  ]).get(file ?? "");
  return text === undefined ? undefined : download(`${trial}-${file}`, "text/plain; charset=utf-8", text);
}

async function liveView(
  run: RunRecord,
  seenRow: number,
  { library, isAlive, now }: Shelf,
): Promise<LiveView> {
  const state = (await library.live()).find((one) => one.run === run.id);
  return {
    run,
    state,
    alive: state !== undefined && isAlive(state),
    newest: await library.newest(run.id, LIVE_POINTS),
    seenRow,
    now: now(),
  };
}

function liveEvents(run: RunRecord, { headers, signal }: PageRequest, shelf: Shelf): PageResponse {
  const said = headers.get("last-event-id") ?? "";
  return shelf.stream({
    seenRow: /^\d{1,15}$/.test(said) ? Number(said) : Number.MAX_SAFE_INTEGER,
    version: () => shelf.library.version(),
    moment: async (row) => {
      const view = await liveView(run, row, shelf);
      return {
        row: view.newest.at(-1)?.row ?? 0,
        markup: liveFragment(view).markup,
        state: view.alive ? "running" : "ended",
      };
    },
    signal,
  });
}

/** Those that some process of this machine measures now. */
export async function runningRuns({ library, isAlive }: Shelf): Promise<ReadonlySet<string>> {
  const states = await library.live();
  return new Set(states.filter(isAlive).map(({ run }) => run));
}

/** A report's files: `download/FORMAT` and `figures/NAME.svg`. */
export async function reportFile(
  report: Report,
  [part, file, ...more]: readonly string[],
  downloads: Downloads,
): Promise<PageResponse | undefined> {
  if (file === undefined || more.length > 0) return undefined;
  if (part === "download") return downloads.report(report, file);
  return part === "figures" ? downloads.figure(report, file) : undefined;
}
