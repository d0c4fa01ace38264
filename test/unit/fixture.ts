import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../fixtures/", import.meta.url);

/** Captured tool output by its path under test/fixtures. */
export function fixture(path: string): string {
  return readFileSync(new URL(path, FOLDER), "utf8");
}

/** Every file under test/fixtures, as `folder/file`, in alphabetical order. */
export function fixturePaths(): readonly string[] {
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.split("/test/fixtures/").at(-1) ?? "")
    .map((path) => path.replace(/^\/+/, ""))
    .sort();
}
