import { sql } from "kysely";
import type Database from "libsql";
import { ok, type Result } from "../../core/base/problem.ts";
import type { Store } from "../../lab/store.ts";
import { openDatabase } from "./connection.ts";
import { sqliteReader } from "./reader.ts";
import { databaseOf } from "./tables.ts";
import { sqliteWriter } from "./writer.ts";

/** Opens a store file, or makes it; a store of another version is refused. */
export async function openSqliteStore(path: string): Promise<Result<Store>> {
  const opened = await openDatabase(path);
  return opened.ok ? ok(sqliteStore(opened.value)) : opened;
}

/** A store over a connection, which it closes. */
export function sqliteStore(connection: Database.Database): Store {
  const db = databaseOf(connection);
  return {
    ...sqliteWriter(db),
    ...sqliteReader(db),
    async close() {
      // Without this the data stays in the log beside the file, and a copy of the file alone loses it.
      await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
      await db.destroy();
    },
  };
}
