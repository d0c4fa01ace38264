import { describe, expect, test } from "vitest";
import { auditText } from "../../../../../src/cli/audit.ts";
import { audit, fileSubject, referenceSubject } from "../../../../../src/core/published/audit/audit.ts";
import { readPublishedRows } from "../../../../../src/core/published/published-rows.ts";
import { auditJson } from "../../../../../src/outputs/audit-json.ts";
import { fitzgerald2014 } from "../../../../../src/references/fitzgerald-2014/index.ts";
import { expectGolden } from "../../../golden.ts";

const subject = referenceSubject(fitzgerald2014);
if (subject === undefined) throw new Error("the study has tables");
const done = audit(subject);

describe("the audit of the 2014 study", () => {
  test("finds what does not hold, and only that", () => {
    expect(done.discrepancies.map(({ kind, at, printed }) => `${kind} | ${at} | ${printed}`)).toEqual([
      "standard-error-percent | table 5, cpu, S390x L1, throughput StdErr % | 1.77%",
      "change | table 6, cpu, x86_64 L2, throughput ΔL(n-1) | -38.04%",
      "standard-error-percent | table 10, memory-write, S390x L0, throughput StdErr % | 0.235%",
      "change | table 10, memory-write, S390x L2, throughput ΔL(n-1) | -51.04%",
      "change | table 11, memory-read, S390x L1, throughput ΔL(n-1) | -8.52%",
      "standard-error-percent | table 12, memory-read, x86_64 L2, response StdErr % | 0.274%",
      "change | table 14, oltp, S390x L2, throughput ΔL(n-1) | -98.85%",
      "repeated-row | table 10, memory-write, S390x L0, throughput StdErr % | 0.235%",
      "closed-loop | table 8, threads, x86_64 L2, throughput × mean response | 64 threads",
      "claim | section 3.1, table 6 | the standard errors that we had initially observed became greatly reduced",
      "claim | section 3.3, table 10 | the memory write application's response time on x86_64 now decreased between L1 and L2",
      "claim | section 3.4, table 12 | a marked decrease in all standard error values that had been observed in the over-committed environment",
    ]);
  });

  test("has nothing more against it if zeros at the end were kept where columns say so", () => {
    expect(done.ifZerosKept).toEqual([]);
  });

  test("recomputes every derived cell that is printed: 40 rows have a change, 60 a standard error", () => {
    expect(done.derived.checks).toHaveLength(2 * 40 + 2 * 60);
    expect(done.derived.unchecked).toBe(0);
  });

  test("compares every L0 row with the one of the other series", () => {
    const pairs = done.repeats.map(({ first, again }) => `${first.row.table}-${again.row.table}`);
    expect(pairs).toEqual(["5-6", "5-6", "7-8", "7-8", "9-10", "9-10", "11-12", "11-12", "13-14", "13-14"]);
  });

  test("infers six runs: p-values and digits agree on that alone", () => {
    expect(done.runs.ways).toEqual([
      { test: "welch", runs: 6 },
      { test: "welch, whole df", runs: 6 },
    ]);
    expect(done.runs).toMatchObject({ reproduced: 5, pValues: 5, agreed: [6], more: "ruled out" });
    expect(done.runs.granularity.runs).toEqual([6, 30]);
    // Student's test gives the first p-value with no number of runs at all.
    expect(done.pValues[0]?.fits.map((fit) => fit.test)).toEqual(["welch", "welch, whole df"]);
  });

  test("needs at least those six runs for the closed loop of the database test at L2", () => {
    const needed = done.closedLoop.filter(({ row, leastRuns }) => row.row.workload === "oltp" && leastRuns);
    expect(needed.map(({ row, leastRuns }) => [row.row.table, row.row.level, leastRuns])).toEqual([
      ["13", 2, 6],
      ["14", 2, 6],
    ]);
  });

  test("shows five blocks on four threads in the memory tests, not ten thousand", () => {
    const busy = done.closedLoop.filter(
      ({ row }) => row.row.workload === "memory-read" && row.row.platform === "x86_64" && row.row.level === 0,
    );
    for (const { busy: threads } of busy) expect(threads.low).toBeCloseTo(2.5, 2);
    expect(busy).toHaveLength(2);
  });

  test("reads as the golden text", () => expectGolden("audit/fitzgerald-2014.txt", auditText(done)));

  test("is for programs what it is for people", () => {
    const document: Record<string, unknown> = JSON.parse(auditJson(done));
    expect(document).toMatchObject({ name: "fitzgerald-2014", holds: false, unchecked: 0 });
    const found = done.discrepancies.map(({ at, printed }) => ({ at, printed }));
    expect(document["discrepancies"]).toMatchObject(found);
    const lengths = ["derived", "pValues", "closedLoop", "perCpu", "claims"].map((name) => {
      const list = document[name];
      return Array.isArray(list) ? list.length : undefined;
    });
    expect(lengths).toEqual([200, 5, 60, 30, done.claims.length]);
    expect(document["derived"]).toContainEqual({
      line: 58,
      table: "14",
      workload: "oltp",
      resources: "not over-committed",
      platform: "S390x",
      level: 2,
      figure: "throughput ΔL(n-1)",
      printed: "-98.85%",
      printedRange: [expect.closeTo(-98.855, 9), expect.closeTo(-98.845, 9)],
      recomputedRange: [expect.closeTo(-96.84857, 4), expect.closeTo(-96.84741, 4)],
      holds: false,
      unitsApart: expect.closeTo(200.14, 2),
    });
  });
});

describe("the audit of the 2014 tables as a file that nobody knows", () => {
  const read = readPublishedRows(fitzgerald2014.results?.csv ?? "", "tables.csv");
  const plain = audit(fileSubject("tables.csv", read.ok ? read.value : []));

  test("finds the same derived figures", () => {
    const derived = (findings: typeof done.discrepancies) =>
      findings.filter(({ kind }) => kind === "change" || kind === "standard-error-percent");
    expect(plain.discrepancies).toEqual(derived(done.discrepancies));
  });

  test("notes the row that is nearly alike, and infers no number of runs", () => {
    expect(plain.lookAlikes.map(({ again }) => again.row.line)).toEqual([32]);
    expect(plain.runs.agreed, "a file does not say that sysbench made it").toEqual([]);
    expect(auditText(plain)).toContain("threads not stated");
  });
});
