import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { paperLayout, TEXT_WIDTH_MM } from "../../../src/outputs/paper-layout.ts";
import { markedTable } from "../../../src/outputs/table-notes.ts";
import { figures, table, words } from "../made-up/table.ts";

/** The layout of a table with one row; a column of words begins with a letter, one of figures with a digit. */
function layoutOf(...cells: readonly string[]) {
  const columns = cells.map((cell) => (/^\d/.test(cell) ? figures("") : words("")));
  return paperLayout(columns, markedTable(table("t", "t", columns, [cells])).rows);
}

describe("a table on paper", () => {
  test("stands upright and whole, as large as it can be", () => {
    expect(layoutOf("name", "1.5")).toEqual({ page: "upright", size: 1, brokenMm: [undefined, undefined] });
    expect(layoutOf("x".repeat(60), "1".repeat(40))).toMatchObject({ page: "upright", size: 0.8 });
  });

  test("breaks its sentences before it is turned, and never its figures", () => {
    expect(layoutOf("name", "word ".repeat(50), "1.5")).toEqual({
      page: "upright",
      size: 0.8,
      brokenMm: [undefined, expect.closeTo(154.66, 2), undefined],
    });
  });

  test("is turned where its sentences would get too narrow, or its figures too many", () => {
    expect(layoutOf("word ".repeat(20), ...Array.from({ length: 6 }, () => "1".repeat(14)))).toMatchObject({
      page: "turned",
    });
    expect(layoutOf(...Array.from({ length: 14 }, () => "1".repeat(10)))).toMatchObject({
      page: "turned",
      brokenMm: Array.from({ length: 14 }, () => undefined),
    });
  });

  test("upright is never wider than the page, by its own estimate", () => {
    const cell = fc.tuple(fc.constantFrom("x", "1"), fc.integer({ min: 1, max: 90 }));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), (shapes) => {
        const { page, size, brokenMm } = layoutOf(...shapes.map(([sign, length]) => sign.repeat(length)));
        if (page === "turned") return;
        const width = shapes.reduce(
          (sum, [, length], index) => sum + (brokenMm[index] ?? length * 1.9 * size) + 2.9,
          0,
        );
        expect(width).toBeLessThanOrEqual(TEXT_WIDTH_MM + 1e-6);
      }),
    );
  });
});
