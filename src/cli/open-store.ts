import { emptyStore, openSqliteStore } from "../adapters/store/sqlite.ts";
import { ok, type Result } from "../core/base/problem.ts";
import type { Store } from "../lab/store.ts";
import { type Context, type ExitCode, type StoreOption, storePath, tell } from "./context.ts";

/** For a run, which makes it where it is missing. */
export async function openStore(context: Context, options: StoreOption): Promise<Result<Store>> {
  return openSqliteStore(storePath(context, options));
}

/** For whoever looks something up, and makes nothing: where none was named, there may be no run yet. */
async function openToRead(context: Context, options: StoreOption): Promise<Result<Store>> {
  const opened = await openSqliteStore(storePath(context, options), "refuse");
  const missing = !opened.ok && opened.problems.some(({ code }) => code === "no-store");
  return missing && options.store === undefined ? ok(emptyStore()) : opened;
}

/** What a body takes from the store, which is open as long as it runs. */
export async function fromStore<Value>(
  context: Context,
  options: StoreOption,
  body: (store: Store) => Promise<Result<Value>>,
  open: (context: Context, options: StoreOption) => Promise<Result<Store>> = openToRead,
): Promise<Result<Value>> {
  const opened = await open(context, options);
  if (!opened.ok) return opened;
  try {
    return await body(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** A whole command that needs the store. */
export async function withStore(
  context: Context,
  options: StoreOption,
  body: (store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  const done = await fromStore(context, options, async (store) => ok(await body(store)));
  return done.ok ? done.value : tell(context, done.problems);
}
