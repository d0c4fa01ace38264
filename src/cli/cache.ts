import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { exists, namesIn, ownFoldersIn, remove } from "../adapters/files.ts";
import { removeLevelGroup } from "../adapters/level-group.ts";
import { BUILDING_ELSEWHERE } from "../images/build.ts";
import { type Context, cacheOf, labFolderOf } from "./context.ts";

/** The images and data sets in the cache, and what was to become one. */
export async function cached(context: Context): Promise<readonly string[]> {
  const rooms = ["images", "data-sets"].map((room) => join(cacheOf(context), room));
  const found = rooms.map(async (room) => (await namesIn(room)).map((name) => join(room, name)));
  return (await Promise.all(found)).flat();
}

/** What a dvirt that was killed left behind; call it only while holding the lab's lock. */
export async function leftovers(context: Context): Promise<readonly string[]> {
  const lab = labFolderOf(context);
  const elsewhere = await ownFoldersIn(tmpdir(), BUILDING_ELSEWHERE);
  return [
    ...((await exists(lab)) ? [lab] : []),
    ...(await cached(context)).filter((path) => basename(path).startsWith("building-")),
    ...elsewhere,
  ];
}

export async function sweep(context: Context): Promise<void> {
  await removeLevelGroup();
  for (const path of await leftovers(context)) await remove(path);
}
