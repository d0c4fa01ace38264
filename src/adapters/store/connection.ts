import { dirname } from "node:path";
import Database from "libsql";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import { ensureFolder } from "../files.ts";
import { SCHEMA, STORE_VERSION } from "./schema.ts";

/** A connection of its own to a store file, which is made if it is not there; one of another version is refused. */
export async function openDatabase(path: string): Promise<Result<Database.Database>> {
  try {
    await ensureFolder(dirname(path));
    const database = new Database(path);
    database.exec("PRAGMA busy_timeout = 10000");
    if (isEmpty(database)) create(database);
    const version = readVersion(database);
    if (version === STORE_VERSION) {
      database.exec("PRAGMA journal_mode = WAL");
      database.exec("PRAGMA synchronous = FULL"); // an observation that was reported stored survives a power cut
      database.exec("PRAGMA foreign_keys = ON");
      return ok(database);
    }
    database.close();
    return failed({
      code: "store-version",
      at: path,
      what: `this store has version ${version}, and this dvirt reads version ${STORE_VERSION} alone`,
      hint: "use the dvirt that wrote it, or another store with --store FILE",
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

/** One transaction. If another dvirt makes the same store, this one waits and takes what it finds. */
function create(database: Database.Database): void {
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("BEGIN IMMEDIATE");
  database.exec(isEmpty(database) ? `${SCHEMA}; PRAGMA user_version = ${STORE_VERSION}; COMMIT` : "COMMIT");
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
}

function readVersion(database: Database.Database): number {
  const row: unknown = database.prepare("PRAGMA user_version").get();
  return typeof row === "object" && row !== null && "user_version" in row ? Number(row.user_version) : 0;
}
