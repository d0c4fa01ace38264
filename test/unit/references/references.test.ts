import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PublishedStudy } from "../../../src/core/published/published.ts";
import { rowsOf } from "../../../src/core/published/published-rows.ts";
import { references } from "../../../src/references/index.ts";

test("references have names of their own", () => {
  const names = references.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("fitzgerald-2014");
});

describe.each(references.map((one) => [one.name, one] as const))("the reference %s", (_name, reference) => {
  test("says where each of its figures is from", () => {
    expect(reference.citation).toContain(String(reference.year));
    for (const { source } of reference.quoted) expect(source).not.toBe("");
  });

  test("has as many cells as columns in every table", () => {
    const uneven = reference.tables.flatMap(({ head, rows }) =>
      rows.filter((row) => row.length !== head.length),
    );
    expect(uneven).toEqual([]);
  });

  test("has results that can be read, with a caption for every table, and figures that draw such tables", () => {
    const { results } = reference;
    const tables = results === undefined ? [] : [...new Set(rowsOf(results).map((row) => row.table))];
    expect(Object.keys(results?.captions ?? {}).sort()).toEqual([...tables].sort());
    for (const { draws } of reference.figures) if (draws !== undefined) expect(tables).toContain(draws.table);
  });

  test("has claims with ids of their own and quotes", () => {
    const claims = reference.results?.claims ?? [];
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
    for (const { quote, where } of claims) {
      expect(quote).not.toBe("");
      expect(where).toMatch(/^section \d/);
    }
  });
});

describe("FitzGerald 2014", () => {
  const study = references.find(({ name }) => name === "fitzgerald-2014");
  const rows = study?.results === undefined ? [] : rowsOf(study.results);

  test("is tables 5 to 14 digit by digit: a changed byte is a changed publication", () => {
    const hash = createHash("sha256")
      .update(study?.results?.csv ?? "")
      .digest("hex");
    expect(hash).toBe("0f04d485123e2addcabb350279e18c50466e3c00e9f253ee183dfd0859e8d9b2");
    expect(rows).toHaveLength(60);
  });

  test("numbers tables 1 to 14 and figures 1 to 16 without a gap", () => {
    const captions = Object.keys(study?.results?.captions ?? {}).map(Number);
    expect([...(study?.tables.map(({ number }) => number) ?? []), ...captions]).toEqual(upTo(14));
    expect(study?.figures.map(({ number }) => number)).toEqual(upTo(16));
  });

  test("draws every mean of its tables in some figure", () => {
    const drawn = study?.figures.flatMap(
      ({ draws }) => draws?.measures.map((measure) => `${draws.table} ${measure}`) ?? [],
    );
    const means = upTo(14)
      .slice(4)
      .flatMap((table) => [`${table} throughput`, `${table} response`]);
    expect([...(drawn ?? [])].sort()).toEqual(means.sort());
  });

  test("gave four CPUs everywhere in one series, and four, three and two in the other", () => {
    const cpus = (resources: string) =>
      [0, 1, 2].map((level) => [
        ...new Set(
          rows.filter((row) => row.resources === resources && row.level === level).map((row) => row.cpus),
        ),
      ]);
    expect(cpus("over-committed")).toEqual([[4], [4], [4]]);
    expect(cpus("not over-committed")).toEqual([[4], [3], [2]]);
  });

  test("ran a thread per CPU, and 64 in the thread test", () => {
    const threads = (row: (typeof rows)[number]) => (row.workload === "threads" ? 64 : row.cpus);
    expect(rows.map((row) => row.threads)).toEqual(rows.map(threads));
  });
});

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

/** Other references may come without tables of results; the types must let them. */
test("a reference may be single figures alone", () => {
  const quoted: PublishedStudy = {
    name: "made-up",
    title: "Made up",
    authors: ["Nobody"],
    year: 2000,
    citation: "Nobody, Made up, 2000",
    tables: [],
    figures: [],
    quoted: [
      {
        what: "slowdown",
        workload: "kernbench",
        level: 2,
        value: "14.5",
        unit: "%",
        source: "figure 5",
        standing: "secondary",
      },
    ],
    notes: [],
  };
  expect(references.map(({ name }) => name)).not.toContain(quoted.name);
});
