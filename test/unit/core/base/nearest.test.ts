import { expect, test } from "vitest";
import { didYouMean } from "../../../../src/core/base/nearest.ts";

const NAMES = ["cpu", "threads", "memory-read", "memory-write", "oltp"];

test.each([
  ["oltpp", "did you mean oltp? "],
  ["treads", "did you mean threads? "],
  ["memory-wirte", "did you mean memory-write? "],
  ["CPU", "did you mean cpu? "],
  ["weather", ""],
  ["gpu", ""],
  ["", ""],
])("%s: %s", (given, hint) => {
  expect(didYouMean(given, NAMES)).toBe(hint);
});
