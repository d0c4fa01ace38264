import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";

export interface RawStore {
  readonly runs: readonly string[];
  /** All that was stored of a trial, as one text, by its id; in the order of storing. */
  readonly observations: readonly (readonly [trial: string, content: string])[];
  /** The trial of each outcome. */
  readonly outcomes: readonly string[];
  readonly machines: readonly { readonly boot: number; readonly bringUp: number; readonly level: number }[];
  readonly integrity: string;
}

/**
 * What a store file holds, read past dvirt and from a copy, so that reading repairs nothing: whatever
 * a killed process left (a write-ahead log, half a transaction) is still there for dvirt to deal with.
 */
export async function readRawStore(path: string): Promise<RawStore> {
  const folder = await mkdtemp(join(tmpdir(), "dvirt-read-"));
  try {
    const copy = join(folder, "copy.sqlite");
    for (const suffix of ["", "-wal"]) await copyFile(path + suffix, copy + suffix).catch(() => {});
    const database = new Database(copy);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function read(database: Database.Database): RawStore {
  const integrity = String(rows(database, "PRAGMA integrity_check")[0]?.["integrity_check"]);
  const tables = rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'").length;
  if (tables === 0) return { runs: [], observations: [], outcomes: [], machines: [], integrity };
  return {
    runs: rows(database, "SELECT id FROM runs").map((row) => String(row["id"])),
    observations: rows(database, "SELECT * FROM observations ORDER BY rowid").map((row) => [
      String(row["trial"]),
      JSON.stringify(row),
    ]),
    outcomes: rows(database, "SELECT trial FROM outcomes").map((row) => String(row["trial"])),
    machines: rows(database, "SELECT boot, bring_up, level FROM machines").map((row) => ({
      boot: Number(row["boot"]),
      bringUp: Number(row["bring_up"]),
      level: Number(row["level"]),
    })),
    integrity,
  };
}

function rows(database: Database.Database, query: string): readonly Readonly<Record<string, unknown>>[] {
  return database
    .prepare(query)
    .all()
    .map((row: unknown) =>
      Object.fromEntries(
        Object.entries({ ...Object(row) }).map(([name, value]) => [
          name,
          value instanceof ArrayBuffer ? Buffer.from(value).toString() : value,
        ]),
      ),
    );
}
