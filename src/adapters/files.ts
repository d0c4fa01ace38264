import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

export {
  appendFile as appendText,
  copyFile as copy,
  mkdtemp as temporaryFolder,
  rename as move,
  symlink as linkTo,
} from "node:fs/promises";

export function readText(path: string | URL): Promise<string> {
  return readFile(path, "utf8");
}

export function readBytes(path: string): Promise<Buffer> {
  return readFile(path);
}

/** The text of a file, or undefined where there is none to be read; of more than any that is read here, the beginning. */
export async function textIfAny(path: string): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of createReadStream(path, { end: MOST_BYTES })) pieces.push(piece);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces).toString("utf8");
}

const MOST_BYTES = 2 ** 23;

export async function writeFileIn(
  folder: string,
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const path = join(folder, name);
  await ensureFolder(dirname(path));
  await writeFile(path, content);
  return path;
}

/** Writes a file that is not there yet; whether it could be. */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * A folder for its owner alone where it is made here; one that is there stays as open as somebody made it. Node.js' own
 * way of making those above it too never ends below /proc, and no signal stops it.
 */
export async function ensureFolder(path: string): Promise<string> {
  // Of a file in its place there is none.
  const itself = `${path}/.`;
  if (await exists(itself)) return path;
  const parent = dirname(path);
  if (parent !== path) await ensureFolder(parent);
  await mkdir(path, PRIVATE).catch(async (error: unknown) => {
    // Another dvirt may have made it meanwhile.
    if (!(await exists(itself))) throw error;
  });
  return path;
}

const PRIVATE = { mode: 0o700 } as const;

/** An empty file for its owner alone, unless there is one. */
export async function ensureFile(path: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  await file.close();
}

export function makeExecutable(path: string): Promise<void> {
  return chmod(path, 0o755);
}

/** For others to read what is in a folder, and to write nothing. */
export function openForReading(path: string): Promise<void> {
  return chmod(path, 0o755);
}

/** For others to make files in a folder, which only their makers and its owner can remove. */
export function shareLikeTmp(path: string): Promise<void> {
  return chmod(path, 0o1777);
}

/** The length of a file, in bytes. */
export async function fileBytes(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Removes a file or a folder with all that is in it; silent where there is nothing. */
export function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** A file of this many zero bytes that takes its room on the disk now, so that a full disk shows early. */
export async function allocate(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w");
  try {
    const block = Buffer.alloc(2 ** 20);
    for (let left = bytes; left > 0; left -= block.length)
      await file.write(block, 0, Math.min(left, block.length));
  } finally {
    await file.close();
  }
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Why a path is no file that can be read here; undefined where it is one. */
export async function whyUnreadable(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "there is no such file";
  if (!found.isFile()) return "it is no file";
  return access(path, constants.R_OK).then(
    () => undefined,
    () => "this user may not read it",
  );
}

/** Bytes that this user may still write on the file system of a path. */
export async function freeDiskBytes(path: string): Promise<number> {
  const found = await statfs(path);
  return found.bavail * found.bsize;
}

/** A path itself where it is there, else the nearest folder above it that is. */
export async function nearestThere(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await exists(at)) || at === dirname(at)) return at;
  }
}

/** Whether this user may make files in a folder. */
export function mayWriteIn(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Bytes that a path takes on the disk, folders with all that is in them. */
export async function diskUsage(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.blocks * 512;
  const names = await readdir(path);
  const each = await Promise.all(names.map((name) => diskUsage(join(path, name))));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** Folders in a place that all users share which are this user's, and which nobody else could have put anything into. */
export async function ownFoldersIn(place: string, prefix: string): Promise<readonly string[]> {
  const paths = (await namesIn(place))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(place, name));
  const found = await Promise.all(paths.map((path) => lstat(path).catch(() => undefined)));
  return paths.filter((_, index) => {
    const one = found[index];
    return one?.isDirectory() === true && one.uid === process.getuid?.() && (one.mode & 0o022) === 0;
  });
}

export function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
