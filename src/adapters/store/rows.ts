import type { SqliteDatabase, SqliteStatement } from "kysely";
import type Database from "libsql";
import { rawText } from "../raw-text.ts";

/**
 * A connection whose queries survive whatever stands in the file: libsql ends the process on text that is no UTF-8,
 * and cuts text at NUL. So each row comes as the bytes of one JSON array, which is also quicker than column by column.
 */
export function readingRows(connection: Database.Database): SqliteDatabase {
  const known = new Map<string, readonly string[]>();
  const namesOf = (query: string) => {
    const names =
      known.get(query) ??
      connection
        .prepare(query)
        .columns()
        .map(({ name }) => name);
    known.set(query, names);
    return names;
  };
  return {
    close: () => void connection.close(),
    prepare: (query) => {
      // A full disk has SQLite roll back by itself; the error that says so is not to be hidden by another.
      if (query === "rollback" && !connection.inTransaction)
        return connection.prepare("SELECT 1 WHERE FALSE");
      return /^\s*(select|with)\b/i.test(query)
        ? rowStatement(connection, query, namesOf(query))
        : connection.prepare(query);
    },
  };
}

function rowStatement(
  connection: Database.Database,
  query: string,
  names: readonly string[],
): SqliteStatement {
  const cells = names.map((name) => `"${name.replaceAll('"', '""')}"`).join();
  const statement = connection.prepare(`SELECT CAST(json_array(${cells}) AS BLOB) AS cells FROM (${query})`);
  const rowOf = (row: unknown) => {
    const read: unknown = JSON.parse(rawText(bytesOf(row)));
    if (!Array.isArray(read)) throw new Error("json_array makes an array");
    return Object.fromEntries(names.map((name, index) => [name, read[index]]));
  };
  return {
    reader: true,
    all: (parameters) => statement.all(...parameters).map(rowOf),
    run: () => {
      throw new Error("a query is read");
    },
    *iterate(parameters) {
      for (const row of statement.iterate(...parameters)) yield rowOf(row);
    },
  };
}

function bytesOf(row: unknown): Buffer {
  const bytes = typeof row === "object" && row !== null && "cells" in row ? row.cells : undefined;
  if (bytes instanceof ArrayBuffer) return Buffer.from(bytes);
  if (bytes instanceof Uint8Array) return Buffer.from(bytes);
  throw new Error("a row without cells");
}
