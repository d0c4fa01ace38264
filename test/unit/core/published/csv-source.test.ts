import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv } from "../../../../src/core/published/csv-source.ts";

const cellsOf = (text: string) => {
  const read = readCsv(text, "t.csv");
  if (!read.ok) throw new Error(read.problems[0]?.what);
  return read.value.records.map(({ line, cells }) => [line, ...cells]);
};

describe("CSV text", () => {
  test.each([
    [
      "a,b\n1,2\n",
      [
        [1, "a", "b"],
        [2, "1", "2"],
      ],
    ],
    [
      "a,b\r\n1,2",
      [
        [1, "a", "b"],
        [2, "1", "2"],
      ],
    ],
    [
      "\uFEFFa,b\n\n , \n1,\n",
      [
        [1, "a", "b"],
        [4, "1", ""],
      ],
    ],
    [
      '"a ""x""","b\nc"\n1, "2" \n',
      [
        [1, 'a "x"', "b\nc"],
        [3, "1", "2"],
      ],
    ],
    ["", []],
    // A spreadsheet where a comma is the decimal point, and one that was copied from.
    [
      "a;b\n1,5;2\n",
      [
        [1, "a", "b"],
        [2, "1,5", "2"],
      ],
    ],
    [
      'sep=;\r\n"a,b";c\r\n1;2\r\n',
      [
        [2, "a,b", "c"],
        [3, "1", "2"],
      ],
    ],
    [
      "a\tb\n1\t\n",
      [
        [1, "a", "b"],
        [2, "1", ""],
      ],
    ],
    [
      '"a;b",c\n1,2\n',
      [
        [1, "a;b", "c"],
        [2, "1", "2"],
      ],
    ],
  ])("%j has its cells and their lines", (text, wanted) => expect(cellsOf(text)).toEqual(wanted));

  test.each([
    ['a,b\n1,"2\n', "t.csv:2", "a quote stands where none may, or is never closed"],
    ['a,b\n1,2"3\n', "t.csv:2", "a quote stands where none may, or is never closed"],
    ["a,b\n1,2\n1,2,3\n", "t.csv:3", "3 cells, where the header has 2"],
    ["a;b\n1;2;3\n", "t.csv:2", "3 cells, where the header has 2"],
    ["a,b\n1\n", "t.csv:2", "1 cells, where the header has 2"],
  ])("%j is refused with its line", (text, at, what) => {
    expect(readCsv(text, "t.csv")).toMatchObject({ ok: false, problems: [{ code: "bad-csv", at, what }] });
  });

  test("comes back as it was written, whatever stands in the cells", () => {
    const cell = fc.string().map((text) => text.trim());
    const rows = fc.array(
      fc.tuple(
        cell,
        cell.filter((text) => text !== ""),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), (written, end) => {
        const text = written
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(","))
          .join(end);
        const read = readCsv(text, "t.csv");
        expect(read.ok && read.value.records.map(({ cells }) => cells)).toEqual(written);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ",", ";", "\t", "\n", "\r", "a", " ") }), (text) => {
        expect(typeof readCsv(text, "t.csv").ok).toBe("boolean");
      }),
    );
  });
});
