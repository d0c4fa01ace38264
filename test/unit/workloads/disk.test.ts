import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { imageAdditions } from "../../../src/core/study/image-additions.ts";
import { workloadAt } from "../../../src/core/study/workload.ts";
import { parseFio } from "../../../src/workloads/disk.ts";
import { commandsOf, resolve, workload } from "../made-up/study.ts";

const captured = (name: string) => readFileSync(`test/fixtures/tools/fio-${name}.json`, "utf8");

function reading(stdout: string) {
  const read = parseFio(stdout);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

describe("fio's report", () => {
  test("of reads gives operations a second, their mean latency and its percentiles", () => {
    const text = captured("randread");
    const { read } = JSON.parse(text).jobs[0];
    const { metrics, more, resolution } = reading(text);
    expect(metrics.throughput).toBeCloseTo(2000 / (read.runtime / 1000), 9);
    expect(metrics.response).toBeCloseTo(read.lat_ns.mean * 1e-9, 15);
    expect(more).toMatchObject({ operations: 2000, bytesPerSecond: read.bw_bytes });
    expect(more["p50Seconds"]).toBeLessThan(more["p99Seconds"] ?? 0);
    expect(more["p99Seconds"]).toBeLessThanOrEqual(more["p999Seconds"] ?? 0);
    // One at a time: what is not latency is fio's own work between two requests.
    expect(metrics.throughput * (metrics.response ?? 0)).toBeLessThan(1);
    expect(resolution?.throughput).toBeCloseTo(metrics.throughput / read.runtime, 6);
  });

  test("of writes with flushes counts the flush as part of its operation", () => {
    const { write, sync } = JSON.parse(captured("sync")).jobs[0];
    const { metrics } = reading(captured("sync"));
    expect(metrics.throughput).toBeCloseTo(2000 / (write.runtime / 1000), 9);
    expect(metrics.response).toBeCloseTo((write.lat_ns.mean + (sync.lat_ns.mean * 1999) / 2000) * 1e-9, 12);
    expect(metrics.throughput * (metrics.response ?? 0)).toBeLessThan(1);
    expect(metrics.throughput * (metrics.response ?? 0)).toBeGreaterThan(0.95);
  });

  test("may stand behind a line of warning, and is refused where it is cut off, empty or of a failure", () => {
    const text = captured("randread");
    expect(reading(`fio: this platform does not support it\n${text}`)).toEqual(reading(text));
    for (const bad of [
      "",
      "fio: no such disk",
      text.slice(0, 900),
      "{}",
      '{"jobs":[]}',
      text.replace('"error" : 0', '"error" : 5'),
    ]) {
      expect(parseFio(bad).ok, bad.slice(0, 40)).toBe(false);
    }
  });
});

describe("a disk workload", () => {
  test("reads back what the simulated machine was told", () => {
    for (const [name, depth] of [
      ["disk-read", 4],
      ["disk-write", 4],
      ["disk-sync", 1],
    ] as const) {
      const ready = workloadAt(workload(name, { depth, operations: 1000 }), 0);
      const { metrics, more } = reading(ready.render({ throughputPerSecond: 500, threads: 1 }));
      expect(metrics.throughput).toBeCloseTo(500, 9);
      expect(metrics.response).toBeCloseTo(depth / 500, 12);
      expect(more["threads"]).toBe(depth);
    }
  });

  test("fills the disk first and works on no other", () => {
    const { prepare, measured } = commandsOf(workload("disk-write", { depth: 2 }));
    expect(prepare).toHaveLength(1);
    expect(prepare[0]?.argv.at(-1)).toBe("/dev/vdb");
    expect(measured.argv).toContain("--filename=/dev/vdb");
    expect(commandsOf(workload("disk-sync", {})).measured.argv).toContain("--fdatasync=1");
    expect(measured.argv).toContain("--iodepth=2");
    expect(measured.argv.filter((word) => /\/dev\//.test(word))).toHaveLength(1);
  });

  test("puts fio into the image, beside what the study wants there", () => {
    const disk = workload("disk-read", {});
    const cpu = workload("cpu", { threads: 1 });
    expect(imageAdditions({ workloads: [cpu] })).toBeUndefined();
    expect(imageAdditions({ workloads: [cpu, disk] })).toEqual({ packages: ["fio"], files: {} });
    const image = { packages: ["zstd", "fio"], files: { "/root/a": "a" } };
    expect(imageAdditions({ workloads: [disk], image })).toEqual({ ...image, packages: ["fio", "zstd"] });
    expect(imageAdditions({ workloads: [cpu], image })).toBe(image);
  });

  test("is refused with parameters that fio would make nothing of", () => {
    const refused = (params: Readonly<Record<string, unknown>>, name = "disk-read") => {
      const resolved = resolve(name, params);
      return resolved.ok ? [] : resolved.issues.map(({ path }) => path.join("."));
    };
    expect(refused({ depth: 0 })).toEqual(["depth"]);
    expect(refused({ blockSize: "100B" })).toEqual(["blockSize"]);
    expect(refused({ operations: 0 })).toEqual(["operations"]);
    expect(refused({ depth: 2 }, "disk-sync")).toEqual(["depth"]);
    expect(refused({ depth: 32, blockSize: "128KiB" })).toEqual([]);
  });
});
