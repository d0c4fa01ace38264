import { describe, expect, test } from "vitest";
import { type WorkloadKind, workloadAt } from "../../../src/core/study/workload.ts";
import { workloads } from "../../../src/workloads/index.ts";
import { commandsOf, resolve, workload } from "../made-up/study.ts";

describe("the command of", () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      "cpu",
      { threads: 2 },
      [
        "sysbench",
        "cpu",
        "--time=0",
        "--percentile=95",
        "--threads=2",
        "--cpu-max-prime=20000",
        "--events=10000",
        "run",
      ],
    ],
    [
      "cpu",
      { threads: 1, primeMax: 2000, events: 500 },
      [
        "sysbench",
        "cpu",
        "--time=0",
        "--percentile=95",
        "--threads=1",
        "--cpu-max-prime=2000",
        "--events=500",
        "run",
      ],
    ],
    [
      "threads",
      {},
      [
        "sysbench",
        "threads",
        "--time=0",
        "--percentile=95",
        "--threads=64",
        "--thread-yields=1000",
        "--thread-locks=8",
        "--events=10000",
        "run",
      ],
    ],
    [
      "threads",
      { threads: 8, yields: 100, locks: 4, events: 200 },
      [
        "sysbench",
        "threads",
        "--time=0",
        "--percentile=95",
        "--threads=8",
        "--thread-yields=100",
        "--thread-locks=4",
        "--events=200",
        "run",
      ],
    ],
    [
      "memory-write",
      { threads: 2 },
      [
        "sysbench",
        "memory",
        "--time=0",
        "--percentile=95",
        "--threads=2",
        "--memory-block-size=4294967296",
        "--memory-total-size=17179869184",
        "--memory-oper=write",
        "run",
      ],
    ],
    [
      "memory-read",
      { threads: 1, blockSize: "256MiB", totalSize: "8GiB" },
      [
        "sysbench",
        "memory",
        "--time=0",
        "--percentile=95",
        "--threads=1",
        "--memory-block-size=268435456",
        "--memory-total-size=8589934592",
        "--memory-oper=read",
        "run",
      ],
    ],
    [
      "oltp",
      { threads: 2, tables: 3, rows: 10_000, seconds: 4 },
      [
        "sysbench",
        "oltp_read_write",
        "--time=4",
        "--percentile=95",
        "--db-driver=mysql",
        "--mysql-socket=/run/dvirt/mysql.sock",
        "--mysql-user=root",
        "--mysql-db=sbtest",
        "--tables=3",
        "--table-size=10000",
        "--threads=2",
        "--rand-seed=1",
        "--report-interval=1",
        "run",
      ],
    ],
  ])("%s with %j is exactly this", (name, params, argv) => {
    expect(commandsOf(workload(name, params)).measured.argv).toEqual(argv);
  });
});

describe("every workload", () => {
  const hasThreads = (kind: WorkloadKind) => kind.parameters().some(({ name }) => name === "threads");
  const paramsOf = (kind: WorkloadKind) => ({
    ...(hasThreads(kind) ? { threads: 1 } : {}),
    ...(kind.name === "command" ? { run: ["true"] } : {}),
  });
  const all = workloads.map((kind) => workload(kind.name, paramsOf(kind)));
  const threaded = all.filter(({ kind }) => hasThreads(kind));

  test("has a name of its own, and says what it isolates", () => {
    expect(new Set(all.map((one) => one.name)).size).toBe(all.length);
    for (const one of workloads) expect(one.about).toMatch(/\S/);
  });

  test("has a command that it needs the program of, with a limit far beyond its guess", () => {
    for (const one of all) {
      const { measured } = commandsOf(one);
      const { guessSeconds } = workloadAt(one, 0);
      expect(one.kind.needs.map(({ name }) => name)).toContain(measured.argv[0]);
      expect(guessSeconds).toBeGreaterThan(0);
      expect(measured.timeoutSeconds).toBeGreaterThan(20 * guessSeconds);
    }
  });

  test("refuses a parameter that it does not have", () => {
    for (const kind of workloads) {
      expect(resolve(kind.name, { ...paramsOf(kind), trheads: 2 })).toMatchObject({
        ok: false,
        issues: [{ code: "unrecognized_keys", keys: ["trheads"] }],
      });
    }
  });

  test("refuses no threads at all", () => {
    for (const { name } of threaded) {
      expect(resolve(name, { threads: 0 })).toMatchObject({ ok: false, issues: [{ path: ["threads"] }] });
    }
  });

  test("that has no data set prepares and cleans up nothing", () => {
    const simple = threaded.filter((one) => one.dataSet === undefined);
    expect(simple.map((one) => one.name)).toEqual([
      "cpu",
      "threads",
      "memory-write",
      "memory-read",
      "exit-cost",
      "syscall",
      "page-fault",
    ]);
    for (const one of simple) expect(commandsOf(one)).toMatchObject({ prepare: [], cleanup: [] });
  });
});

test.each(["memory-write", "memory-read"])("%s refuses sizes that are none", (name) => {
  for (const blockSize of ["0MiB", "256"]) {
    expect(resolve(name, { threads: 1, blockSize })).toMatchObject({
      ok: false,
      issues: [{ path: ["blockSize"], message: "is no size; write it like 256MiB" }],
    });
  }
  expect(resolve(name, { threads: 1, blockSize: "lots" })).toMatchObject({
    ok: false,
    issues: [{ path: ["blockSize"], message: expect.stringContaining('"lots" means nothing here') }],
  });
});
