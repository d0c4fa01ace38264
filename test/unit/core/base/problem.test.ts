import { expect, test } from "vitest";
import { problemText } from "../../../../src/core/base/problem.ts";

test("a problem is one line when it has no more to say", () => {
  expect(problemText({ code: "disk-full", what: "no space" })).toBe("error[disk-full]: no space");
});

test("a problem names its place, what to try, and its evidence, a line each", () => {
  const text = problemText({
    code: "no-boot",
    at: "L1",
    what: "L1 did not boot",
    hint: "dvirt clean",
    evidence: "first line\nlast line\n\n",
  });
  expect(text).toBe("error[no-boot] L1: L1 did not boot\n  try: dvirt clean\n  | first line\n  | last line");
});

test("evidence of blanks only is left out", () => {
  expect(problemText({ code: "no-boot", what: "b", evidence: " \n" })).toBe("error[no-boot]: b");
});
