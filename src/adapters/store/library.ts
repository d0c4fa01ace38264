import { type RawBuilder, sql } from "kysely";
import type Database from "libsql";
import { optional } from "../../core/base/optional.ts";
import { ok, type Result } from "../../core/base/problem.ts";
import { headlineOf } from "../../core/report/parts/headline.ts";
import type { Direction } from "../../core/trial/plan.ts";
import {
  type AttemptLine,
  type Library,
  type RunFilter,
  type RunLine,
  searchText,
  type TrialSelection,
} from "../../lab/library.ts";
import type { LiveState } from "../../lab/live.ts";
import type { RunRecord } from "../../lab/ports.ts";
import { type RunSummary, SUMMARY_FORMAT } from "../../lab/summary.ts";
import { openDatabase } from "./connection.ts";
import { JUDGED, sqliteReader } from "./reader.ts";
import { databaseOf, groupRecord, type RunRow, runRecord, type StoreDatabase, stored } from "./tables.ts";

/**
 * Opens a store for looking things up. All reading goes over a connection that cannot write; summaries are kept over
 * another one, which does nothing else.
 */
export async function openLibrary(path: string): Promise<Result<Library>> {
  const reading = await openDatabase(path, "refuse");
  if (!reading.ok) return reading;
  const keeping = await openDatabase(path, "refuse");
  if (!keeping.ok) {
    reading.value.close();
    return keeping;
  }
  reading.value.exec("PRAGMA query_only = ON; PRAGMA cache_size = -16000");
  keeping.value.exec("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 200");
  return ok(libraryOf(reading.value, keeping.value));
}

function libraryOf(reading: Database.Database, keeping: Database.Database): Library {
  const [db, writing] = [databaseOf(reading), databaseOf(keeping)];
  return {
    ...sqliteReader(db),
    ...runLookups(db),
    ...runLists(db),
    ...attemptLists(db),
    keepSummary: (run, made, summary) => keepSummary(writing, run, made, summary),
    async live() {
      const { rows } = await sql<{ state: string }>`SELECT state FROM live ORDER BY run`.execute(db);
      return rows.map(({ state }): LiveState => stored(state));
    },
    async close() {
      await writing.destroy();
      await db.destroy();
    },
  };
}

/** One run or group, and what tells whether anything of it is new. */
function runLookups(
  db: StoreDatabase,
): Pick<Library, "run" | "group" | "runsOfGroup" | "basis" | "version" | "underOtherPolicies"> {
  return {
    async run(id) {
      const row = await db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst();
      return row && runRecord(row);
    },
    async group(id) {
      const row = await db.selectFrom("run_groups").selectAll().where("id", "=", id).executeTakeFirst();
      return row && groupRecord(row);
    },
    async runsOfGroup(id) {
      const query = db.selectFrom("runs").selectAll().where("run_group", "=", id).orderBy("place");
      return (await query.execute()).map(runRecord);
    },
    async basis(run) {
      const { rows } = await sql<{ basis: string }>`SELECT ${basisOf(run)} AS basis`.execute(db);
      return rows[0]?.basis ?? "";
    },
    async version() {
      const { rows } = await sql<{ data_version: number }>`PRAGMA data_version`.execute(db);
      return rows[0]?.data_version ?? 0;
    },
    async underOtherPolicies({ study, hardware, timing }) {
      const { rows } = await sql<RunRow>`
        SELECT id, created_at, study, seed, hardware, timing, provenance, run_group, place FROM (
          SELECT *, ROW_NUMBER() OVER (
            PARTITION BY ${ofStudy("study", "resources.policy")} ORDER BY created_at DESC, id DESC) AS age
          FROM runs
          WHERE ${ofStudy("study", "platform")} = ${study.platform} AND hardware = ${hardware}
            AND timing = ${timing} AND ${ofStudy("study", "resources.policy")} <> ${study.resources.policy})
        WHERE age = 1`.execute(db);
      return rows.map(runRecord);
    },
  };
}

/** Many runs. */
function runLists(db: StoreDatabase): Pick<Library, "list" | "count" | "platforms" | "unsummarised"> {
  let platforms: { readonly last: number; readonly names: readonly string[] } | undefined;
  return {
    async list(filter, { from, count }) {
      const { rows } = await sql<LineRow>`
        SELECT ${LINE} FROM ${RUNS} WHERE ${conditions(filter)}
        ORDER BY r.created_at DESC, r.id DESC LIMIT ${count} OFFSET ${from}`.execute(db);
      return rows.map(runLine);
    },
    async count(filter) {
      const { rows } = await sql<{ n: number }>`
        SELECT COUNT(*) AS n FROM ${RUNS} WHERE ${conditions(filter)}`.execute(db);
      return rows[0]?.n ?? 0;
    },
    async platforms() {
      // Runs are only ever added, so the last one names all of them.
      const newest = await sql<{ row: number | null }>`SELECT MAX(rowid) AS row FROM runs`.execute(db);
      const last = newest.rows[0]?.row ?? 0;
      if (platforms?.last !== last) {
        const { rows } = await sql<{ platform: string }>`
          SELECT DISTINCT ${PLATFORM} AS platform FROM ${RUNS} ORDER BY 1`.execute(db);
        platforms = { last, names: rows.map(({ platform }) => platform) };
      }
      return platforms.names;
    },
    async unsummarised(count) {
      const { rows } = await sql<{ id: string }>`
        SELECT r.id FROM ${RUNS} WHERE s.run IS NULL
        ORDER BY r.created_at DESC, r.id DESC LIMIT ${count}`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

/** Attempts of one run. */
function attemptLists(db: StoreDatabase): Pick<Library, "attemptLines" | "newest"> {
  return {
    async attemptLines(run, selection, { after, count }) {
      const { rows } = await sql<AttemptRow>`
        SELECT ${ATTEMPT} FROM ${JUDGED}
        WHERE o.run = ${run} AND o.rowid > ${after} AND ${selected(selection)}
        ORDER BY o.rowid LIMIT ${count}`.execute(db);
      return rows.map(attemptLine);
    },
    async newest(run, count) {
      const { rows } = await sql<AttemptRow>`
        SELECT ${ATTEMPT} FROM ${JUDGED} WHERE o.run = ${run}
        ORDER BY o.rowid DESC LIMIT ${count}`.execute(db);
      return rows.map(attemptLine).reverse();
    },
  };
}

/** Rows are only ever added, so the last of each kind names all of them. */
function basisOf(run: string): RawBuilder<string> {
  const last = (table: "observations" | "outcomes" | "machines") => sql<number>`
    COALESCE((SELECT rowid FROM ${sql.table(table)} WHERE run = ${run} ORDER BY rowid DESC LIMIT 1), 0)`;
  return sql`${last("observations")} || '-' || ${last("outcomes")} || '-' || ${last("machines")}`;
}
const RUNS = sql.raw(`runs AS r LEFT JOIN summaries AS s ON s.run = r.id AND s.format = ${SUMMARY_FORMAT}`);
/** A text of a study; none of one that is damaged. */
function ofStudy(column: "study" | "r.study", path: "platform" | "resources.policy" | "title") {
  return sql.raw(`CAST(iif(json_valid(${column}), json_extract(${column}, '$.${path}'), '') AS TEXT)`);
}
const PLATFORM = sql`COALESCE(s.platform, ${ofStudy("r.study", "platform")})`;
const POLICY = sql`COALESCE(s.policy, ${ofStudy("r.study", "resources.policy")})`;
const LINE = sql`r.id, r.created_at, r.hardware, r.timing, ${ofStudy("r.study", "title")} AS title, ${PLATFORM} AS platform,
  ${POLICY} AS policy, r.run_group, s.summary`;
/** Without a summary the run is searched by what it was asked to do. */
const WORDS = sql.raw("COALESCE(s.words, lower(r.id || ' ' || r.hardware || ' ' || r.study))");

type LineRow = Pick<RunRow, "id" | "created_at" | "hardware" | "timing" | "run_group"> & {
  readonly title: string;
  readonly platform: string;
  readonly policy: string;
  readonly summary: string | null;
};

function runLine({ created_at: createdAt, run_group: group, summary, ...run }: LineRow): RunLine {
  return {
    ...run,
    createdAt,
    ...optional({ group, summary: summary === null ? undefined : stored<RunSummary>(summary) }),
  };
}

function conditions({ words, platform, hardware, state, doubts }: RunFilter): RawBuilder<unknown> {
  return all([
    ...words.map((word) => sql`instr(${WORDS}, ${word}) > 0`),
    platform && sql`${PLATFORM} = ${platform}`,
    hardware && sql`r.hardware = ${hardware}`,
    state && sql`s.state = ${state}`,
    doubts && (doubts === "some" ? sql`s.doubted > 0` : sql`s.doubted = 0`),
  ]);
}

/** Every condition that is there. */
function all(conditions: readonly (RawBuilder<unknown> | "" | undefined)[]): RawBuilder<unknown> {
  const there = conditions.filter((one) => one !== undefined && one !== "");
  return sql.join([sql`TRUE`, ...there], sql` AND `);
}

async function keepSummary(
  keeping: StoreDatabase,
  run: RunRecord,
  made: string,
  summary: RunSummary,
): Promise<void> {
  const { platform, resources } = run.study;
  const text = `${searchText(run.id, run.study, run.hardware)} ${headlineOf(summary.costs)}`.toLowerCase();
  try {
    // One statement, so that no row of the run can come between the look at its basis and the keeping.
    await sql`
      INSERT OR REPLACE INTO summaries (run, format, platform, policy, state, doubted, words, summary)
      SELECT ${run.id}, ${SUMMARY_FORMAT}, ${platform}, ${resources.policy}, ${summary.state}, ${summary.doubted},
        ${text}, ${JSON.stringify(summary)}
      WHERE (${basisOf(run.id)}) = ${made}`.execute(keeping);
  } catch {
    // Busy or full: it is made again when somebody looks.
  }
}

const ATTEMPT = sql`o.rowid AS row, o.trial, o.attempt, o.boot, o.level, o.workload, o.lost, v.direction, v.metrics,
  v.doubts, v.replaced, v.trial IS NOT NULL AS judged`;

interface AttemptRow extends Pick<AttemptLine, "row" | "trial" | "attempt" | "boot" | "level" | "workload"> {
  readonly lost: number;
  readonly direction: Direction | null;
  readonly metrics: string | null;
  readonly doubts: number | null;
  readonly replaced: number | null;
  readonly judged: number;
}

function attemptLine(row: AttemptRow): AttemptLine {
  const { lost: _lost, judged: _judged, ...attempt } = row;
  return {
    ...attempt,
    direction: row.direction ?? undefined,
    outcome: outcomeOf(row),
    replaced: row.replaced === 1,
    metrics: row.metrics === null ? undefined : stored(row.metrics),
    doubts: row.doubts ?? 0,
  };
}

function outcomeOf({ lost, judged, metrics }: AttemptRow): AttemptLine["outcome"] {
  if (metrics !== null) return "measured";
  if (lost === 1) return "lost";
  return judged === 1 ? "failed" : "not judged";
}

function selected({ workload, level, boot, only }: TrialSelection): RawBuilder<unknown> {
  return all([
    workload && sql`o.workload = ${workload}`,
    level === undefined ? undefined : sql`o.level = ${level}`,
    boot === undefined ? undefined : sql`o.boot = ${boot}`,
    only && (only === "doubted" ? sql`v.doubts > 0` : sql`v.metrics IS NULL`),
  ]);
}
