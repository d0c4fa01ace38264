import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A temporary folder of one test, with everything that dvirt may write to inside it. */
export interface Place {
  readonly folder: string;
  readonly store: string;
  /** What XDG_CACHE_HOME is; dvirt's own cache is the folder `dvirt` in it. */
  readonly cache: string;
  /** Where commands write results to when nothing else is said. */
  readonly out: string;
  write(name: string, content: string): Promise<string>;
  /** Every file in the folder, sorted, as paths relative to it. */
  files(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** A place that is removed when the running test has finished. */
export async function placeForTest(): Promise<Place> {
  const place = await createPlace();
  onTestFinished(() => place.remove());
  return place;
}

/** A place that is removed when the running test has finished, with this study in `sim.yaml`. */
export async function placeWithStudy(text: string): Promise<Place> {
  const place = await placeForTest();
  await place.write("sim.yaml", text);
  return place;
}

export async function createPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "dvirt-test-"));
  return {
    folder,
    store: join(folder, "store.sqlite"),
    cache: join(folder, "cache"),
    out: join(folder, "dvirt-results"),
    write: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    files: async () => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Process ids of everything that was started with this folder in its environment or its arguments. */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const said = await Promise.all(
      ["environ", "cmdline"].map((file) => readFile(`/proc/${name}/${file}`, "utf8").catch(() => "")),
    );
    if (said.some((text) => text.includes(folder))) found.push(Number(name));
  }
  return found;
}
