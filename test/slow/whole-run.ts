import { dirname } from "node:path";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Store } from "../../src/lab/store.ts";
import { createPlace } from "../lab/place.ts";
import { dvirtOnceLabIsFree, type Ended } from "../program/built-program.ts";

/** A run of a shipped study by the built program, and what its store has of it. */
export interface WholeRun {
  readonly ended: Ended;
  readonly store: Store;
  readonly id: string;
  remove(): Promise<void>;
}

/** One boot, with the image from the cache of whoever runs the tests, or made there. */
export async function wholeRun(study: string, ...options: readonly string[]): Promise<WholeRun> {
  const place = await createPlace();
  const own = { XDG_CACHE_HOME: dirname(cacheFolder(process.env)) };
  const argv = ["run", study, "--boots", "1", "--seed", "1", "--yes", ...options];
  const ended = await dvirtOnceLabIsFree(place, argv, own);
  const opened = await openSqliteStore(place.store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const store = opened.value;
  return {
    ended,
    store,
    id: (await store.runs())[0]?.id ?? "",
    remove: async () => {
      await store.close();
      await place.remove();
    },
  };
}
