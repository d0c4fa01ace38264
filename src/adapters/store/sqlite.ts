import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import Database from "libsql";
import { type Observation, type TrialAttempt, trialLost, type Verdict } from "../../core/observation.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import { type MachineRecord, type RunRecord, type Store, verdictKey } from "../../lab/ports.ts";
import { ensureFolder } from "../files.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Structured values are JSON text; what is searched for has a column of its own. */
interface Schema {
  runs: {
    id: string;
    created_at: string;
    study: string;
    seed: number;
    hardware: RunRecord["hardware"];
    record: string;
  };
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
  verdicts: { run: string; trial: string; attempt: number; verdict: string };
}

/** Opens a store file, making it or bringing it up to date; a store of a newer version is refused. */
export async function openSqliteStore(path: string): Promise<Result<Store>> {
  let database: Database.Database;
  try {
    await ensureFolder(dirname(path));
    database = new Database(path);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL"); // an observation that was reported stored survives a power cut
    database.exec("PRAGMA busy_timeout = 10000");
    database.exec("PRAGMA foreign_keys = ON");
    const version = readVersion(database);
    if (version > MIGRATIONS.length) {
      database.close();
      return failed({
        code: "store-newer",
        at: path,
        what: `this store has version ${version}; this dvirt knows versions up to ${MIGRATIONS.length}`,
        hint: "use the newer dvirt that wrote it, or another store with --store FILE",
      });
    }
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue;
      database.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT`);
    }
  } catch (error) {
    return failed({
      code: "store-unusable",
      at: path,
      what: `the store cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      hint: "check the folder's rights and free space, or choose another file with --store FILE",
    });
  }
  return ok(sqliteStore(new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })));
}

function readVersion(database: Database.Database): number {
  const row: unknown = database.prepare("PRAGMA user_version").get();
  return typeof row === "object" && row !== null && "user_version" in row ? Number(row.user_version) : 0;
}

function sqliteStore(db: Kysely<Schema>): Store {
  return {
    async addRun(run) {
      await db
        .insertInto("runs")
        .values({
          id: run.id,
          created_at: run.createdAt,
          study: JSON.stringify(run.study),
          seed: run.seed,
          hardware: run.hardware,
          record: JSON.stringify(run.record),
        })
        .execute();
    },
    async runs() {
      const rows = await db.selectFrom("runs").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map(
        (row): RunRecord => ({
          id: row.id,
          createdAt: row.created_at,
          study: JSON.parse(row.study),
          seed: row.seed,
          hardware: row.hardware,
          record: JSON.parse(row.record),
        }),
      );
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
        .select(["trial", "attempt", "lost"])
        .where("run", "=", run)
        .execute();
      return rows.map(
        (row): TrialAttempt => ({ trial: row.trial, attempt: row.attempt, lost: row.lost === 1 }),
      );
    },
    async addVerdict(run, { trial, attempt }, verdict) {
      await db
        .insertInto("verdicts")
        .values({ run, trial, attempt, verdict: JSON.stringify(verdict) })
        .execute();
    },
    async verdicts(run) {
      const rows = await db
        .selectFrom("verdicts")
        .select(["trial", "attempt", "verdict"])
        .where("run", "=", run)
        .execute();
      return new Map(rows.map((row): [string, Verdict] => [verdictKey(row), JSON.parse(row.verdict)]));
    },
    async close() {
      // Without this the data stays in the log beside the file, and a copy of the file alone loses it.
      await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
      await db.destroy();
    },
  };
}
