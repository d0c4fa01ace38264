import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import Database from "libsql";
import type { FailedTrial } from "../../core/analysis.ts";
import { currentVerdict, type DoubtedTrial, type GuardOutcomes } from "../../core/doubts.ts";
import {
  ATTEMPTS,
  type Observation,
  type TrialAttempt,
  trialLost,
  type Verdict,
} from "../../core/observation.ts";
import type { Direction, Trial } from "../../core/plan.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import { type MachineRecord, type RunRecord, type Store, verdictKey } from "../../lab/ports.ts";
import { ensureFolder } from "../files.ts";
import { MIGRATIONS } from "./migrations.ts";
import { type GroupRow, groupRecord, runRecord } from "./run-row.ts";

/** Structured values are JSON text; what is searched for has a column of its own. */
interface Schema {
  runs: {
    id: string;
    created_at: string;
    study: string;
    seed: number;
    hardware: RunRecord["hardware"];
    timing: RunRecord["timing"];
    record: string;
    run_group: string | null;
    place: number | null;
  };
  run_groups: GroupRow;
  machines: { run: string; boot: number; bring_up: number; level: number; machine: string };
  observations: {
    run: string;
    trial: string;
    attempt: number;
    lost: number;
    boot: number;
    level: number;
    workload: string;
    observation: string;
    stdout: string;
    stderr: string;
  };
  verdicts: {
    run: string;
    trial: string;
    attempt: number;
    verdict: string;
    boot: number;
    condition: number | null;
    direction: Direction;
    level: number;
    workload: string;
    throughput_per_s: number | null;
    response_s: number | null;
    /** How many guards doubt it. */
    doubts: number;
    /** Names of the guards that could not tell, with commas; null where none was asked. */
    unknown_guards: string | null;
    /** 1 where a later attempt speaks for the trial. */
    replaced: number;
  };
  nested_entries: {
    run: string;
    trial: string;
    attempt: number;
    host: number;
    workload: string;
    level: number;
    entries: number;
  };
}

/** Opens a store file, making it or bringing it up to date; a store of a newer version is refused. */
export async function openSqliteStore(path: string): Promise<Result<Store>> {
  const opened = await openDatabase(path);
  return opened.ok ? ok(sqliteStore(opened.value)) : opened;
}

/** A connection of its own to a store file that is of this version. */
export async function openDatabase(path: string): Promise<Result<Database.Database>> {
  try {
    await ensureFolder(dirname(path));
    const database = new Database(path);
    database.exec("PRAGMA busy_timeout = 10000");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL"); // an observation that was reported stored survives a power cut
    database.exec("PRAGMA foreign_keys = ON");
    migrate(database);
    const version = readVersion(database);
    if (version <= MIGRATIONS.length) return ok(database);
    database.close();
    return failed({
      code: "store-newer",
      at: path,
      what: `this store has version ${version}; this dvirt knows versions up to ${MIGRATIONS.length}`,
      hint: "use the newer dvirt that wrote it, or another store with --store FILE",
    });
  } catch (error) {
    return failed({
      code: "store-unusable",
      at: path,
      what: `the store cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      hint: "check the folder's rights and free space, or choose another file with --store FILE",
    });
  }
}

/** Each migration is one transaction; where another dvirt is at it, this one waits and takes what it finds. */
function migrate(database: Database.Database): void {
  while (readVersion(database) < MIGRATIONS.length) {
    database.exec("BEGIN IMMEDIATE");
    const version = readVersion(database);
    const migration = MIGRATIONS[version];
    database.exec(
      migration === undefined ? "COMMIT" : `${migration}; PRAGMA user_version = ${version + 1}; COMMIT`,
    );
  }
}

function readVersion(database: Database.Database): number {
  const row: unknown = database.prepare("PRAGMA user_version").get();
  return typeof row === "object" && row !== null && "user_version" in row ? Number(row.user_version) : 0;
}

export function sqliteStore(database: Database.Database): Store {
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  /** Rows page by page: a statement that is left half read would keep the file locked, and all at once is too much. */
  const pages = <Row extends Numbered, T>(
    query: string,
    run: string,
    made: (row: Row) => T,
  ): Iterable<T> => ({
    *[Symbol.iterator]() {
      const statement = database.prepare(query);
      for (let after = 0; ; ) {
        const rows: readonly unknown[] = statement.all(run, after, PAGE);
        if (!areOf<Row>(rows)) return;
        for (const row of rows) yield made(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = last.row;
      }
    },
  });
  return {
    async addGroup({ id, createdAt, studies, seed }) {
      await db
        .insertInto("run_groups")
        .values({ id, created_at: createdAt, studies: JSON.stringify(studies), seed })
        .execute();
    },
    async groups() {
      const rows = await db
        .selectFrom("run_groups")
        .selectAll()
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(groupRecord);
    },
    async addRun(run) {
      await db
        .insertInto("runs")
        .values({
          id: run.id,
          created_at: run.createdAt,
          study: JSON.stringify(run.study),
          seed: run.seed,
          hardware: run.hardware,
          timing: run.timing,
          record: JSON.stringify(run.record),
          run_group: run.group?.id ?? null,
          place: run.group?.place ?? null,
        })
        .execute();
    },
    async runs() {
      const rows = await db.selectFrom("runs").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map(runRecord);
    },
    async addMachine(run, machine) {
      await db
        .insertInto("machines")
        .values({
          run,
          boot: machine.boot,
          bring_up: machine.bringUp,
          level: machine.level,
          machine: JSON.stringify(machine),
        })
        .execute();
    },
    async machines(run) {
      const rows = await db
        .selectFrom("machines")
        .select("machine")
        .where("run", "=", run)
        .orderBy(sql`rowid`)
        .execute();
      return rows.map((row): MachineRecord => JSON.parse(row.machine));
    },
    async addObservation(run, observation) {
      const { stdout, stderr, ...completed } = observation.completed;
      await db
        .insertInto("observations")
        .values({
          run,
          trial: observation.trial.id,
          attempt: observation.attempt,
          lost: trialLost(observation) ? 1 : 0,
          boot: observation.trial.boot,
          level: observation.trial.level,
          workload: observation.trial.workload,
          observation: JSON.stringify({ ...observation, completed }),
          stdout,
          stderr,
        })
        .execute();
    },
    async observations(run) {
      const rows = await db
        .selectFrom("observations")
        .select(["observation", "stdout", "stderr"])
        .where("run", "=", run)
        .orderBy(sql`rowid`)
        .execute();
      return rows.map((row): Observation => {
        const stored: Observation = JSON.parse(row.observation);
        return { ...stored, completed: { ...stored.completed, stdout: row.stdout, stderr: row.stderr } };
      });
    },
    async attempts(run) {
      const rows = await db
        .selectFrom("observations")
        .leftJoin("verdicts", (join) =>
          join
            .onRef("verdicts.run", "=", "observations.run")
            .onRef("verdicts.trial", "=", "observations.trial")
            .onRef("verdicts.attempt", "=", "observations.attempt"),
        )
        .select(["observations.trial", "observations.attempt", "lost", "doubts"])
        .where("observations.run", "=", run)
        .execute();
      return rows.map(
        (row): TrialAttempt => ({
          trial: row.trial,
          attempt: row.attempt,
          lost: row.lost === 1,
          doubted: (row.doubts ?? 0) > 0,
        }),
      );
    },
    async addVerdict(run, key, verdict) {
      const reading = verdict.kind === "measured" ? verdict.reading : undefined;
      await db.transaction().execute(async (within) => {
        const { boot, level, workload, direction, condition, lost } = await within
          .selectFrom("observations")
          .select(["boot", "level", "workload", "lost"])
          .select(sql<Direction>`json_extract(observation, '$.trial.direction')`.as("direction"))
          .select(sql<number | null>`json_extract(observation, '$.trial.condition')`.as("condition"))
          .where("run", "=", run)
          .where("trial", "=", key.trial)
          .where("attempt", "=", key.attempt)
          .executeTakeFirstOrThrow(() => new Error(`${verdictKey(key)} was judged before it was stored`));
        await within
          .insertInto("verdicts")
          .values({
            run,
            trial: key.trial,
            attempt: key.attempt,
            verdict: JSON.stringify(verdict),
            boot,
            condition,
            direction,
            level,
            workload,
            throughput_per_s: reading?.throughputPerSecond ?? null,
            response_s: reading?.responseMeanSeconds ?? null,
            doubts: verdict.kind === "measured" ? verdict.doubts.length : 0,
            unknown_guards: verdict.kind === "measured" ? verdict.unknown.join() : null,
            replaced: 0,
          })
          .execute();
        if (lost === 0 && key.attempt > 1) {
          await within
            .updateTable("verdicts")
            .set({ replaced: 1 })
            .where("run", "=", run)
            .where("trial", "=", key.trial)
            .where("attempt", "<", key.attempt)
            .execute();
        }
        if (verdict.kind !== "measured") return;
        for (const { level: host, count } of verdict.nestedEntries) {
          const entry = {
            run,
            trial: key.trial,
            attempt: key.attempt,
            host,
            workload,
            level,
            entries: count,
          };
          await within.insertInto("nested_entries").values(entry).execute();
        }
      });
    },
    async verdicts(run) {
      const rows = await db
        .selectFrom("verdicts")
        .select(["trial", "attempt", "verdict"])
        .where("run", "=", run)
        .execute();
      return new Map(
        rows.map((row): [string, Verdict] => [verdictKey(row), currentVerdict(JSON.parse(row.verdict))]),
      );
    },
    async nestedEntries(run) {
      return db
        .selectFrom("nested_entries")
        .select(["workload", "level", "host"])
        .select((make) => [make.fn.min("entries").as("least"), make.fn.max("entries").as("most")])
        .where("run", "=", run)
        .groupBy(["workload", "level", "host"])
        .orderBy("workload")
        .orderBy("level")
        .orderBy("host")
        .execute();
    },
    async failures(run) {
      const { rows } =
        await sql<FailureRow>`${sql.raw(FAILURES)} AND v.run = ${run} ORDER BY o.rowid`.execute(db);
      return rows.flatMap((row): readonly FailedTrial[] => {
        const verdict: Verdict = JSON.parse(row.verdict);
        return verdict.kind === "failed" ? [{ trial: JSON.parse(row.trial), problem: verdict.problem }] : [];
      });
    },
    async guardOutcomes(run): Promise<GuardOutcomes> {
      const { rows } = await sql<{ unknown: string | null; trials: number }>`
        SELECT unknown_guards AS unknown, COUNT(*) AS trials FROM verdicts INDEXED BY guards_of_run
        WHERE run = ${run} AND throughput_per_s IS NOT NULL AND replaced = 0
        GROUP BY unknown_guards`.execute(db);
      return {
        judged: rows.map(({ unknown, trials }) => ({
          unknown: unknown?.split(",").filter((name) => name !== ""),
          trials,
        })),
        doubted: pages(DOUBTED, run, (row: DoubtedRow): DoubtedTrial => {
          const verdict: Verdict = JSON.parse(row.verdict);
          return {
            trial: { id: row.trial, workload: row.workload, level: row.level },
            attempt: row.attempt,
            doubts: verdict.kind === "measured" ? verdict.doubts : [],
          };
        }),
      };
    },
    async counts(run, repeat) {
      const count = async (from: string, where: string): Promise<number> => {
        const found = await sql<{ n: number }>`
          SELECT COUNT(*) AS n FROM ${sql.raw(from)} WHERE o.run = ${run} AND ${sql.raw(where)}`.execute(db);
        return found.rows[0]?.n ?? 0;
      };
      const attempts = await count("observations AS o", "TRUE");
      const repeats = await count("observations AS o INDEXED BY repeated_observations", "attempt > 1");
      const open = await count(
        "observations AS o INDEXED BY lost_observations",
        `lost = 1 AND attempt < ${ATTEMPTS} AND ${SPEAKS}`,
      );
      const doubtRepeats = await count(
        "verdicts AS o INDEXED BY doubted_verdicts",
        `doubts > 0 AND ${AGAIN}`,
      );
      const doubted = await count(
        `(SELECT run, trial, MAX(attempt) AS attempt, COUNT(*) AS doubted
          FROM verdicts INDEXED BY doubted_verdicts WHERE doubts > 0 GROUP BY run, trial) AS o`,
        `doubted <= ${repeat} AND ${NO_SOUND_ATTEMPT} AND ${FEW_LOST}`,
      );
      return {
        executed: attempts - repeats,
        repeats,
        doubtRepeats,
        settled: attempts - repeats - open - doubted,
      };
    },
    readings: (run) =>
      pages(READINGS, run, (row: ReadingRow) => ({
        trial: {
          boot: row.boot,
          ...(row.condition === null ? {} : { condition: row.condition }),
          direction: row.direction,
          level: row.level,
          workload: row.workload,
        },
        reading: { throughputPerSecond: row.throughput_per_s, responseMeanSeconds: row.response_s },
        doubted: row.doubts > 0,
      })),
    trials: (run) =>
      pages(TRIALS, run, (row: TrialTextRow) => {
        const verdict = row.verdict === null ? undefined : currentVerdict(JSON.parse(row.verdict));
        const trial: Trial = JSON.parse(row.trial);
        return {
          trial,
          attempt: row.attempt,
          bringUp: row.bring_up,
          startedAt: row.started_at,
          seconds: row.seconds,
          reading: verdict?.kind === "measured" ? verdict.reading : undefined,
          problem: verdict?.kind === "failed" ? verdict.problem : undefined,
          kvm: verdict?.kind === "measured" ? (verdict.kvm ?? []) : [],
          doubts: verdict?.kind === "measured" ? verdict.doubts : [],
        };
      }),
    async close() {
      // Without this the data stays in the log beside the file, and a copy of the file alone loses it.
      await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
      await db.destroy();
    },
  };
}

const PAGE = 1000;

/** What every query that is read in pages selects: the number of the row, to go on from. */
interface Numbered {
  readonly row: number;
}

/** Rows have the columns that their query selects, and STRICT tables hold what they are declared to hold. */
function areOf<Row extends Numbered>(rows: readonly unknown[]): rows is readonly Row[] {
  return rows !== undefined;
}

interface ReadingRow extends Numbered {
  readonly boot: number;
  readonly condition: number | null;
  readonly direction: Direction;
  readonly level: number;
  readonly workload: string;
  readonly throughput_per_s: number;
  readonly response_s: number;
  readonly doubts: number;
}

/** An attempt that could be read is the last that kept its machine, unless it is marked as replaced by a later one. */
const READINGS = `
  SELECT rowid AS row, boot, condition, direction, level, workload, throughput_per_s, response_s, doubts FROM verdicts
  WHERE run = ? AND rowid > ? AND throughput_per_s IS NOT NULL AND replaced = 0 ORDER BY rowid LIMIT ?`;

interface DoubtedRow extends Numbered {
  readonly trial: string;
  readonly attempt: number;
  readonly workload: string;
  readonly level: number;
  readonly verdict: string;
}

const DOUBTED = `
  SELECT rowid AS row, trial, attempt, workload, level, verdict FROM verdicts
  WHERE run = ? AND rowid > ? AND doubts > 0 AND replaced = 0 ORDER BY rowid LIMIT ?`;

/** There is a later attempt at the trial. */
const AGAIN = `EXISTS (
    SELECT 1 FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial AND other.attempt > o.attempt)`;

/** Of a trial's attempts none kept its machine without being doubted: settledTrials in core/observation.ts. */
const NO_SOUND_ATTEMPT = `NOT EXISTS (
    SELECT 1 FROM observations AS other LEFT JOIN verdicts AS said USING (run, trial, attempt)
    WHERE other.run = o.run AND other.trial = o.trial AND other.lost = 0 AND COALESCE(said.doubts, 0) = 0)`;

const FEW_LOST = `(
    SELECT COUNT(*) FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial AND other.lost = 1) < ${ATTEMPTS}`;

interface TrialTextRow extends Numbered {
  readonly trial: string;
  readonly attempt: number;
  readonly bring_up: number;
  readonly started_at: string;
  readonly seconds: number;
  readonly verdict: string | null;
}

/** The attempt that speaks for its trial: the last that kept its machine, else the last. */
const SPEAKS = `NOT EXISTS (
    SELECT 1 FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial
      AND (other.lost < o.lost OR (other.lost = o.lost AND other.attempt > o.attempt)))`;

interface FailureRow {
  readonly trial: string;
  readonly verdict: string;
}

const FAILURES = `
  SELECT json_extract(o.observation, '$.trial') AS trial, v.verdict
  FROM verdicts AS v INDEXED BY unread_verdicts
    CROSS JOIN observations AS o ON o.run = v.run AND o.trial = v.trial AND o.attempt = v.attempt
  WHERE v.throughput_per_s IS NULL AND ${SPEAKS}`;

const TRIALS = `
  SELECT o.rowid AS row, json_extract(o.observation, '$.trial') AS trial, o.attempt,
    json_extract(o.observation, '$.bringUp') AS bring_up,
    json_extract(o.observation, '$.startedAt') AS started_at,
    json_extract(o.observation, '$.completed.seconds') AS seconds,
    v.verdict
  FROM observations AS o LEFT JOIN verdicts AS v USING (run, trial, attempt)
  WHERE o.run = ? AND o.rowid > ? AND ${SPEAKS} ORDER BY o.rowid LIMIT ?`;
