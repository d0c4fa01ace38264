import { expect, test } from "vitest";
import { textTable } from "../../../src/outputs/text-table.ts";

test("a text table has its first column to the left and the others to the right", () => {
  const table = {
    title: "cpu",
    head: ["level", "TPSec"],
    rows: [
      ["L0", "5263.8"],
      ["L1", "9"],
    ],
  };
  expect(textTable(table)).toBe(
    ["cpu", "─────────────", "level   TPSec", "─────────────", "L0     5263.8", "L1          9", ""].join(
      "\n",
    ),
  );
});

test("a text table's short row is filled up", () => {
  expect(textTable({ title: "t", head: ["a", "b"], rows: [["x"]] })).toBe("t\n────\na  b\n────\nx\n");
});
