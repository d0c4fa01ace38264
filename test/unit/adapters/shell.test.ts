import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shellQuote } from "../../../src/adapters/shell.ts";

/** The words as a real shell sees them. */
function throughShell(words: readonly string[]): readonly string[] {
  const script = `printf '%s\\0' ${shellQuote(words)}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

const hostile = fc.constantFrom(
  "'",
  '"',
  "\\",
  "$",
  "`",
  "!",
  "*",
  "?",
  "~",
  "#",
  "&",
  "|",
  ";",
  "<",
  ">",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "=",
  "%",
  " ",
  "\t",
  "\n",
  "\r",
  "-",
  "$(id)",
  "$HOME",
  "'\\''",
  "\u001b",
  "\u007f",
  "é",
  "字",
  "😀",
  "a",
);

describe("a quoted word", () => {
  test.each([
    ["sysbench", "sysbench"],
    ["--threads=2", "--threads=2"],
    ["/dev/vda", "/dev/vda"],
    ["", "''"],
    ["two words", "'two words'"],
    ["it's", "'it'\\''s'"],
    ["$HOME", "'$HOME'"],
    ["~", "'~'"],
  ])("%j is written %s", (word, text) => {
    expect(shellQuote(["printf", word])).toBe(`printf ${text}`);
  });

  test("comes through a shell as it was, whatever is in it", () => {
    const word = fc.array(hostile, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(throughShell(words)).toEqual(words);
      }),
    );
  });

  test("comes through a shell as it was, whichever characters of Unicode it has", () => {
    const word = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(throughShell(words)).toEqual(words);
      }),
    );
  });

  test("survives a shell inside a shell", () => {
    const words = ["a b", "it's", '"$x"', "\n", ""];
    const inner = shellQuote(["printf", "%s\\0", ...words]);
    const outer = shellQuote(["sh", "-c", inner]);
    expect(execFileSync("sh", ["-c", outer], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(words);
  });
});

describe("the first word", () => {
  test.each(["A=1", "{", "!"])("%s is the name of a command and nothing else", (word) => {
    const script = `${shellQuote([word, "true"])} 2>&1; echo "code $?"`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toMatch(/not found\ncode 127\n$/);
  });
});
