import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BEGUN,
  loginLine,
  streamAfterLogin,
  withoutLogin,
} from "../../../src/adapters/machine/login-shell.ts";

const SHELLS = ["sh", "bash", "dash", "busybox sh", "ksh", "zsh", "fish", "tcsh", "csh"].filter(
  (shell) => inShell(shell, "true").status === 0,
);

function inShell(shell: string, line: string) {
  const [file = "sh", ...rest] = shell.split(" ");
  return spawnSync(file, [...rest, "-c", line], { encoding: "utf8" });
}

/** Whatever somebody may write between the words of a command. */
const word = fc.string({
  unit: fc.constantFrom(..."ab '\"\\!$`\n\t%*~#;&|<>(){}[]^?=,-é€".split("")),
  maxLength: 40,
});

describe("a command as one line for a login's shell", () => {
  test("holds nothing that a shell of any kind takes for its own within single quotes", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (argv) => {
        const line = loginLine(["printf", "%s|", ...argv]);
        // csh and tcsh: neither newline nor `!`; all: quotes in pairs, and fish: no escape of a quote or itself.
        expect(line).not.toMatch(/[\n!]|\\[\\']/);
        expect(line.split("'").length % 2).toBe(1);
        for (const [, quoted = ""] of line.matchAll(/'([^']*)'/g)) expect(quoted.length).toBeLessThan(1000);
      }),
    );
  });

  test.each(SHELLS)("runs in %s as it was written", (shell) => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (argv) => {
        const { stdout } = inShell(shell, loginLine(["printf", "%s|", ...argv]));
        expect(stdout).toBe(argv.map((one) => `${one}|`).join(""));
      }),
      { numRuns: 40 },
    );
  });

  test("may be long, and its exit code is the command's", () => {
    const text = "x'\n".repeat(4000);
    const ran = spawnSync("sh", ["-c", loginLine(["sh", "-c", 'printf %s "$1"; exit 7', "sh", text])], {
      encoding: "utf8",
    });
    expect([ran.stdout === text, ran.status]).toEqual([true, 7]);
  });
});

describe("what a login's start-up files print", () => {
  const MARK = "token.3;";

  test("is no part of what a command says", () => {
    expect(withoutLogin(`Welcome!\nno newline${BEGUN} ${MARK}\n12345\n`, MARK)).toBe("12345\n");
    expect(withoutLogin("only the login\n", MARK)).toBe("only the login\n");
  });

  test("is no part of its stream, however that is cut into pieces", async () => {
    const text = `Welcome!\n${BEGUN} other\n${BEGUN} ${MARK}\nlocked\n${BEGUN} ${MARK}\n`;
    for (let size = 1; size <= text.length; size++) {
      const from = new PassThrough();
      const read = buffer(streamAfterLogin(from, MARK));
      for (let at = 0; at < text.length; at += size) from.write(text.slice(at, at + size));
      from.end();
      expect((await read).toString()).toBe(`locked\n${BEGUN} ${MARK}\n`);
    }
  });
});
