import { describe, expect, test } from "vitest";
import { type Completed, endText, succeeded } from "../../../../src/core/base/command.ts";

const ends: readonly [Completed["end"], string][] = [
  [{ kind: "exited", code: 0 }, "exit code 0"],
  [{ kind: "exited", code: 1 }, "exit code 1"],
  [{ kind: "killed", signal: "SIGKILL" }, "killed by SIGKILL"],
  [{ kind: "timed-out", limitSeconds: 30 }, "no end after 30 s"],
  [{ kind: "lost", what: "the channel closed" }, "the channel closed"],
  [
    { kind: "not-run", what: "not run, because the preparation failed" },
    "not run, because the preparation failed",
  ],
];

describe("the end of a command", () => {
  test.each(ends)("%j is said in words: %s", (end, text) => {
    expect(endText(end)).toBe(text);
  });

  test("is a success for exit code 0 and for nothing else", () => {
    const good = ends.filter(([end]) => succeeded({ end, stdout: "", stderr: "", seconds: 0 }));
    expect(good.map(([, text]) => text)).toEqual(["exit code 0"]);
  });
});
