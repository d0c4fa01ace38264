import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const contributing = readFileSync("CONTRIBUTING.md", "utf8");
const table = /^\| not \| but \|\n\|---\|---\|\n((?:\|.*\|\n)+)/m.exec(contributing)?.[1] ?? "";
const avoided = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, words = ""]) => words);

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

test.each(pages)("%s has none of the words that CONTRIBUTING.md avoids", (page) => {
  expect(avoided.length).toBeGreaterThan(5);
  const text = readFileSync(page, "utf8").replace(/\s+/g, " ");
  for (const words of avoided) {
    const at = text.toLowerCase().indexOf(words);
    expect(at < 0 ? "" : text.slice(Math.max(0, at - 40), at + 60), `"${words}"`).toBe("");
  }
});
