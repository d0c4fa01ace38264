import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal, randomStream } from "../../../../../src/core/base/random.ts";
import { audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import { auditSections } from "../../../../../src/core/published/audit/sections.ts";
import type { PublishedPValue } from "../../../../../src/core/published/published.ts";
import { estimateMean } from "../../../../../src/core/stats/mean.ts";
import { tTwoSidedP } from "../../../../../src/core/stats/t-distribution.ts";
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
      responseStepMs: 0.01,
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

  test("is never claimed from digits alone: enough runs have any mean", () => {
    const many = audit(fileSubject("t.csv", measured(30, 5, 4).rows));
    expect(many.runs).toMatchObject({ agreed: expect.arrayContaining([30]), more: "possible" });
    for (const runs of [7, 30]) {
      const text = JSON.stringify(auditSections(audit(fileSubject("t.csv", measured(runs, 3, 5).rows))));
      expect(text).not.toContain("Each mean is of");
      expect(text).toContain("and any number above 30. The number of runs stays unknown.");
    }
  });

  test("is claimed where p-values rule out all larger ones too", () => {
    const { estimates, rows } = measured(4, 2, 5);
    const [a, b] = estimates;
    if (a === undefined || b === undefined) throw new Error("two levels");
    const printed = student(a, b)?.p.toFixed(6) ?? "";
    const done = audit({ ...fileSubject("t.csv", rows), pValues: [pValue(0, 1, printed)] });
    expect(done.runs).toMatchObject({ agreed: [4], more: "ruled out" });
    expect(JSON.stringify(auditSections(done))).toContain("Each mean is of 4 runs");
  });

  test("is not claimed where a p-value is that of any large number", () => {
    const { rows } = measured(4, 2, 5);
    // The normal distribution's p, which no small number of runs gives.
    const [from, to] = rows.map(({ response: { mean, standardError } }) => [
      Number(mean),
      Number(standardError),
    ]);
    const apart = Math.abs((from?.[0] ?? 0) - (to?.[0] ?? 0));
    const t = apart / Math.hypot(from?.[1] ?? 0, to?.[1] ?? 0);
    const printed = tTwoSidedP(t, 1e6).toFixed(3);
    const done = audit({ ...fileSubject("t.csv", rows), pValues: [pValue(0, 1, printed)] });
    expect(done.runs.more).toBe("possible");
  });

  test("is not looked for in the digits of a table whose tool nobody named", () => {
    const rows = measured(7, 3, 5).rows.map(({ responseStepMs: _, ...row }) => row);
    const done = audit(fileSubject("t.csv", rows));
    expect(done.runs).toMatchObject({ agreed: [], granularity: { cells: 0, informative: 0 } });
    const text = JSON.stringify(auditSections(done));
    expect(text).toContain("is not stated (column response_step_ms), so the digits say nothing");
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
    const statusOf = (more: Partial<typeof row>) =>
      audit(fileSubject("t.csv", [{ ...row, ...more }])).closedLoop[0]?.status;
    expect(statusOf({})).toBe("more than threads");
    expect(statusOf({ runs: 3 })).toBe("impossible");
  });

  test("judges the closed loop by what the tool resolves, as far as somebody says it", () => {
    const row = madeUpRow({
      throughput: madeUpQuantity("1001.3", "", "0.3"),
      response: madeUpQuantity("4.017", "", "0.001"),
      threads: 4,
      runs: 3,
    });
    const statusOf = (more: Partial<typeof row>) =>
      audit(fileSubject("t.csv", [{ ...row, ...more }])).closedLoop[0]?.status;
    expect(statusOf({ responseStepMs: 0.01 })).toBe("impossible");
    expect(statusOf({ responseStepMs: 0.1 })).toBe("busy");
    // Nobody says it: the tool may have printed 4.0.
    expect(statusOf({})).toBe("busy");
  });
});
