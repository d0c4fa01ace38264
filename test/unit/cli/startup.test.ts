import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commands } from "../../../src/cli/commands.ts";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const CODE_IMPORT = /^(?:import|export)\s(?!type\b)[^;]*?from "([^"]+)";/gm;

/** The packages that a file loads before anything runs, with everything that it imports. */
function packagesBehind(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(CODE_IMPORT)) {
    if (name.startsWith("node:")) continue;
    const own = name.startsWith(".") ? packagesBehind(join(dirname(file), name), seen) : [name];
    for (const one of own) packages.add(one);
  }
  return packages;
}

test("the program loads nothing but the reader of its command line before it knows the command", () => {
  expect([...packagesBehind(MAIN)]).toEqual(["commander"]);
});

test("dvirt list loads the store, and neither schemas nor pictures", () => {
  const list = join(dirname(MAIN), "cli", "list.ts");
  expect([...packagesBehind(list)].sort()).toEqual(["kysely", "libsql"]);
});

test("every command can be loaded", async () => {
  expect(commands.length).toBeGreaterThan(10);
  for (const { name, load } of commands) expect(await load(), name).toBeTypeOf("function");
});
