import type Database from "libsql";
import { currentVerdict } from "../../core/doubts.ts";
import type { Observation } from "../../core/observation.ts";
import type { Direction } from "../../core/plan.ts";
import { ok, type Result } from "../../core/problem.ts";
import type { Timing } from "../../core/timing.ts";
import {
  type AttemptLine,
  type JudgedObservation,
  type Library,
  type RunFilter,
  type RunLine,
  searchText,
  type TrialSelection,
} from "../../lab/library.ts";
import type { LiveState } from "../../lab/live.ts";
import type { Hardware, RunRecord } from "../../lab/ports.ts";
import { type RunSummary, SUMMARY_FORMAT, summaryLine } from "../../lab/summary.ts";
import { type GroupRow, groupRecord, type RunRow, runRecord } from "./run-row.ts";
import { openDatabase, sqliteStore } from "./sqlite.ts";

/**
 * Opens a store for looking things up. All reading goes over a connection that cannot write; summaries are kept over
 * another one, which does nothing else.
 */
export async function openLibrary(path: string): Promise<Result<Library>> {
  const reading = await openDatabase(path);
  if (!reading.ok) return reading;
  const keeping = await openDatabase(path);
  if (!keeping.ok) {
    reading.value.close();
    return keeping;
  }
  reading.value.exec("PRAGMA query_only = ON; PRAGMA cache_size = -16000");
  keeping.value.exec("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 200");
  return ok(libraryOf(reading.value, keeping.value));
}

function libraryOf(reading: Database.Database, keeping: Database.Database): Library {
  const store = sqliteStore(reading);
  const statements = new Map<string, Database.Statement>();
  const prepared = (query: string): Database.Statement => {
    const found = statements.get(query) ?? reading.prepare(query);
    statements.set(query, found);
    return found;
  };
  const all = <Row>(query: string, ...values: readonly (string | number)[]): readonly Row[] => {
    const rows: readonly unknown[] = prepared(query).all(...values);
    return areOf<Row>(rows) ? rows : [];
  };
  let platforms: { readonly last: number; readonly names: readonly string[] } | undefined;
  const basis = (run: string) => all<{ basis: string }>(BASIS, run, run, run)[0]?.basis ?? "";
  return {
    store,
    run: (id) => all<RunRow>("SELECT * FROM runs WHERE id = ?", id).map(runRecord)[0],
    group: (id) => all<GroupRow>("SELECT * FROM run_groups WHERE id = ?", id).map(groupRecord)[0],
    runsOfGroup: (id) =>
      all<RunRow>("SELECT * FROM runs WHERE run_group = ? ORDER BY place", id).map(runRecord),
    basis,
    version: () => all<{ data_version: number }>("PRAGMA data_version")[0]?.data_version ?? 0,
    list(filter, { from, count }) {
      const { where, values } = conditions(filter);
      const query = `SELECT ${LINE} FROM ${RUNS} WHERE ${where} ORDER BY r.created_at DESC, r.id DESC LIMIT ? OFFSET ?`;
      return all<LineRow>(query, ...values, count, from).map(runLine);
    },
    count(filter) {
      const { where, values } = conditions(filter);
      return all<{ n: number }>(`SELECT COUNT(*) AS n FROM ${RUNS} WHERE ${where}`, ...values)[0]?.n ?? 0;
    },
    platforms() {
      // Runs are only ever added, so the last one names all of them.
      const last = all<{ row: number }>("SELECT MAX(rowid) AS row FROM runs")[0]?.row ?? 0;
      if (platforms?.last !== last) {
        const query = `SELECT DISTINCT ${PLATFORM} AS platform FROM ${RUNS} ORDER BY 1`;
        platforms = { last, names: all<{ platform: string }>(query).map(({ platform }) => platform) };
      }
      return platforms.names;
    },
    unsummarised: (count) =>
      all<{ id: string }>(
        `SELECT r.id FROM ${RUNS} WHERE s.run IS NULL ORDER BY r.created_at DESC, r.id DESC LIMIT ?`,
        count,
      ).map(({ id }) => id),
    keepSummary(run, made, summary) {
      keepSummary(keeping, run, made, summary);
    },
    live: () =>
      all<{ state: string }>("SELECT state FROM live ORDER BY run").map(
        ({ state }): LiveState => JSON.parse(state),
      ),
    attempts(run, selection, after, count) {
      const { where, values } = selected(selection);
      const query = `SELECT ${ATTEMPT} FROM ${OBSERVATIONS} WHERE o.run = ? AND o.rowid > ? ${where} ORDER BY o.rowid LIMIT ?`;
      return all<AttemptRow>(query, run, after, ...values, count).map(attemptLine);
    },
    newest: (run, count) =>
      all<AttemptRow>(
        `SELECT ${ATTEMPT} FROM ${OBSERVATIONS} WHERE o.run = ? ORDER BY o.rowid DESC LIMIT ?`,
        run,
        count,
      )
        .map(attemptLine)
        .reverse(),
    trial: (run, trial) => all<TrialTextRow>(TRIAL, run, trial).map(judgedObservation),
    underOtherPolicies: (run) =>
      all<RunRow>(
        OTHER_POLICIES,
        run.study.platform,
        run.hardware,
        run.timing,
        run.study.resources.policy,
      ).map(runRecord),
    async close() {
      statements.clear();
      keeping.close();
      await store.close();
    },
  };
}

/** Rows have the columns that their query selects, and STRICT tables hold what they are declared to hold. */
function areOf<Row>(rows: readonly unknown[]): rows is readonly Row[] {
  return rows !== undefined;
}

/** Rows are only ever added, so the last of each kind names all of them. */
const BASIS = `SELECT
  COALESCE((SELECT rowid FROM observations WHERE run = ? ORDER BY rowid DESC LIMIT 1), 0) || '-' ||
  COALESCE((SELECT rowid FROM verdicts WHERE run = ? ORDER BY rowid DESC LIMIT 1), 0) || '-' ||
  COALESCE((SELECT rowid FROM machines WHERE run = ? ORDER BY rowid DESC LIMIT 1), 0) AS basis`;

const RUNS = `runs AS r LEFT JOIN summaries AS s ON s.run = r.id AND s.format = ${SUMMARY_FORMAT}`;
const PLATFORM = "COALESCE(s.platform, json_extract(r.study, '$.platform'))";
const POLICY = "COALESCE(s.policy, json_extract(r.study, '$.resources.policy'))";
const LINE = `r.id, r.created_at, r.hardware, r.timing, json_extract(r.study, '$.title') AS title, ${PLATFORM} AS platform,
  ${POLICY} AS policy, r.run_group, s.summary`;
/** Without a summary the run is searched by what it was asked to do. */
const WORDS = `COALESCE(s.words, lower(r.id || ' ' || r.hardware || ' ' || r.study))`;

interface LineRow {
  readonly id: string;
  readonly created_at: string;
  readonly hardware: Hardware;
  readonly timing: Timing;
  readonly title: string;
  readonly platform: string;
  readonly policy: string;
  readonly run_group: string | null;
  readonly summary: string | null;
}

function runLine(row: LineRow): RunLine {
  const { id, created_at: createdAt, hardware, timing, title, platform, policy } = row;
  return {
    ...{ id, createdAt, hardware, timing, title, platform, policy },
    ...(row.run_group === null ? {} : { group: row.run_group }),
    ...(row.summary === null ? {} : { summary: JSON.parse(row.summary) }),
  };
}

interface Conditions {
  readonly where: string;
  readonly values: readonly (string | number)[];
}

function conditions(filter: RunFilter): Conditions {
  const parts: (readonly [string, ...(string | number)[]])[] = [
    ...filter.words.map((word) => [`instr(${WORDS}, ?) > 0`, word] as const),
    ...(filter.platform === undefined ? [] : [[`${PLATFORM} = ?`, filter.platform] as const]),
    ...(filter.hardware === undefined ? [] : [["r.hardware = ?", filter.hardware] as const]),
    ...(filter.state === undefined ? [] : [["s.state = ?", filter.state] as const]),
    ...(filter.doubts === undefined
      ? []
      : [[filter.doubts === "some" ? "s.doubted > 0" : "s.doubted = 0"] as const]),
  ];
  return {
    where: ["TRUE", ...parts.map(([text]) => text)].join(" AND "),
    values: parts.flatMap(([, ...values]) => values),
  };
}

function keepSummary(keeping: Database.Database, run: RunRecord, made: string, summary: RunSummary): void {
  const { platform, resources } = run.study;
  const text = `${searchText(run.id, run.study, run.hardware)} ${summaryLine(summary.costs)}`.toLowerCase();
  try {
    // One statement, so that no row of the run can come between the look at its basis and the keeping.
    keeping
      .prepare(`INSERT OR REPLACE INTO summaries (run, format, platform, policy, state, doubted, words, summary)
        SELECT ?, ${SUMMARY_FORMAT}, ?, ?, ?, ?, ?, ? WHERE (${BASIS}) = ?`)
      .run(
        ...[
          run.id,
          platform,
          resources.policy,
          summary.state,
          summary.doubted,
          text,
          JSON.stringify(summary),
        ],
        ...[run.id, run.id, run.id, made],
      );
  } catch {
    // Busy or full: it is made again when somebody looks.
  }
}

const OBSERVATIONS = "observations AS o LEFT JOIN verdicts AS v USING (run, trial, attempt)";
const ATTEMPT = `o.rowid AS row, o.trial, o.attempt, o.boot, o.level, o.workload, o.lost, v.direction, v.throughput_per_s,
  v.response_s, v.doubts, v.replaced, v.trial IS NOT NULL AS judged`;

interface AttemptRow {
  readonly row: number;
  readonly trial: string;
  readonly attempt: number;
  readonly boot: number;
  readonly level: number;
  readonly workload: string;
  readonly lost: number;
  readonly direction: Direction | null;
  readonly throughput_per_s: number | null;
  readonly response_s: number | null;
  readonly doubts: number | null;
  readonly replaced: number | null;
  readonly judged: number;
}

function attemptLine(row: AttemptRow): AttemptLine {
  const { trial, attempt, boot, level, workload } = row;
  return {
    ...{ row: row.row, trial, attempt, boot, level, workload },
    direction: row.direction ?? undefined,
    outcome: outcomeOf(row),
    replaced: row.replaced === 1,
    throughputPerSecond: row.throughput_per_s ?? undefined,
    responseSeconds: row.response_s ?? undefined,
    doubts: row.doubts ?? 0,
  };
}

function outcomeOf({ lost, judged, throughput_per_s }: AttemptRow): AttemptLine["outcome"] {
  if (throughput_per_s !== null) return "measured";
  if (lost === 1) return "lost";
  return judged === 1 ? "failed" : "not judged";
}

function selected({ workload, level, boot, only }: TrialSelection): Conditions {
  const parts: (readonly [string, ...(string | number)[]])[] = [
    ...(workload === undefined ? [] : [["o.workload = ?", workload] as const]),
    ...(level === undefined ? [] : [["o.level = ?", level] as const]),
    ...(boot === undefined ? [] : [["o.boot = ?", boot] as const]),
    ...(only === undefined
      ? []
      : [[only === "doubted" ? "v.doubts > 0" : "v.throughput_per_s IS NULL"] as const]),
  ];
  return {
    where: parts.map(([text]) => ` AND ${text}`).join(""),
    values: parts.flatMap(([, ...values]) => values),
  };
}

interface TrialTextRow {
  readonly observation: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly verdict: string | null;
}

const TRIAL = `SELECT o.observation, o.stdout, o.stderr, v.verdict FROM ${OBSERVATIONS}
  WHERE o.run = ? AND o.trial = ? ORDER BY o.attempt`;

function judgedObservation({ observation, stdout, stderr, verdict }: TrialTextRow): JudgedObservation {
  const stored: Observation = JSON.parse(observation);
  return {
    observation: { ...stored, completed: { ...stored.completed, stdout, stderr } },
    verdict: verdict === null ? undefined : currentVerdict(JSON.parse(verdict)),
  };
}

const OTHER_POLICIES = `SELECT id, created_at, study, seed, hardware, timing, record, run_group, place FROM (
    SELECT *, ROW_NUMBER() OVER (
      PARTITION BY json_extract(study, '$.resources.policy') ORDER BY created_at DESC, id DESC) AS age
    FROM runs
    WHERE json_extract(study, '$.platform') = ? AND hardware = ? AND timing = ? AND json_extract(study, '$.resources.policy') <> ?)
  WHERE age = 1`;
