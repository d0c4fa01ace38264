import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownFoldersIn, remove } from "../../../src/adapters/files.ts";

test("of a place that all share only own folders are named, and removing one follows no link", async () => {
  const place = mkdtempSync(join(tmpdir(), "dvirt-own-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  chmodSync(place, 0o1777);
  const foreign = join(place, "precious");
  mkdirSync(foreign);
  writeFileSync(join(foreign, "data"), "kept");
  const own = join(place, "building-own");
  mkdirSync(own);
  symlinkSync(foreign, join(own, "link"));
  symlinkSync(foreign, join(place, "building-link"));
  writeFileSync(join(place, "building-file"), "");
  mkdirSync(join(place, "building-open"));
  chmodSync(join(place, "building-open"), 0o777);
  if (process.getuid?.() === 0) {
    const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    execFileSync("env", [...nobody, "mkdir", join(place, "building-nobody")]);
  }
  const found = await ownFoldersIn(place, "building-");
  expect(found).toEqual([own]);
  for (const path of found) await remove(path);
  expect(existsSync(own)).toBe(false);
  expect(existsSync(join(foreign, "data"))).toBe(true);
});
