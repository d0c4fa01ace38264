import { describe, expect, test } from "vitest";
import { type Block, cellText, type Table } from "../../../../../src/core/document/document.ts";
import type { Figure } from "../../../../../src/core/document/figure.ts";
import { publishedReport } from "../../../../../src/core/report/published/published-report.ts";
import { markdown } from "../../../../../src/outputs/markdown.ts";
import { TABLES_5_TO_14 } from "../../../../../src/references/fitzgerald-2014/tables-5-to-14.ts";
import { references } from "../../../../../src/references/index.ts";
import { expectGolden } from "../../../golden.ts";

function reportOf(name: string) {
  const study = references.find((one) => one.name === name);
  if (study === undefined) throw new Error(`no reference ${name}`);
  return publishedReport(study);
}

const report = reportOf("fitzgerald-2014");
const blocks = report.sections.flatMap((section): readonly Block[] => section.blocks);
const tables = new Map(
  blocks.flatMap((block): [string, Table][] =>
    block.kind === "table" ? [[block.table.id, block.table]] : [],
  ),
);
const figures = new Map(
  blocks.flatMap((block): [string, Figure][] =>
    block.kind === "figure" ? [[block.figure.id, block.figure]] : [],
  ),
);

const [head = [], ...rows] = TABLES_5_TO_14.trim()
  .split("\n")
  .map((line) => line.split(","));
const printed = rows.map((row) => new Map(head.map((name, index) => [name, row[index] ?? ""])));

/** Where each printed column stands in a table of the report. */
const COLUMNS: readonly (readonly [string, number])[] = [
  ["platform", 0],
  ["level", 1],
  ["throughput_per_s", 2],
  ["throughput_change_from_previous_level", 3],
  ["throughput_stderr_per_s", 5],
  ["throughput_stderr_percent", 6],
  ["response_ms", 8],
  ["response_change_from_previous_level", 9],
  ["response_stderr_ms", 11],
  ["response_stderr_percent", 12],
];

describe("the report of the 2014 study", () => {
  test("has its tables 1 to 14 and its figures 1 to 16", () => {
    const numbers = (ids: Iterable<string>, kind: string) =>
      [...ids].flatMap((id) =>
        id.startsWith(`${kind}-`) && /-\d+$/.test(id) ? [Number(id.slice(kind.length + 1))] : [],
      );
    expect(numbers(tables.keys(), "table").sort((a, b) => a - b)).toEqual(
      Array.from({ length: 14 }, (_, i) => i + 1),
    );
    expect(numbers(figures.keys(), "figure").sort((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
  });

  test("prints every cell of tables 5 to 14 as the study does, digit by digit", () => {
    expect(printed).toHaveLength(60);
    const seen = printed.map((row) => {
      const shown = tables
        .get(`table-${row.get("table")}`)
        ?.rows.map(({ cells }) => cells)
        .find((cells) => cells[0] === row.get("platform") && cells[1] === row.get("level"));
      return COLUMNS.map(([, at]) => cellText(shown?.[at] ?? "no such row"));
    });
    expect(seen).toEqual(printed.map((row) => COLUMNS.map(([name]) => row.get(name) || "--")));
  });

  test("gives each printed change and percentage what follows from the means beside it", () => {
    for (const row of printed) {
      const before = printed.find(
        (other) =>
          other.get("table") === row.get("table") &&
          other.get("platform") === row.get("platform") &&
          Number(other.get("level")?.slice(1)) === Number(row.get("level")?.slice(1)) - 1,
      );
      const shown = tables
        .get(`table-${row.get("table")}`)
        ?.rows.map(({ cells }) => cells)
        .find((cells) => cells[0] === row.get("platform") && cells[1] === row.get("level"));
      const number = (from: typeof row | undefined, name: string) => Number(from?.get(name));
      const throughput = [4, number(before, "throughput_per_s"), number(row, "throughput_per_s")] as const;
      const response = [10, number(before, "response_ms"), number(row, "response_ms")] as const;
      for (const [at, from, to] of [throughput, response]) {
        if (before === undefined) expect(shown?.[at]).toBe("--");
        else expectHolds(shown?.[at], (to / from - 1) * 100);
      }
      expectHolds(
        shown?.[7],
        (number(row, "throughput_stderr_per_s") / number(row, "throughput_per_s")) * 100,
      );
      expectHolds(shown?.[13], (number(row, "response_stderr_ms") / number(row, "response_ms")) * 100);
    }
  });

  test("draws in each figure the means and standard errors of its table", () => {
    const drawn = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16].flatMap((number) => {
      const figure = figures.get(`figure-${number}`);
      return figure?.kind === "bars" ? figure.panels.map((panel) => ({ number, panel })) : [];
    });
    expect(drawn).toHaveLength(20);
    for (const { number, panel } of drawn) {
      // Each workload has three figures: throughput, response, and both without over-commitment.
      const table = 5 + 2 * Math.floor((number - 2) / 3) + ((number - 2) % 3 === 2 ? 1 : 0);
      const metric =
        panel.unit === "ms"
          ? ["response_ms", "response_stderr_ms"]
          : ["throughput_per_s", "throughput_stderr_per_s"];
      const rowsOf = printed.filter((row) => row.get("table") === String(table));
      expect(panel.bars.map((bar) => [bar.platform, bar.level])).toEqual(
        rowsOf.map((row) => [row.get("platform"), row.get("level")]),
      );
      panel.bars.forEach((bar, index) => {
        expect(bar.value).toBeCloseTo(Number(rowsOf[index]?.get(metric[0] ?? "")), 6);
        expect(bar.standardError).toBeCloseTo(Number(rowsOf[index]?.get(metric[1] ?? "")), 6);
      });
    }
  });

  test("reads as the golden text", async () => {
    const rendered = await markdown.render(report);
    expectGolden("report/fitzgerald-2014.md", rendered.ok ? String(rendered.value[0]?.content) : "");
  });
});

describe("every reference", () => {
  test.each(references.map(({ name }) => name))(
    "%s has a report that shows all its stated figures",
    (name) => {
      const study = references.find((one) => one.name === name);
      const text = JSON.stringify(reportOf(name).sections);
      for (const one of study?.quoted ?? []) expect(text).toContain(JSON.stringify(one.value).slice(1, -1));
      expect(text.length).toBeGreaterThan(200);
    },
  );

  test.each(references.flatMap(({ name, quoted }) => quoted.map((one) => [name, one] as const)))(
    "%s: each stated figure says where it stands",
    (_, one) => {
      expect(one.source.length).toBeGreaterThan(3);
      expect(one.standing === "verified" || /quote/.test(one.source)).toBe(true);
    },
  );
});

/** `-2.555 to -2.536%` holds -2.5456. */
function expectHolds(cell: unknown, value: number): void {
  const text = String(cell).replaceAll("%", "");
  const [low = Number.NaN, high = low] = text.split(" to ").map(Number);
  const slack = Math.abs(value) * 1e-9 + 1e-9;
  expect(value, `${text} holds ${value}`).toBeGreaterThanOrEqual(
    low - slack - (low === high ? 10 ** -decimals(text) : 0),
  );
  expect(value, `${text} holds ${value}`).toBeLessThanOrEqual(
    high + slack + (low === high ? 10 ** -decimals(text) : 0),
  );
}

function decimals(text: string): number {
  return /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
}
