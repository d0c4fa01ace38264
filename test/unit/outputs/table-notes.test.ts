import { expect, test } from "vitest";
import { markedTable } from "../../../src/outputs/table-notes.ts";
import { table, words } from "../made-up/table.ts";

test("doubts become marks, the same doubt the same mark, and footnotes follow without one", () => {
  const doubted = table(
    "t",
    "t",
    [words("a"), words("b")],
    [
      ["1", { text: "2", doubt: "far off" }],
      [
        { text: "3", doubt: "alone" },
        { text: "4", doubt: "far off" },
      ],
    ],
    ["of all"],
  );
  expect(markedTable(doubted)).toEqual({
    rows: [
      [{ text: "1" }, { text: "2", mark: "a" }],
      [
        { text: "3", mark: "b" },
        { text: "4", mark: "a" },
      ],
    ],
    notes: [{ mark: "a", text: "far off" }, { mark: "b", text: "alone" }, { text: "of all" }],
  });
});

test("marks go on after z", () => {
  const rows = Array.from({ length: 30 }, (_, index) => [{ text: "x", doubt: `doubt ${index}` }]);
  const marks = markedTable(table("t", "t", [words("a")], rows)).rows.map(([cell]) => cell?.mark);
  expect(marks.slice(24)).toEqual(["y", "z", "aa", "ab", "ac", "ad"]);
});
