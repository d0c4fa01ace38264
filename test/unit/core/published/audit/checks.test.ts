import { describe, expect, test } from "vitest";
import { type AuditSubject, audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import { auditSummary } from "../../../../../src/core/published/audit/sections.ts";
import type { PublishedRow } from "../../../../../src/core/published/published.ts";
import { madeUpQuantity, madeUpRow } from "./rows.ts";

function found(rows: readonly PublishedRow[], more: Partial<AuditSubject> = {}) {
  return audit({ ...fileSubject("t.csv", rows), ...more }).discrepancies.map(
    ({ kind, at }) => `${kind}: ${at}`,
  );
}

/** L0 and L1 of one series with these throughputs. */
function series(...throughputs: readonly (readonly [string, string])[]): readonly PublishedRow[] {
  return throughputs.map(([mean, change], level) =>
    madeUpRow({ level, throughput: madeUpQuantity(mean, change) }),
  );
}

describe("a change from the level before", () => {
  test.each([
    ["-50%"],
    ["-50.00%"],
    // 500.45 of 1001.5 and 500.55 of 1000.5 are the ends: -50.030% to -49.970%.
    ["-50.03%"],
    ["-49.97%"],
  ])("of 1001 to 500.5 holds as %s", (change) => {
    expect(found(series(["1001", ""], ["500.5", change]))).toEqual([]);
  });

  test.each(["-51.3%", "-50.04%", "-49.96%", "+50.00%", "-5.0%"])(
    "of 1001 to 500.5 does not hold as %s",
    (change) => {
      expect(found(series(["1001", ""], ["500.5", change]))).toEqual([
        "change: table 1, cpu, p L1, throughput ΔL(n-1)",
      ]);
    },
  );

  test("is told with how far apart it is, in units of its last digit", () => {
    const [finding] = audit(fileSubject("t.csv", series(["1001", ""], ["500.5", "-51.3%"]))).discrepancies;
    expect(finding?.unitsApart).toBeCloseTo(12.7, 2);
    expect(finding?.printed).toBe("-51.3%");
    expect(finding?.recomputed).toBe("-50.030 to -49.970%");
    expect(finding?.line).toBe(3);
  });

  test("without the row of the level before is left out and counted", () => {
    const rows = [madeUpRow({ level: 2, throughput: madeUpQuantity("500", "-50%") })];
    const done = audit(fileSubject("t.csv", rows));
    expect([done.derived.checks.length, done.derived.unchecked]).toEqual([0, 1]);
    expect(auditSummary(done)).toContain("1 derived figure lacked an input");
  });

  test("is from the same workload, resources and platform, also where one table has many", () => {
    const rows = [
      ...series(["1001", ""], ["500.5", "-50%"]),
      ...series(["11", ""], ["33", "+200%"]).map((row) => ({ ...row, workload: "oltp" })),
      ...series(["77", ""], ["70", "-9%"]).map((row) => ({ ...row, platform: "q" })),
    ];
    expect(audit(fileSubject("t.csv", rows)).derived.checks).toHaveLength(3);
    expect(found(rows)).toEqual([]);
  });
});

describe("a standard error in percent", () => {
  const row = (percent: string, standardError = "12.5") =>
    madeUpRow({ response: madeUpQuantity("321", "", standardError, percent) });
  test.each(["3.9%", "3.89%", "3.90%", "4%"])("12.5 of 321 holds as %s", (percent) => {
    expect(found([row(percent)])).toEqual([]);
  });
  test.each(["3.98%", "8.39%", "38.9%", "0.389%"])("12.5 of 321 does not hold as %s", (percent) => {
    expect(found([row(percent)])).toEqual(["standard-error-percent: table 1, cpu, p L0, response StdErr %"]);
  });
  test("holds where the two intervals share nothing but an end: half may be rounded either way", () => {
    // 200 may be 250 and 6.3 may be 6.25, which are 2.5%; 6.35 of 250 are 2.54%.
    const of200 = (standardError: string) =>
      madeUpRow({ response: madeUpQuantity("200", "", standardError, "2%") });
    expect(found([of200("6.3")])).toEqual([]);
    expect(found([of200("6.4")])).toHaveLength(1);
  });
  test("of no printed standard error is left out and counted", () => {
    expect(audit(fileSubject("t.csv", [row("3.9%", "")])).derived).toMatchObject({
      checks: [],
      unchecked: 1,
    });
  });
});

describe("a row that is printed twice", () => {
  const first = madeUpRow({
    throughput: madeUpQuantity("925.99", "", "2.34", "0.253%"),
    response: madeUpQuantity("4.11", "", "0.021", "0.51%"),
  });
  const again = { ...first, table: "2", throughput: { ...first.throughput, standardErrorPercent: "0.235%" } };

  test("must be printed alike where the study says that it is one measurement", () => {
    const said = { repeatedLevels: [{ level: 0, where: "section 2" }] };
    expect(found([first, again], said)).toEqual([
      "standard-error-percent: table 2, cpu, p L0, throughput StdErr %",
      "repeated-row: table 2, cpu, p L0, throughput StdErr %",
    ]);
    expect(found([first, { ...first, table: "2" }], said)).toEqual([]);
    const padded = { ...first.throughput, mean: "925.990", standardError: "2.340" };
    expect(found([first, { ...first, table: "2", throughput: padded }], said)).toEqual([]);
  });

  test("is worth a note and no finding where nobody says so", () => {
    const rows = [first, { ...again, throughput: { ...again.throughput, standardErrorPercent: "0.25%" } }];
    const unlike = [first, { ...again, throughput: madeUpQuantity("925.99", "", "2.37", "0.256%") }];
    expect(audit(fileSubject("t.csv", rows)).lookAlikes).toEqual([]);
    expect(audit(fileSubject("t.csv", unlike)).lookAlikes).toHaveLength(1);
    expect(audit(fileSubject("t.csv", unlike)).discrepancies).toEqual([]);
  });

  test("is no note where most cells differ: those are two measurements", () => {
    const other = {
      ...first,
      table: "2",
      throughput: madeUpQuantity("911.11", "", "5.55", "0.609%"),
    };
    expect(audit(fileSubject("t.csv", [first, other])).lookAlikes).toEqual([]);
  });
});

describe("the closed loop", () => {
  const row = (response: string, more: Partial<PublishedRow> = {}) =>
    madeUpRow({
      throughput: madeUpQuantity("1000", "", "51"),
      response: madeUpQuantity(response, "", "0.21"),
      threads: 4,
      ...more,
    });
  const statusOf = (one: PublishedRow) => audit(fileSubject("t.csv", [one])).closedLoop[0];

  test("is busy where the threads may have worked all the time", () => {
    expect(statusOf(row("4.01", { runs: 5 }))?.status).toBe("busy");
  });

  test("is partly idle where they cannot have, and that is no finding", () => {
    const idle = row("2.81", { throughput: madeUpQuantity("1003", "", "1"), runs: 5 });
    expect(statusOf(idle)?.status).toBe("partly idle");
    expect(found([idle])).toEqual([]);
  });

  test("explains as many busy threads too many as the runs' variation can", () => {
    // 1003 × 4.13 ms are 4.142 threads. Each run beyond the first explains at most 51.5 × 0.215 ms = 0.011.
    const over = (runs?: number) =>
      row("4.13", {
        throughput: madeUpQuantity("1003", "", "51"),
        responseStepMs: 0.01,
        ...(runs === undefined ? {} : { runs }),
      });
    const least = statusOf(over())?.leastRuns ?? 0;
    expect(least).toBeGreaterThan(10);
    expect(statusOf(over())?.status).toBe("more than threads");
    expect(statusOf(over(least))?.status).toBe("busy");
    expect(statusOf(over(least - 1))?.status).toBe("impossible");
    expect(found([over()])).toEqual([]);
    expect(found([over(least - 1)])).toEqual(["closed-loop: table 1, cpu, p L0, throughput × mean response"]);
  });

  test("says nothing where the threads are not stated", () => {
    const { threads: _, ...unstated } = row("4.9", { runs: 2 });
    expect(statusOf(unstated)?.status).toBe("not stated");
    expect(found([unstated])).toEqual([]);
  });
});

describe("throughput per CPU", () => {
  const given = (cpus: readonly (number | undefined)[]) =>
    cpus.map((count, level) =>
      madeUpRow({
        level,
        throughput: madeUpQuantity(level === 0 ? "401" : "299"),
        ...(count === undefined ? {} : { cpus: count }),
      }),
    );

  test("is told where levels differ in CPUs, with its change", () => {
    const [l0, l1] = audit(fileSubject("t.csv", given([4, 3]))).perCpu;
    expect([l0?.change, l0?.throughput.low]).toEqual([undefined, expect.closeTo(400.5 / 4, 9)]);
    expect(l1?.change?.low).toBeCloseTo(100 * (298.5 / 3 / (401.5 / 4) - 1), 9);
    expect(l1?.change?.high).toBeCloseTo(100 * (299.5 / 3 / (400.5 / 4) - 1), 9);
  });

  test.each([[[4, 4]], [[4, undefined]], [[undefined, undefined]]])("is not told for CPUs %j", (cpus) => {
    expect(audit(fileSubject("t.csv", given(cpus))).perCpu).toEqual([]);
  });
});
