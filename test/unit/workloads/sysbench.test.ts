import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { workloadAt } from "../../../src/core/study/workload.ts";
import { workloads } from "../../../src/workloads/index.ts";
import { parseSysbench, sysbench } from "../../../src/workloads/sysbench.ts";
import { fixture, fixturePaths } from "../fixture.ts";
import { workload } from "../made-up/study.ts";

/** What stands in each fixture: events, seconds, latency sum and 95th percentile in milliseconds, threads. */
const PRINTED: readonly (readonly [string, number, number, number, number, number])[] = [
  ["cpu-L0", 10_000, 1.8952, 1881.74, 0.21, 1],
  ["cpu-L1", 10_000, 2.2469, 2209.37, 0.46, 1],
  ["cpu-L2", 10_000, 2.6507, 2595.13, 1.37, 1],
  ["memory-read-L0", 32, 1.168, 1162.04, 48.34, 1],
  ["memory-read-L1", 32, 1.6326, 1618.98, 64.47, 1],
  ["memory-read-L2", 32, 1.9845, 1974.58, 68.05, 1],
  ["memory-write-L0", 32, 1.658, 1651.02, 66.84, 1],
  ["memory-write-L1", 32, 2.0103, 1997.72, 65.65, 1],
  ["memory-write-L2", 32, 2.56, 2541.35, 82.96, 1],
  ["oltp-L0", 151, 4.0067, 3986.04, 38.94, 1],
  ["oltp-L1", 88, 4.0111, 3990.67, 58.92, 1],
  ["oltp-L2", 28, 4.024, 3999.56, 223.34, 1],
  ["threads-L0", 2000, 0.9092, 56_851.58, 80.03, 64],
  ["threads-L1", 2000, 1.6633, 104_093.49, 116.8, 64],
  ["threads-L2", 2000, 1.4808, 91_680.85, 164.45, 64],
];
const cpu = fixture("sysbench/cpu-L0.txt");

function read(stdout: string) {
  const result = parseSysbench(stdout);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problem(stdout: string) {
  const result = parseSysbench(stdout);
  return result.ok ? undefined : result.problems[0];
}

describe("captured sysbench output", () => {
  test.each(PRINTED)(
    "of %s gives the printed figures in base units",
    (name, events, seconds, sumMs, p95Ms, threads) => {
      const longest = Number(/max:\s+([\d.]+)/.exec(fixture(`sysbench/${name}.txt`))?.[1]);
      expect(read(fixture(`sysbench/${name}.txt`))).toEqual({
        metrics: { throughput: events / seconds, response: sumMs / 1000 / events },
        // Total time has four decimals, the sum of latencies two.
        resolution: {
          throughput: expect.closeTo((events * 0.0001) / seconds ** 2, 9),
          response: expect.closeTo(0.01 / 1000 / events, 15),
        },
        more: {
          events,
          elapsedSeconds: seconds,
          responseP95Seconds: p95Ms / 1000,
          responseMaxSeconds: longest / 1000,
          threads,
          ...(name.startsWith("oltp") ? { errors: 0, reconnects: 0 } : {}),
        },
      });
    },
  );

  test("is all covered by this table", () => {
    const captured = fixturePaths().filter((path) => path.startsWith("sysbench/"));
    expect(captured).toEqual(PRINTED.map(([name]) => `sysbench/${name}.txt`).sort());
  });

  test("agrees with the means that sysbench printed itself, as far as these go", () => {
    for (const [name] of PRINTED) {
      const text = fixture(`sysbench/${name}.txt`);
      const printed = Number(/avg:\s+([\d.]+)/.exec(text)?.[1]);
      expect(Math.abs((read(text).metrics.response ?? 0) * 1000 - printed)).toBeLessThan(0.0051);
    }
  });

  test("obeys Little's law: threads = throughput × response time, within 10%", () => {
    for (const [name] of PRINTED) {
      const { metrics, more } = read(fixture(`sysbench/${name}.txt`));
      const busy = (metrics.throughput * (metrics.response ?? 0)) / (more["threads"] ?? 0);
      expect(busy).toBeGreaterThan(0.9);
      expect(busy).toBeLessThanOrEqual(1.001);
    }
  });
});

describe("sysbench of other releases", () => {
  test("1.1 calls the time otherwise, and is read", () => {
    const { metrics, more } = read(fixture("cases/C08-sysbench-1.1.0-cpu.txt"));
    expect(metrics.throughput).toBeCloseTo(114.016, 3);
    expect(metrics.response).toBeCloseTo(0.0087705, 7);
    expect(more).toMatchObject({ events: 10_000, elapsedSeconds: 87.7069, threads: 1 });
  });

  test.each([
    ["0.4.12", fixture("cases/C10-sysbench-0.4.12-memory-0.txt")],
    ["0.5", "sysbench 0.5:  multi-threaded system evaluation benchmark\n"],
    ["2.0.1-abc", "WARNING: careful\nsysbench 2.0.1-abc (using bundled LuaJIT)\n"],
  ])("%s is named, with those that are read", (version, stdout) => {
    expect(problem(stdout)).toEqual({
      code: "unexpected-output",
      what: `this is the output of sysbench ${version}, and that of 1.0 and 1.1 is read`,
    });
  });
});

describe("errors that sysbench ignored", () => {
  test("are counted beside the result, as are connections that were made again", () => {
    const { metrics, more } = read(fixture("cases/C13-sysbench-errors.txt"));
    expect(metrics.throughput).toBeCloseTo(380.107, 3);
    expect(more).toMatchObject({ errors: 1249, reconnects: 3 });
  });

  test("are none where the server had none, and nothing where there is no server", () => {
    expect(read(fixture("sysbench/oltp-L0.txt")).more).toMatchObject({ errors: 0, reconnects: 0 });
    expect(read(cpu).more).not.toHaveProperty("errors");
  });
});

describe("sysbench output that cannot be trusted", () => {
  test("is refused by the name of each figure that it lacks", () => {
    expect(problem("")).toEqual({
      code: "unexpected-output",
      what: "sysbench's output has no total time, no total number of events, no latency sum, no 95th percentile, no longest latency, no number of threads",
    });
    expect(problem(cpu.replace(/^ +sum:.*$/m, ""))?.what).toBe("sysbench's output has no latency sum");
  });

  test.each([
    ["an error instead of figures", "FATAL: Unable to connect to MySQL server, aborting...\n"],
    ["a figure with two points", cpu.replace("1.8952s", "1.8.952s")],
    ["a figure that is no number", cpu.replace("1881.74", "nan")],
    ["a figure beyond all numbers", cpu.replace("10000\n", `${"9".repeat(400)}\n`)],
    ["a negative figure", cpu.replace("1881.74", "-1881.74")],
    ["a figure in other units", cpu.replace("1.8952s", "1.8952min")],
    ["a word after the figure", cpu.replace("1881.74", "1881.74 (estimated)")],
  ])("is refused for %s", (_name, stdout) => {
    expect(problem(stdout)?.code).toBe("unexpected-output");
  });

  test("is refused where nothing happened, with what was counted", () => {
    const idle = cpu.replace(
      "total number of events:              10000",
      "total number of events:              0",
    );
    expect(problem(idle)).toEqual({ code: "no-events", what: "sysbench counted 0 events in 1.8952 s" });
    const instant = cpu.replace("1.8952s", "0.0000s");
    expect(problem(instant)).toEqual({ code: "no-events", what: "sysbench counted 10000 events in 0 s" });
  });

  test("is refused or gives the full output's figures, wherever it was cut off", () => {
    for (const [name] of PRINTED) {
      const text = fixture(`sysbench/${name}.txt`);
      const wanted = read(text);
      for (let length = 0; length < text.length; length++) {
        const result = parseSysbench(text.slice(0, length));
        if (result.ok) expect(result.value, `cut off after ${length} of ${name}`).toEqual(wanted);
      }
    }
  });

  test("never throws and never gives a figure that is not finite and positive", () => {
    const line = fc.constantFrom(...cpu.split("\n"), "total time: 0s", "sum: 1", "total number of events: 3");
    const text = fc.oneof(
      fc.string(),
      fc.array(line, { maxLength: 60 }).map((lines) => lines.join("\n")),
      // Most of these can be read: one line of a whole output stands in another's place.
      fc.tuple(fc.nat(40), line).map(([at, other]) => cpu.split("\n").toSpliced(at, 1, other).join("\n")),
    );
    fc.assert(
      fc.property(text, (stdout) => {
        const result = parseSysbench(stdout);
        if (!result.ok) return;
        expect(result.value.metrics.throughput).toBeGreaterThan(0);
        expect(Object.values(result.value.more).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe("reports within a trial", () => {
  const line = (second: number, rate: number) =>
    `[ ${second}s ] thds: 1 tps: ${rate.toFixed(2)} qps: 0.00 (r/w/o: 0.00/0.00/0.00) lat (ms,95%): 0.00 err/s: 0.00 reconn/s: 0.00\n`;
  const more = (rates: readonly number[]) => {
    const lines = rates.map((rate, index) => line(index + 1, rate)).join("");
    const read = parseSysbench(lines + fixture("sysbench/oltp-L0.txt"));
    return read.ok ? read.value.more : undefined;
  };

  test("are none where none were asked for", () => {
    const read = parseSysbench(fixture("sysbench/oltp-L0.txt"));
    expect(Object.keys(read.ok ? read.value.more : {})).not.toContain("intervals");
  });

  test("are counted, and too few of them say nothing of the course", () => {
    expect(more([10, 11])).toMatchObject({ intervals: 2 });
    expect(more([10, 11])).not.toHaveProperty("lag1");
  });

  test("show a warm-up where there is one, and none where there is none", () => {
    const noise = (index: number) => ((index * 7919) % 13) / 10;
    const cold = Array.from({ length: 40 }, (_, index) => (index < 10 ? 50 : 100) + noise(index));
    const warm = Array.from({ length: 40 }, (_, index) => 100 + noise(index));
    expect(more(cold)).toMatchObject({ intervals: 40, steadyFromInterval: 10 });
    expect(more(warm)).toMatchObject({ intervals: 40, steadyFromInterval: 0 });
    expect(more(cold)?.["lag1"]).toBeGreaterThan(0.5);
    expect(more(cold)?.["effectiveIntervals"]).toBeLessThan(15);
  });
});

describe("a sysbench command", () => {
  test("runs without sysbench's own 10 s limit unless a time is given", () => {
    const start = ["sysbench", "cpu"];
    expect(sysbench("cpu", { threads: 2 })).toEqual([
      ...start,
      "--time=0",
      "--percentile=95",
      "--threads=2",
      "run",
    ]);
    expect(sysbench("cpu", { time: 5 })).toEqual([...start, "--time=5", "--percentile=95", "run"]);
  });
});

const SYSBENCH = workloads
  .filter(({ needs }) => needs.some((tool) => tool.name === "sysbench"))
  .map(({ name }) => name);

describe("simulated output", () => {
  test.each(SYSBENCH)("of %s is read back as the truth that it was made from", (name) => {
    const truth = fc.record({
      throughputPerSecond: fc.double({ min: 1, max: 5000, noNaN: true }),
      threads: fc.integer({ min: 1, max: 64 }),
    });
    const one = workload(name, { threads: 1 });
    fc.assert(
      fc.property(truth, (given) => {
        const result = one.kind.parse(workloadAt(one, 0).render(given));
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        const { throughput, response = 0 } = result.value.metrics;
        expect(throughput / given.throughputPerSecond).toBeCloseTo(1, 2);
        expect((response * throughput) / given.threads).toBeCloseTo(1, 2);
      }),
    );
  });
});
