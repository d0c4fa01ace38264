import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { normal, randomStreamFor } from "../../../../../src/core/base/random.ts";
import { audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import { auditSections, auditSummary } from "../../../../../src/core/published/audit/sections.ts";
import type { PublishedRow } from "../../../../../src/core/published/published.ts";
import { madeUpQuantity, madeUpRow } from "./rows.ts";

/** Levels of one series, each with its mean and its change from the one before. */
function series(...throughputs: readonly (readonly [string, string])[]): readonly PublishedRow[] {
  return throughputs.map(([mean, change], level) =>
    madeUpRow({ level, throughput: madeUpQuantity(mean, change), response: madeUpQuantity("") }),
  );
}

const auditOf = (rows: readonly PublishedRow[]) => audit(fileSubject("t.csv", rows));
const places = (rows: readonly PublishedRow[]) => auditOf(rows).ifZerosKept.map(({ at }) => at);

describe("zeros at the end of a number", () => {
  test("count as digits where its column has one number of decimals: 900.0 is no 15.0% less than 1000.2", () => {
    const rows = series(["1000.2", ""], ["900.0", "-15.0%"], ["855.3", "-5.0%"], ["700.1", "-18.1%"]);
    expect(auditOf(rows).discrepancies).toEqual([]);
    const [found, ...more] = auditOf(rows).ifZerosKept;
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      kind: "change",
      at: "table 1, cpu, p L1, throughput ΔL(n-1)",
      line: 3,
      printed: "-15.0%",
      remarks: ["-10.0% (one digit)"],
    });
    expect(found?.recomputed).toMatch(/^-10\.0\d+ to -10\.0\d+%$/);
  });

  test("tell a change of 0.43% from one of 0.0%", () => {
    const rows = series(["512.8", ""], ["515.0", "0.0%"], ["498.3", "-3.2%"]);
    expect(places(rows)).toEqual(["table 1, cpu, p L1, throughput ΔL(n-1)"]);
    expect(places(series(["512.8", ""], ["515.0", "+0.4%"], ["498.3", "-3.2%"]))).toEqual([]);
  });

  test.each([
    [
      "columns of several numbers of decimals",
      series(["1000.2", ""], ["900.0", "-15%"], ["855.31", "-5.0%"]),
    ],
    ["columns of zeros alone", series(["1000.0", ""], ["900.0", "-15.0%"], ["800.0", "-11.0%"])],
    [
      "whole numbers, which may be rounded to significant digits",
      series(["1000", ""], ["900", "-15%"], ["855", "-5%"]),
    ],
    ["a number alone in its column", series(["1000", ""], ["900", "-15.0%"])],
  ])("may be padding in %s", (_, rows) => {
    expect(places(rows)).toEqual([]);
  });

  test("of one table say nothing of another", () => {
    const even = series(["1000.2", ""], ["900.1", "-10.0%"], ["855.3", "-5.0%"]);
    const other = series(["1000.0", ""], ["900.00", "-15.0%"]).map((row) => ({ ...row, table: "2" }));
    expect(places([...even, ...other])).toEqual([]);
  });

  test("are told apart from what does not hold whatever they are, and no figure is told twice", () => {
    const rows = series(["1000.2", ""], ["900.0", "-15.0%"], ["855.3", "-5.0%"], ["700.1", "-28.1%"]);
    const done = auditOf(rows);
    expect(done.discrepancies).toHaveLength(1);
    expect(done.ifZerosKept).toHaveLength(1);
    expect(
      auditSections(done)
        .map(({ id }) => id)
        .slice(0, 2),
    ).toEqual(["discrepancies", "audit-zeros"]);
    expect(auditSummary(done)).toContain(
      "1 derived figure does not hold. 1 figure more does not hold unless zeros at the end are padding.",
    );
  });
});

/** Tables of three levels on two platforms; every number is rounded to its column's decimals, as a spreadsheet does. */
const TABLES = 2000;

describe("over 2,000 tables printed with one number of decimals for each column", () => {
  const random = randomStreamFor(8, "zeros");
  const tables = Array.from({ length: TABLES }, () => printedTable(random));

  test("a sound one raises no alarm of either kind", () => {
    for (const rows of tables) {
      const done = auditOf(rows);
      expect([...done.discrepancies, ...done.ifZerosKept], JSON.stringify(rows)).toEqual([]);
    }
  }, 600_000);

  test("a change that is wrong by half or more is found, also where a zero hid it before", () => {
    let [found, before] = [0, 0];
    for (const rows of tables) {
      const at = rows.findIndex(({ level }) => level === 1);
      const planted = rows.map((row, i) => (i === at ? withWrongChange(row) : row));
      const done = auditOf(planted);
      if (done.discrepancies.length > 0) before++;
      if (done.discrepancies.length + done.ifZerosKept.length > 0) found++;
    }
    const text = readFileSync(new URL("../../../../../docs/audit.md", import.meta.url), "utf8");
    expect(text, "docs/audit.md has the count").toContain(
      `of ${TABLES} wrong changes it found ${before} by digits alone and ${found} with the zeros`,
    );
    expect(found).toBeGreaterThan(before);
    expect(found).toBe(TABLES);
  }, 600_000);
});

/** Means with one decimal; many are round, as made-up tables are and real ones sometimes. */
function printedTable(random: () => number): readonly PublishedRow[] {
  const rows = ["p", "q"].flatMap((platform) => {
    const means = [0, 1, 2].map((level) => {
      const mean = 1000 * 0.8 ** level * Math.exp(0.1 * normal(random));
      return random() < 0.4 ? Math.round(mean / 10) * 10 : mean;
    });
    return means.map((mean, level) => {
      const printed = Number(mean.toFixed(1));
      const before = means[level - 1];
      const change = before === undefined ? undefined : 100 * (printed / Number(before.toFixed(1)) - 1);
      const text = change === undefined ? "" : `${change > 0 ? "+" : ""}${change.toFixed(1)}%`;
      const throughput = madeUpQuantity(mean.toFixed(1), text);
      return madeUpRow({ platform, level, throughput, response: madeUpQuantity("") });
    });
  });
  // One number in each column that shows its last decimal.
  return [
    ...rows,
    madeUpRow({ platform: "r", throughput: madeUpQuantity("1234.5"), response: madeUpQuantity("") }),
    madeUpRow({
      platform: "r",
      level: 1,
      throughput: madeUpQuantity("1111.1", "-10.0%"),
      response: madeUpQuantity(""),
    }),
    madeUpRow({
      platform: "r",
      level: 2,
      throughput: madeUpQuantity("1098.7", "-1.1%"),
      response: madeUpQuantity(""),
    }),
  ];
}

/** Half as large again and half a percent more, to one decimal. */
function withWrongChange(row: PublishedRow): PublishedRow {
  const change = Number(row.throughput.change.replace("%", ""));
  const wrong = 1.5 * change + (change < 0 ? -0.5 : 0.5);
  const text = `${wrong > 0 ? "+" : ""}${wrong.toFixed(1)}%`;
  return { ...row, throughput: { ...row.throughput, change: text } };
}
