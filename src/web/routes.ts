import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import { audit, referenceSubject } from "../core/published/audit/audit.ts";
import type { PublishedStudy } from "../core/published/published.ts";
import type { Report } from "../core/report/parts/report.ts";
import { compareReports } from "../core/report/several/compare.ts";
import { auditJson } from "../outputs/audit-json.ts";
import { address } from "./address.ts";
import { compareFormPage, comparePage, MOST_SUBJECTS, readMargin } from "./compare-page.ts";
import { download, type PageRequest, type PageResponse, page, redirect, STATUS } from "./exchange.ts";
import { liveListPage } from "./live-page.ts";
import { problemPage } from "./problem-page.ts";
import { auditPage, publishedListPage, publishedPage } from "./published-page.ts";
import { ofGroup, ofRun, reportFile, runningRuns } from "./run-routes.ts";
import { listCsv, listJson } from "./runs-file.ts";
import { PAGE_LINES, readFilter, readPage, runsPage } from "./runs-page.ts";
import type { Shelf } from "./shelf.ts";
import { readView } from "./view.ts";

type Answered = PageResponse | undefined | Promise<PageResponse | undefined>;

/** Where an address leads; undefined for nowhere. */
export function routeTo(request: PageRequest, shelf: Shelf): Answered {
  const [room, name, ...rest] = request.path;
  switch (room) {
    case undefined:
      return runs(request, shelf);
    case "download":
      return name === undefined || rest.length > 0 ? undefined : runList(name, request, shelf);
    case "assets":
      return name === undefined || rest.length > 0 ? undefined : asset(name, shelf);
    case "live":
      return name === undefined ? liveRuns(shelf) : undefined;
    case "compare":
      return name === undefined ? compared(request, shelf) : comparedFile([name, ...rest], request, shelf);
    case "published":
      return name === undefined ? page(publishedListPage(shelf)) : published(name, rest, request, shelf);
    case "groups":
      return name === undefined ? redirect("/") : ofGroup(name, rest, request, shelf);
    case "runs":
      return name === undefined ? redirect("/") : ofRun(name, rest, request, shelf);
    default:
      return undefined;
  }
}

function asset(name: string, { assets }: Shelf): Answered {
  const found = assets.files.get(name);
  if (found === undefined) return undefined;
  const headers = { "content-type": found.type, "cache-control": "private, max-age=31536000, immutable" };
  return { status: STATUS.ok, headers, body: found.content };
}

async function runs({ query }: PageRequest, shelf: Shelf): Promise<PageResponse> {
  const { library, references, reports, summaries, assets } = shelf;
  const filter = readFilter(query);
  const wanted = readPage(query);
  const running = await runningRuns(shelf);
  const lines = await summaries.filled(await library.list(filter, wanted), running);
  const asked = filter.platform === undefined && filter.hardware === undefined && filter.state === undefined;
  const fitting = references.filter(
    (study) => asked && filter.doubts === undefined && fits(study, filter.words),
  );
  const total = await library.count(filter);
  return page(
    runsPage(assets, {
      filter,
      page: wanted,
      lines,
      total,
      running,
      platforms: await library.platforms(),
      published: fitting.map((study) => ({ study, made: reports.ofPublished(study) })),
    }),
  );
}

function fits(study: PublishedStudy, words: readonly string[]): boolean {
  const text =
    `${study.name} ${study.title} ${study.authors.join(" ")} ${study.year} published`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Runs in one file, at most. */
const MOST_LISTED = 20_000;

async function runList(
  format: string,
  { query }: PageRequest,
  { library }: Shelf,
): Promise<PageResponse | undefined> {
  const lines = () => library.list(readFilter(query), { from: 0, count: MOST_LISTED });
  if (format === "csv") return download("runs.csv", "text/csv; charset=utf-8", listCsv(await lines()));
  if (format === "json") return download("runs.json", "application/json", listJson(await lines()));
  return undefined;
}

async function liveRuns(shelf: Shelf): Promise<PageResponse> {
  const states = await shelf.library.live();
  const [only, another] = states.filter(shelf.isAlive);
  if (only !== undefined && another === undefined) return redirect(address(["runs", only.run, "live"]));
  return page(liveListPage(shelf, states));
}

async function published(
  name: string,
  rest: readonly string[],
  { query }: PageRequest,
  { references, reports, assets, formats, downloads }: Shelf,
): Promise<PageResponse | undefined> {
  const study = references.find((one) => one.name === name);
  if (study === undefined) return undefined;
  const made = reports.ofPublished(study);
  const [part, more] = rest;
  if (part === undefined) {
    return page(await publishedPage(assets, { study, made, view: readView(query), formats }));
  }
  if (part === "audit" && more === undefined) {
    const body = await auditPage(assets, { study, made, formats });
    return body === undefined ? undefined : page(body);
  }
  const subject = referenceSubject(study);
  if (part === "audit.json" && more === undefined && subject !== undefined) {
    return download(`${name}-audit.json`, "application/json", auditJson(audit(subject)));
  }
  return reportFile(made.report, rest, downloads);
}

async function compared(request: PageRequest, shelf: Shelf): Promise<PageResponse> {
  const { library, references, assets, formats } = shelf;
  const names = subjectsOf(request);
  if (names.length < 2) {
    const newest = await library.list({ words: [] }, { from: 0, count: PAGE_LINES });
    return page(
      compareFormPage(assets, names, [...newest.map(({ id }) => id), ...references.map(({ name }) => name)]),
    );
  }
  const found = await reportsNamed(names, shelf);
  if (!found.ok) return problemPage(assets, STATUS.notFound, found.problems);
  const view = readView(request.query);
  const reports = found.value;
  return page(await comparePage(assets, { reports, margin: readMargin(request.query), view, formats }));
}

async function comparedFile(
  rest: readonly string[],
  request: PageRequest,
  shelf: Shelf,
): Promise<PageResponse | undefined> {
  const found = await reportsNamed(subjectsOf(request), shelf);
  if (!found.ok || found.value.length < 2) return undefined;
  const { report } = compareReports(found.value, readMargin(request.query));
  return reportFile(report, rest, shelf.downloads);
}

/** As many as may stand side by side, each once. */
function subjectsOf({ query }: PageRequest): readonly string[] {
  const names = query
    .getAll("subject")
    .map((name) => name.trim())
    .filter(Boolean);
  return [...new Set(names)].slice(0, MOST_SUBJECTS);
}

const NO_SUBJECT: Problem = {
  code: "no-run",
  what: "there is no run or published study of this name",
  hint: "choose from the list of runs",
};

async function reportsNamed(
  names: readonly string[],
  { reports }: Shelf,
): Promise<Result<readonly Report[]>> {
  const found: Report[] = [];
  const missing: Problem[] = [];
  for (const name of names) {
    const made = await reports.named(name);
    if (made === undefined) missing.push({ ...NO_SUBJECT, at: name });
    else found.push(made.report);
  }
  return missing.length > 0 ? failed(...missing) : ok(found);
}
