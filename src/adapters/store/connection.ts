import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import Database from "libsql";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import { ensureFile, ensureFolder } from "../files.ts";
import { systemProblem } from "../system-problem.ts";
import { APPLICATION_ID, SCHEMA, STORE_VERSION } from "./schema.ts";

/** What is done where there is no file: a store is made, or there is none (and nothing is made). */
export type WhereMissing = "make" | "refuse";

/**
 * A connection of its own to a store file. A file that is not a store of this version is refused before SQLite opens it,
 * which would already change it.
 */
export async function openDatabase(given: string, missing: WhereMissing): Promise<Result<Database.Database>> {
  const path = resolve(given);
  const refused = (what: string, hint = RIGHTS) => failed({ code: "store-unusable", at: given, what, hint });
  try {
    const found = await fileAt(path);
    if (found.kind === "missing" && missing === "refuse") {
      return failed({
        code: "no-store",
        at: given,
        what: "there is no store here",
        hint: "check the path; dvirt run makes a store",
      });
    }
    if (found.kind === "other") return refused("the store cannot be opened: file is not a database");
    const problem = found.kind === "database" ? strangerProblem(given, found) : undefined;
    if (problem !== undefined) return failed(problem);
    if (found.kind === "missing") {
      await ensureFolder(dirname(path));
      await ensureFile(path); // SQLite's other files get its rights
    }
    const sealed = found.kind === "database" ? await readOnly(path) : undefined;
    if (sealed !== undefined) return ok(sealed);
    const database = await settled(path);
    // The file itself may not know yet what stands in its log.
    const late = strangerProblem(given, {
      application: pragma(database, "application_id"),
      version: pragma(database, "user_version"),
    });
    if (late !== undefined) {
      database.close();
      return failed(late);
    }
    return ok(database);
  } catch (error) {
    const problem = systemProblem(error);
    if (problem?.code === "store-busy" || problem?.code === "store-damaged")
      return failed({ ...problem, at: given });
    return refused(`the store cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const RIGHTS = "check the folder's rights and free space, or choose another file with --store FILE";

type FileAt =
  | { readonly kind: "missing" | "empty" | "other" }
  | { readonly kind: "database"; readonly application: number; readonly version: number };

/**
 * What stands at a path: read by SQLite, which changes and locks nothing where the file counts as immutable. A file
 * that this process opens and closes by itself loses every lock that SQLite has on it here
 * (https://sqlite.org/howtocorrupt.html, section 2.2), and a connection that was closed lives until it is collected.
 */
async function fileAt(path: string): Promise<FileAt> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return { kind: "missing" };
  if (found.size === 0) return { kind: "empty" };
  const database = untouched(path);
  try {
    return {
      kind: "database",
      application: pragma(database, "application_id"),
      version: pragma(database, "user_version"),
    };
  } catch (error) {
    if (/not a database/.test(String(error))) return { kind: "other" };
    throw error;
  } finally {
    database.close();
  }
}

/** The file alone, without its log and without a lock. */
function untouched(path: string): Database.Database {
  return new Database(`${pathToFileURL(path).href}?immutable=1`);
}

function strangerProblem(
  at: string,
  { application, version }: { readonly application: number; readonly version: number },
): Problem | undefined {
  const ours = application === APPLICATION_ID;
  if (ours && version === STORE_VERSION) return undefined;
  // Stores of early versions had no application id.
  if (ours || (application === 0 && version !== 0 && version !== STORE_VERSION)) {
    return {
      code: "store-version",
      at,
      what: `this store has version ${version}, and this dvirt reads version ${STORE_VERSION} alone`,
      hint: "use the dvirt that wrote it, or another store with --store FILE",
    };
  }
  return {
    code: "store-unusable",
    at,
    what: "this is another program's database, and is left as it is",
    hint: "choose another file with --store FILE",
  };
}

/**
 * A connection to a store in a folder where nothing can be written, which SQLite needs for a write-ahead log: the file
 * as it is, which is all of it where the last run came to its end. Undefined where the folder can be written.
 */
async function readOnly(path: string): Promise<Database.Database | undefined> {
  const database = new Database(path);
  try {
    isEmpty(database);
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    if (systemProblem(error)?.code !== "no-rights" && !/unable to open/i.test(String(error))) throw error;
    const log = await stat(`${path}-wal`).catch(() => undefined);
    if (log !== undefined && log.size > 0) {
      throw new Error(
        "nothing can be written beside it, and its last rows are in the log there; copy both to another folder",
        { cause: error },
      );
    }
    return untouched(path);
  }
}

/**
 * A connection to the store, which is made where the file is empty. What another dvirt is making is waited for, and Ctrl-C is
 * heard meanwhile. Each try has a connection of its own: a read that was refused stays under way in the old one.
 */
async function settled(path: string): Promise<Database.Database> {
  for (let tries = 0; tries < BUSY_TRIES; tries++) {
    if (tries > 0) await wait(100);
    const database = new Database(path);
    if (!isThere(database)) {
      database.close();
      continue;
    }
    database.exec("PRAGMA busy_timeout = 10000");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL"); // an observation that was reported stored survives a power cut
    database.exec("PRAGMA foreign_keys = ON");
    return database;
  }
  throw new Error("another program is making it, and does not come to an end");
}

const BUSY_TRIES = 300;

/** Whether the store is in the file, where it may have been made just now; false where another program holds it. */
function isThere(database: Database.Database): boolean {
  try {
    if (isEmpty(database)) create(database);
    return true;
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    if (systemProblem(error)?.code === "store-busy") return false;
    throw error;
  }
}

/** In one transaction with a rollback journal, so that the file itself says whose it is from its first byte on. */
function create(database: Database.Database): void {
  database.exec("BEGIN IMMEDIATE");
  const made = `${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STORE_VERSION}; COMMIT`;
  database.exec(isEmpty(database) ? made : "COMMIT");
}

function pragma(database: Database.Database, name: "application_id" | "user_version"): number {
  const [row]: unknown[] = database.prepare(`PRAGMA ${name}`).all();
  return typeof row === "object" && row !== null
    ? Number(new Map(Object.entries(row)).get(name))
    : Number.NaN;
}

/** Read to its end: a statement that is left half read keeps the file locked. */
function isEmpty(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").all().length === 0;
}
