import type { Problem } from "../core/base/problem.ts";
import type { ProblemCode } from "../core/base/problem-codes.ts";

const FULL = {
  code: "disk-full",
  hint: "free some space and go on with dvirt resume: what was stored is safe",
} as const;

const DENIED = {
  code: "no-rights",
  hint: "check who owns the file or folder, or choose another with --store, --out or XDG_CACHE_HOME",
} as const;

const NO_FOLDER = {
  code: "no-folder",
  hint: "a file stands where a folder is needed, or the name cannot be: choose another with --store, --out or XDG_CACHE_HOME",
} as const;

const DAMAGED = {
  code: "store-damaged",
  hint: "restore the store from a copy, or begin another with --store FILE",
} as const;

/** Something in the store is not as dvirt wrote it. */
export class DamagedStore extends Error {
  readonly code = "STORE_DAMAGED";
}

/** What the operating system or the store's engine may refuse at any time; other errors are ours. */
const EXPECTED: Readonly<Record<string, { readonly code: ProblemCode; readonly hint: string }>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  SQLITE_FULL: FULL,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  SQLITE_READONLY: DENIED,
  ENOTDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  EISDIR: NO_FOLDER,
  ELOOP: NO_FOLDER,
  ENAMETOOLONG: NO_FOLDER,
  SQLITE_IOERR: {
    code: "store-failed",
    hint: "the disk of the store fails or is full; go on with dvirt resume when it is mended",
  },
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  STORE_DAMAGED: DAMAGED,
  SQLITE_BUSY: { code: "store-busy", hint: "another program holds the store; try again when it is done" },
};

/** The problem behind an error of the system or the store; undefined for a bug. */
export function systemProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  // The folder above is there, and yet this one cannot be made: so it is below /proc.
  const refused = error.code === "ENOENT" && "syscall" in error && error.syscall === "mkdir";
  const code = refused ? "ENOTDIR" : nameOf(String(error.code));
  const known = Object.entries(EXPECTED).find(([name]) => code === name || code.startsWith(`${name}_`))?.[1];
  if (known === undefined) return undefined;
  const path = "path" in error && typeof error.path === "string" ? { at: error.path } : {};
  return {
    code: known.code,
    ...path,
    what: refused ? "no folder can be made here" : error.message,
    hint: known.hint,
  };
}

/** libsql gives extended result codes as numbers (https://sqlite.org/rescode.html); the low byte is the primary one. */
function nameOf(code: string): string {
  const number = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code)?.[1];
  return PRIMARY[Number(number) & 0xff] ?? code;
}

const PRIMARY: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  26: "SQLITE_NOTADB",
};
