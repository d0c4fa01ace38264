import { sql } from "kysely";
import Database from "libsql";
import { ok, type Result } from "../../core/base/problem.ts";
import type { Store } from "../../lab/store.ts";
import { openDatabase, type WhereMissing } from "./connection.ts";
import { sqliteReader } from "./reader.ts";
import { SCHEMA } from "./schema.ts";
import { databaseOf } from "./tables.ts";
import { sqliteWriter } from "./writer.ts";

/** Opens a store file, and makes it where it is missing; what is no store of this version is refused. */
export async function openSqliteStore(path: string, missing: WhereMissing = "make"): Promise<Result<Store>> {
  const opened = await openDatabase(path, missing);
  return opened.ok ? ok(sqliteStore(opened.value)) : opened;
}

/** A store in memory, which is gone when it is closed. */
export function emptyStore(): Store {
  const connection = new Database(":memory:");
  connection.exec(`PRAGMA foreign_keys = ON; ${SCHEMA}`);
  return sqliteStore(connection);
}

/** A store over a connection, which it closes. */
function sqliteStore(connection: Database.Database): Store {
  const db = databaseOf(connection);
  return {
    ...sqliteWriter(db),
    ...sqliteReader(db),
    async close() {
      // Without this the data stays in the log beside the file, and a copy of the file alone loses it.
      // Where it cannot be written, nothing of ours is in the log.
      await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db).catch(() => {});
      await db.destroy();
    },
  };
}
