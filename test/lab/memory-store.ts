import { emptyStore } from "../../src/adapters/store/sqlite.ts";
import type { Store } from "../../src/lab/store.ts";

/** A store that is gone at the end of the test: SQLite's own, in memory. */
export function memoryStore(): Store {
  return emptyStore();
}
