import { describe, expect, test } from "vitest";
import { textTable } from "../../../src/outputs/text-table.ts";
import { figures, table, words } from "../made-up/table.ts";

const COLUMNS = [words("level"), figures("TPSec")];

describe("a text table", () => {
  test("has words to the left and figures to the right", () => {
    const rows = [
      ["L0", "5263.8"],
      ["L1", "9"],
    ];
    expect(textTable(table("t", "cpu", COLUMNS, rows))).toBe(
      ["cpu", "─────────────", "level   TPSec", "─────────────", "L0     5263.8", "L1          9", ""].join(
        "\n",
      ),
    );
  });

  test("marks doubts in the order in which they come, the same one with the same mark, and says them below", () => {
    const rows = [
      ["L0", { text: "5", doubt: "one boot" }],
      ["L1", { text: "4", doubt: "far away" }],
      [{ text: "L2", doubt: "one boot" }, "3"],
    ];
    const lines = textTable(table("t", "cpu", COLUMNS, rows, ["a footnote"])).split("\n");
    expect(lines.slice(4)).toEqual([
      "L0        5*",
      "L1        4†",
      "L2*        3",
      "* one boot",
      "† far away",
      "  a footnote",
      "",
    ]);
  });

  test("goes on with numbers where its marks are used up", () => {
    const rows = Array.from({ length: 5 }, (_, index) => ["L0", { text: "5", doubt: `doubt ${index}` }]);
    const text = textTable(table("t", "cpu", COLUMNS, rows));
    for (const said of ["5*", "5†", "5‡", "5(4)", "5(5)", "‡ doubt 2", "(4) doubt 3", "(5) doubt 4"]) {
      expect(text).toContain(said);
    }
  });

  test("without rows is its head", () => {
    expect(textTable(table("t", "cpu", COLUMNS, []))).toBe("cpu\n────────────\nlevel  TPSec\n────────────\n");
  });
});
