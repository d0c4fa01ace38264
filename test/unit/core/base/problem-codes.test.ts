import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BLAME } from "../../../../src/core/base/problem-codes.ts";

const SOURCES = join(import.meta.dirname, "../../../../src");

test("every code of the table is still used somewhere", () => {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith("problem-codes.ts"))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"));
  const unused = Object.keys(BLAME).filter((code) => !sources.some((text) => text.includes(`"${code}"`)));
  expect(unused).toEqual([]);
});
