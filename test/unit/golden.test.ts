import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectGoldenFile } from "./golden.ts";

describe("a golden file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "golden-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("that is missing fails and is not written without being asked", () => {
    const file = join(folder, "new.txt");
    for (const ci of [true, false]) {
      expect(() => expectGoldenFile(file, "text", { ci, update: false })).toThrow("is missing");
    }
    expect(existsSync(file)).toBe(false);
  });

  test("that is missing fails on CI even when an update is asked for", () => {
    const file = join(folder, "new.txt");
    expect(() => expectGoldenFile(file, "text", { ci: true, update: true })).toThrow("is missing");
    expect(existsSync(file)).toBe(false);
  });

  test("is written when an update is asked for", () => {
    const file = join(folder, "below", "new.txt");
    expectGoldenFile(file, "text", { ci: false, update: true });
    expect(readFileSync(file, "utf8")).toBe("text");
  });

  test("that differs fails", () => {
    const file = join(folder, "old.txt");
    writeFileSync(file, "old");
    expect(() => expectGoldenFile(file, "new", { ci: false, update: false })).toThrow("is not what was made");
    expect(() => expectGoldenFile(file, "old", { ci: false, update: false })).not.toThrow();
  });
});
