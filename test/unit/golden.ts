import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const FOLDER = new URL("../golden/", import.meta.url);

export interface GoldenMode {
  /** On a CI machine nothing is written, whatever else is asked. */
  readonly ci: boolean;
  readonly update: boolean;
}

/** Compares text with test/golden/PATH; `UPDATE_GOLDEN=1 npx vitest run --project unit` writes it. */
export function expectGolden(path: string, text: string): void {
  const mode = {
    ci: (process.env["CI"] ?? "") !== "",
    update: process.env["UPDATE_GOLDEN"] === "1",
  };
  expectGoldenFile(fileURLToPath(new URL(path, FOLDER)), text, mode);
}

export function expectGoldenFile(file: string, text: string, mode: GoldenMode): void {
  if (mode.update && !mode.ci) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  const hint = "look at what changed, then write it with UPDATE_GOLDEN=1 npx vitest run --project unit";
  if (!existsSync(file)) expect.fail(`the golden file ${file} is missing; ${hint}`);
  expect(text, `${file} is not what was made; ${hint}`).toBe(readFileSync(file, "utf8"));
}

/** The names of the files in one folder of test/golden, in alphabetical order. */
export function goldenNames(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, FOLDER)).sort();
}
