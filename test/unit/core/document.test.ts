import { expect, test } from "vitest";
import { cellText, figures, table, words } from "../../../src/core/document.ts";

test("a column of words begins at its start, one of figures ends at its end, and may belong to a group", () => {
  expect(words("workload")).toEqual({ title: "workload", align: "start" });
  expect(figures("TPSec")).toEqual({ title: "TPSec", align: "end" });
  expect(figures("TPSec", "Transactional throughput")).toEqual({
    title: "TPSec",
    align: "end",
    group: "Transactional throughput",
  });
});

test("a cell's text is the same with a doubt and without one", () => {
  expect(cellText("5.2")).toBe("5.2");
  expect(cellText({ text: "5.2", doubt: "one boot" })).toBe("5.2");
});

test("a table has no footnotes unless it is given some", () => {
  expect(table("t", "T", [words("a")], [["x"]])).toEqual({
    id: "t",
    title: "T",
    columns: [words("a")],
    rows: [["x"]],
    footnotes: [],
  });
  expect(table("t", "T", [], [], ["mind"]).footnotes).toEqual(["mind"]);
});
