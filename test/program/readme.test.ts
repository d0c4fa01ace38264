import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeForTest } from "../lab/place.ts";
import { dvirt, HOME, succeedQuietly } from "./built-program.ts";

const readme = await readFile(join(HOME, "README.md"), "utf8");
/** The README and what it once held. */
const pages = [
  readme,
  ...(await Promise.all(
    ["commands", "what-is-measured", "result", "install", "ci"].map((name) =>
      readFile(join(HOME, "docs", `${name}.md`), "utf8"),
    ),
  )),
].join("\n");
const manifest: { scripts: Record<string, string> } = JSON.parse(
  await readFile(join(HOME, "package.json"), "utf8"),
);

const blocks = [...pages.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, text = ""]) => text.split("\n"));
const inline = [...pages.replace(/^```.*?^```$/gms, "").matchAll(/`([^`\n]+)`/g)].map(
  ([, text = ""]) => text,
);
const lines = [...new Set([...blocks, ...inline].map((line) => line.replace(/^\$ /, "").trim()))];
const table = [...pages.matchAll(/^\| `\.\/dvirt (\w+)/gm)].map(([, name = ""]) => name);

/** `./dvirt shell 2` as its command, its operands and its options. */
function parts(line: string) {
  const [, command = "", ...words] = line.replace(/\s+#.*$/, "").split(/\s+/);
  const options = words.filter((word) => word.startsWith("-"));
  const first = words.findIndex((word) => word.startsWith("-"));
  return { command, options, operands: first < 0 ? words : words.slice(0, first) };
}

async function helpOf(command: string): Promise<string> {
  const ended = await succeedQuietly(await placeForTest(), `${command} --help`);
  // For a word that is no command, commander prints the help of the whole program and is content.
  expect(ended.stdout.split("\n")[0]).toMatch(new RegExp(`^Usage: dvirt ${command} `));
  return ended.stdout;
}

describe("the README", () => {
  test.each(lines.filter((line) => /^\.\/dvirt\s/.test(line)))(
    "names a command that there is: %s",
    async (line) => {
      const { command, options, operands } = parts(line);
      const help = await helpOf(command);
      const known =
        help
          .split("\n")[0]
          ?.match(/[[<][a-z]+(\.\.\.)?[\]>]/g)
          ?.filter((name) => name !== "[options]") ?? [];
      const most = known.some((name) => name.includes("...")) ? Number.POSITIVE_INFINITY : known.length;
      expect(most, `${command} takes ${known.join(" ")}`).toBeGreaterThanOrEqual(operands.length);
      for (const option of options) expect(help).toMatch(new RegExp(`^ +${option.split("=")[0]}\\b`, "m"));
    },
  );

  test("has every command in its table, and no other", async () => {
    const { code, stdout } = await dvirt(await placeForTest(), "--help");
    expect(code).toBe(0);
    const commands = [...stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}(\w+) /gm)].map(
      ([, name = ""]) => name,
    );
    expect([...table].sort()).toEqual(commands.filter((name) => name !== "help").sort());
    expect(table.length).toBeGreaterThan(0);
  });

  test("has every option of run, with its choices, and no other", async () => {
    const help = await helpOf("run");
    const known = [...help.matchAll(/^ +(?:-\w, )?(--\w[\w-]*)/gm)].map(([, name = ""]) => name);
    const said = /^Options of `run`:(.*?)\n\n/ms.exec(pages)?.[1] ?? "";
    const named = [...said.matchAll(/`(--[\w-]+)/g)].map(([, name = ""]) => name);
    expect(named.sort()).toEqual(known.filter((name) => name !== "--help").sort());
    const choices = /--hardware ([\w|]+)/.exec(said)?.[1]?.split("|") ?? [];
    expect(help).toContain(`(choices: ${choices.map((choice) => `"${choice}"`).join(", ")})`);
  });

  test("has the question, a picture, the commands and the answer on its first screen", () => {
    const [first = ""] = readme.split("\n## ");
    expect(first.split("\n").length).toBeLessThanOrEqual(60);
    const [opening = ""] = first.split("![");
    expect(opening).toContain("```\n./dvirt run\nnpm test\n```");
    for (const command of ["run --platform simulated", "run", "serve"]) {
      expect(first).toMatch(new RegExp(`^\\./dvirt ${command} +#`, "m"));
    }
    expect(first).toMatch(/^\| `oltp` \| −\d+%, slower \| −\d+%, slower \|$/m);
  });

  test("and its pages link to files that there are", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter((path) => !existsSync(join(HOME, path)))).toEqual([]);
  });

  test("names npm scripts that there are", () => {
    const named = lines.flatMap((line) => /^npm (?:run )?([\w:]+)$/.exec(line)?.[1] ?? []);
    expect(named).toContain("test");
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
  });
});
