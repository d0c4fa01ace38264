import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal, randomStream } from "../../../../../src/core/base/random.ts";
import { audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import { auditSections } from "../../../../../src/core/published/audit/sections.ts";
import type { PublishedPValue } from "../../../../../src/core/published/published.ts";
import { estimateMean } from "../../../../../src/core/stats/mean.ts";
import { student, type TTest, welch } from "../../../../../src/core/stats/t-test.ts";
import { madeUpQuantity, madeUpRow } from "./rows.ts";

/** Rows of three levels measured in runs whose response times have two decimals, as sysbench prints them. */
function measured(runs: number, seed: number, decimals: number) {
  const random = randomStream(seed);
  const estimates = [3.2, 3.3, 3.25].map((mean) => {
    const values = Array.from({ length: runs }, () => Math.round((mean + normal(random) * 0.05) * 100) / 100);
    const estimate = estimateMean(values);
    if (estimate?.standardError === undefined) throw new Error("at least two runs");
    return { n: runs, mean: estimate.mean, standardError: estimate.standardError };
  });
  const rows = estimates.map(({ mean, standardError }, level) =>
    madeUpRow({
      level,
      response: madeUpQuantity(mean.toFixed(decimals), "", standardError.toFixed(decimals + 1)),
    }),
  );
  return { estimates, rows };
}

function pValue(from: number, to: number, printed: string): PublishedPValue {
  const cell = { table: "1", platform: "p", measure: "response" } as const;
  return { where: "a footnote", printed, a: { ...cell, level: from }, b: { ...cell, level: to } };
}

describe("the number of runs", () => {
  test("that made the figures is never ruled out, by p-values or by digits", () => {
    const tests = fc.constantFrom(student, welch);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.nat(),
        fc.integer({ min: 2, max: 5 }),
        tests,
        fc.integer({ min: 2, max: 4 }),
        (runs, seed, decimals, tTest, digits) => {
          const { estimates, rows } = measured(runs, seed, decimals);
          const pairs = [
            [0, 1],
            [1, 2],
            [0, 2],
          ] as const;
          const pValues = pairs.flatMap(([from, to]) => {
            const [a, b] = [estimates[from], estimates[to]];
            const made: TTest | undefined = a === undefined || b === undefined ? undefined : tTest(a, b);
            return made === undefined ? [] : [pValue(from, to, made.p.toFixed(digits))];
          });
          const done = audit({ ...fileSubject("t.csv", rows), pValues });
          expect(done.runs.granularity.runs).toContain(runs);
          expect(done.runs.reproduced).toBe(3);
          const name = tTest === student ? "student" : "welch";
          expect(done.runs.ways).toContainEqual({ test: name, runs });
          expect(done.runs.agreed).toContain(runs);
          expect(done.discrepancies).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("follows from the digits alone where they are fine enough", () => {
    const { rows } = measured(7, 3, 5);
    const { runs } = audit(fileSubject("t.csv", rows));
    expect(runs.granularity.informative).toBe(3);
    expect(runs.agreed.every((n) => n % 7 === 0)).toBe(true);
  });

  test("stays open where the digits are coarse and there is no p-value", () => {
    const done = audit(fileSubject("t.csv", [madeUpRow({ response: madeUpQuantity("3044.3", "", "9.56") })]));
    expect(done.runs.agreed).toEqual([]);
    const text = JSON.stringify(auditSections(done));
    expect(text).toContain("There is no p-value to infer it from.");
    expect(text).toContain("The number of runs stays unknown.");
  });

  test("is contradicted by a p-value that no number of runs gives, which is a finding", () => {
    const { rows } = measured(6, 1, 4);
    const done = audit({ ...fileSubject("t.csv", rows), pValues: [pValue(0, 1, "0.999")] });
    expect(done.runs.ways).toEqual([]);
    expect(done.discrepancies.map(({ kind, recomputed }) => [kind, recomputed])).toEqual([
      ["p-value", "no test and number of runs gives it"],
    ]);
  });

  test("of two that contradict each other is left open, and both are findings", () => {
    const { estimates, rows } = measured(3, 1, 4);
    const [a, b] = estimates;
    if (a === undefined || b === undefined) throw new Error("two levels");
    const p = (n: number) => student({ ...a, n }, { ...b, n })?.p.toFixed(4) ?? "";
    const pValues = [pValue(0, 1, p(3)), pValue(0, 1, p(9))];
    const done = audit({ ...fileSubject("t.csv", rows), pValues });
    expect(done.runs.reproduced).toBe(1);
    expect(done.discrepancies.length).toBeGreaterThan(0);
  });

  test("is that of the rows where they state it, and judges the closed loop", () => {
    const row = madeUpRow({
      throughput: madeUpQuantity("1003", "", "5"),
      response: madeUpQuantity("4.13", "", "0.02"),
      threads: 4,
    });
    expect(audit(fileSubject("t.csv", [row])).closedLoop[0]?.status).toBe("more than threads");
    expect(audit(fileSubject("t.csv", [{ ...row, runs: 3 }])).closedLoop[0]?.status).toBe("impossible");
  });
});
