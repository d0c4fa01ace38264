import { describe, expect, test } from "vitest";
import { checkClaims } from "../../../../../src/core/published/audit/claims.ts";
import { parseTables } from "../../../../../src/core/published/audit/parsed-tables.ts";
import type { Claim, Interpretation, Predicate } from "../../../../../src/core/published/published.ts";
import { madeUpQuantity, madeUpRow } from "./rows.ts";

/** Two platforms over three levels in table 1; table 2 has the same means and half of the standard errors. */
const tables = parseTables(
  [1, 2].flatMap((table) =>
    (
      [
        ["p", ["1001", "803", "401"], ["4.01", "5.03", "9.98"]],
        ["q", ["901", "899", "99.9"], ["4.51", "4.52", "40.1"]],
      ] as const
    ).flatMap(([platform, throughputs, responses]) =>
      throughputs.map((mean, level) =>
        madeUpRow({
          table: String(table),
          platform,
          level,
          throughput: madeUpQuantity(mean, "", table === 1 ? "2.2" : "1.1"),
          response: madeUpQuantity(responses[level] ?? "", "", table === 1 ? "0.22" : "0.11"),
        }),
      ),
    ),
  ),
);

function statusOf(predicate: Predicate | readonly Predicate[], scope: Interpretation["scope"] = "every") {
  const predicates = "kind" in predicate ? [predicate] : predicate;
  const claim: Claim = { id: "c", where: "section 1", quote: "…", readings: [{ scope, predicates }] };
  return checkClaims([claim], tables, [{ test: "welch", runs: 6 }])[0]?.status;
}

const cell = (platform: string, level: number, measure: "throughput" | "response" = "throughput") => ({
  table: "1",
  platform,
  level,
  measure,
});
const BOTH = ["throughput", "response"] as const;
const p = { table: "1", platform: "p" };
const q = { table: "1", platform: "q" };

const cases: readonly (readonly [string, Predicate, Predicate])[] = [
  [
    "outperforms: more throughput and shorter responses",
    { kind: "outperforms", platform: "p", other: "q", tables: ["1", "2"], levels: [0, 2], measures: BOTH },
    { kind: "outperforms", platform: "p", other: "q", tables: ["1"], levels: [1], measures: BOTH },
  ],
  [
    "moves: up or down over each step",
    {
      kind: "moves",
      direction: "down",
      tables: ["1"],
      platforms: ["p", "q"],
      steps: [
        [0, 1],
        [1, 2],
      ],
      measure: "throughput",
    },
    {
      kind: "moves",
      direction: "up",
      tables: ["1"],
      platforms: ["p"],
      steps: [[0, 1]],
      measure: "throughput",
    },
  ],
  [
    "smaller-in: in one table than in another",
    {
      kind: "smaller-in",
      column: "standardError",
      table: "2",
      other: "1",
      platforms: ["p", "q"],
      levels: [0, 1, 2],
      measures: BOTH,
    },
    {
      kind: "smaller-in",
      column: "standardError",
      table: "1",
      other: "2",
      platforms: ["p"],
      levels: [1],
      measures: BOTH,
    },
  ],
  [
    "changes-less: in size, whatever the direction",
    { kind: "changes-less", series: q, than: p, steps: [[0, 1]], measures: BOTH },
    { kind: "changes-less", series: q, than: p, steps: [[1, 2]], measures: BOTH },
  ],
  [
    "within: a change of at most so much",
    { kind: "within", limit: "1%", tables: ["1"], platforms: ["q"], steps: [[0, 1]], measures: BOTH },
    { kind: "within", limit: "1%", tables: ["1"], platforms: ["p"], steps: [[0, 1]], measures: ["response"] },
  ],
  [
    "ratio-is: rounds to the number",
    { kind: "ratio-is", of: cell("p", 2), to: cell("p", 1), value: "0.5" },
    { kind: "ratio-is", of: cell("p", 2), to: cell("p", 1), value: "0.6" },
  ],
  [
    "ratio-above: is more than the number",
    { kind: "ratio-above", of: cell("q", 2, "response"), to: cell("p", 2, "response"), value: "4" },
    { kind: "ratio-above", of: cell("q", 2, "response"), to: cell("p", 2, "response"), value: "4.1" },
  ],
  [
    "advantage-range: throughput in percent of the other's",
    {
      kind: "advantage-range",
      platform: "p",
      other: "q",
      tables: ["1"],
      levels: [0, 2],
      measure: "throughput",
      least: "11%",
      most: "301%",
    },
    {
      kind: "advantage-range",
      platform: "p",
      other: "q",
      tables: ["1"],
      levels: [0, 1, 2],
      measure: "throughput",
      least: "11%",
      most: "301%",
    },
  ],
  [
    "advantage-range: response times saved in percent of the other's",
    {
      kind: "advantage-range",
      platform: "p",
      other: "q",
      tables: ["1"],
      levels: [0, 2],
      measure: "response",
      least: "11%",
      most: "75%",
    },
    {
      kind: "advantage-range",
      platform: "p",
      other: "q",
      tables: ["1"],
      levels: [0, 2],
      measure: "response",
      least: "11%",
      most: "77%",
    },
  ],
  [
    "change-range: from the least change of a step to the most",
    {
      kind: "change-range",
      series: p,
      steps: [
        [0, 1],
        [1, 2],
      ],
      measure: "response",
      least: "25%",
      most: "98%",
    },
    { kind: "change-range", series: p, steps: [[0, 1]], measure: "response", least: "25%", most: "98%" },
  ],
  [
    "not-significant: p above alpha",
    { kind: "not-significant", series: q, steps: [[0, 1]], measures: BOTH, alpha: "0.05" },
    { kind: "not-significant", series: p, steps: [[1, 2]], measures: BOTH, alpha: "0.05" },
  ],
];

describe("a claim", () => {
  test.each(cases)("that %s holds where it is so", (_name, holding) => {
    expect(statusOf(holding)).toBe("holds");
  });

  test.each(cases)("that %s does not hold where it is not so", (_name, _holding, failing) => {
    expect(statusOf(failing)).toBe("does not hold");
  });

  test("of every thing needs each comparison, of most more than half", () => {
    const [, down, up] = cases[1] ?? [];
    if (down?.kind !== "moves" || up === undefined) throw new Error("moves");
    expect(statusOf([down, up])).toBe("does not hold");
    expect(statusOf([down, up], "most")).toBe("holds");
    expect(statusOf({ ...down, measure: "response", steps: [[0, 1]] }, "most")).toBe("does not hold");
    expect(statusOf([{ ...down, platforms: ["p"], steps: [[0, 1]] }, up], "most")).toBe("does not hold");
  });

  test("that holds in another reading says so", () => {
    const [, holding, failing] = cases[0] ?? [];
    if (holding === undefined || failing === undefined) throw new Error("a case");
    const plain: Interpretation = { scope: "every", predicates: [failing] };
    const other: Interpretation = { scope: "every", assuming: "L1 is left out", predicates: [holding] };
    const claim: Claim = { id: "c", where: "section 1", quote: "…", readings: [plain, other] };
    expect(checkClaims([claim], tables, [])[0]?.status).toBe("holds if");
  });

  test("that needs the number of runs is undecided without it", () => {
    const [, holding] = cases.at(-1) ?? [];
    if (holding === undefined) throw new Error("a case");
    const claim: Claim = {
      id: "c",
      where: "section 1",
      quote: "…",
      readings: [{ scope: "every", predicates: [holding] }],
    };
    expect(checkClaims([claim], tables, [])[0]?.status).toBe("undecided");
  });

  test("of means whose roundings overlap is not called wrong", () => {
    const close = parseTables(
      ["3.73", "3.73"].map((mean, level) => madeUpRow({ level, response: madeUpQuantity(mean) })),
    );
    const predicate = { kind: "moves", tables: ["1"], platforms: ["p"], measure: "response" } as const;
    for (const direction of ["up", "down"] as const) {
      const claim: Claim = {
        id: "c",
        where: "section 1",
        quote: "…",
        readings: [{ scope: "every", predicates: [{ ...predicate, direction, steps: [[0, 1]] }] }],
      };
      expect(checkClaims([claim], close, [])[0]?.status).toBe("holds");
    }
  });

  test("about a cell that no table has is a bug in the reference, and throws", () => {
    expect(() => statusOf({ kind: "ratio-is", of: cell("z", 0), to: cell("p", 0), value: "1" })).toThrow(
      "the tables have no z L0 in table 1",
    );
  });
});
