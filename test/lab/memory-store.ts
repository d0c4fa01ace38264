import Database from "libsql";
import { SCHEMA } from "../../src/adapters/store/schema.ts";
import { sqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Store } from "../../src/lab/store.ts";

/** A store that is gone at the end of the test: SQLite's own, in memory. */
export function memoryStore(): Store {
  const connection = new Database(":memory:");
  connection.exec(`PRAGMA foreign_keys = ON; ${SCHEMA}`);
  return sqliteStore(connection);
}
