import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where images, data sets and the running lab's files live (XDG base directories). */
export function cacheFolder(environment: Environment): string {
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "dvirt");
}

/** The store that is used unless another is named. */
export function defaultStorePath(environment: Environment): string {
  return join(environment["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "dvirt", "store.sqlite");
}
