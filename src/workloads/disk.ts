import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { parseBytes } from "../core/base/units.ts";
import {
  defineWorkload,
  type Reading,
  type SimulatedTruth,
  type WorkloadKind,
} from "../core/study/workload.ts";

const bytes = z.string().refine((text) => (parseBytes(text) ?? 0) >= 512, {
  error: "is no size of at least 512B; write it like 4KiB",
});

const params = z.strictObject({
  /** Requests under way at a time. */
  depth: z.int().min(1).max(1024).default(1),
  blockSize: bytes.default("4KiB"), // Firecracker's and PerfKitBenchmarker's block size for random access
  /** A fixed amount of work. */
  operations: z.int().min(1).max(100_000_000).default(50_000),
});

type Params = z.infer<typeof params>;

const ASYNCHRONOUS = ["--ioengine=libaio"];

/** Random reads of the scratch disk: one way down through every layer's block device and back for each. */
export const diskRead = diskWorkload({
  name: "disk-read",
  about: "random reads of the scratch disk",
  flags: ["--rw=randread", ...ASYNCHRONOUS],
  params,
});

/** Random writes to it, which no layer's page cache may keep. */
export const diskWrite = diskWorkload({
  name: "disk-write",
  about: "random writes to the scratch disk",
  flags: ["--rw=randwrite", ...ASYNCHRONOUS],
  params,
});

/** Random writes, each with a flush that must have reached the disk before the next begins. */
export const diskSync = diskWorkload({
  name: "disk-sync",
  about: "random writes, a flush after each",
  flags: ["--rw=randwrite", "--fdatasync=1", "--ioengine=psync"],
  params: params.extend({ depth: z.literal(1).default(1) }),
});

interface DiskWorkload {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly string[];
  readonly params: z.ZodType<Params>;
}

function diskWorkload({ name, about, flags, params }: DiskWorkload): WorkloadKind {
  return defineWorkload<Params>({
    name,
    about,
    needs: ["fio"],
    packages: ["fio"],
    params,
    // What was never written is never read: a device may answer for such a block without looking.
    prepare: (_, { scratchDisk }) => [
      { argv: ["sh", "-c", FILL, "disk-fill", scratchDisk], timeoutSeconds: 1200 },
    ],
    argv: (p, { scratchDisk }) => [
      "fio",
      "--name=dvirt",
      `--filename=${scratchDisk}`,
      ...flags,
      "--direct=1",
      `--iodepth=${p.depth}`,
      `--bs=${parseBytes(p.blockSize)}`,
      `--number_ios=${p.operations}`,
      "--io_size=100t", // the number of operations ends it, not the size of the disk
      "--norandommap",
      "--randseed=1", // the same blocks in every trial
      "--allow_mounted_write=0",
      "--output-format=json",
    ],
    parse: parseFio,
    guessSeconds: (p) => 2 + p.operations * 30e-6,
    render: (p, truth) => renderFio(p, truth),
  });
}

/** $1 the disk. Blocks that no store of theirs could leave out: each differs from its neighbours. */
const FILL = `
set -eu
size=$(blockdev --getsize64 "$1" 2>/dev/null || stat -c %s "$1")
seq 1000000000 1999999999 | head -c "$size" | dd of="$1" bs=1M iflag=fullblock oflag=direct conv=notrunc,fsync status=none
sync; echo 3 >/proc/sys/vm/drop_caches 2>/dev/null || true
`;

/** fio's own time has milliseconds. */
const STEP_SECONDS = 1e-3;

const side = z.object({
  total_ios: z.number(),
  runtime: z.number(),
  bw_bytes: z.number(),
  lat_ns: z.object({ mean: z.number(), max: z.number() }),
  clat_ns: z.object({ percentile: z.record(z.string(), z.number()).optional() }),
});

type FioSide = z.infer<typeof side>;

const flushes = z.object({ lat_ns: z.object({ mean: z.number(), N: z.number() }).optional() });

const report = z.object({
  jobs: z.tuple([
    z.object({
      error: z.number(),
      "job options": z.object({ iodepth: z.coerce.number() }),
      read: side,
      write: side,
      sync: flushes.optional(),
    }),
  ]),
});

/** Operations per second and their mean latency; its percentiles, of a closed loop, are in `more`. */
export function parseFio(stdout: string): Result<Reading> {
  const parsed = report.safeParse(jsonIn(stdout));
  if (!parsed.success) {
    return failed({ code: "unexpected-output", what: "fio's output is no JSON report of one job" });
  }
  const { error, read, write, sync, "job options": options } = parsed.data.jobs[0];
  if (error !== 0) return failed({ code: "unexpected-output", what: `fio reports the error ${error}` });
  const done: FioSide = read.total_ios > 0 ? read : write;
  const seconds = done.runtime / 1000;
  if (done.total_ios === 0 || seconds <= 0) {
    return failed({ code: "no-events", what: `fio did ${done.total_ios} operations in ${seconds} s` });
  }
  const throughput = done.total_ios / seconds;
  // fio times a write and the flush after it each by itself, and both belong to the operation.
  const flushing = ((sync?.lat_ns?.mean ?? 0) * (sync?.lat_ns?.N ?? 0)) / done.total_ios;
  const percentile = (of: string) => {
    const value = done.clat_ns.percentile?.[of];
    return value === undefined ? undefined : value * 1e-9;
  };
  const more = {
    operations: done.total_ios,
    threads: options.iodepth, // as many are under way, as if each had a thread of its own
    elapsedSeconds: seconds,
    bytesPerSecond: done.bw_bytes,
    mostSeconds: done.lat_ns.max * 1e-9,
    p50Seconds: percentile("50.000000"),
    p99Seconds: percentile("99.000000"),
    p999Seconds: percentile("99.900000"),
  };
  return ok({
    metrics: { throughput, response: (done.lat_ns.mean + flushing) * 1e-9 },
    resolution: { throughput: (throughput * STEP_SECONDS) / seconds, response: 1e-15 },
    more: Object.fromEntries(
      Object.entries(more).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  });
}

/** Before its report fio may write a line of warning. */
function jsonIn(stdout: string): unknown {
  const start = stdout.indexOf("{");
  try {
    return start < 0 ? undefined : JSON.parse(stdout.slice(start));
  } catch {
    return undefined;
  }
}

function renderFio(p: Params, { throughputPerSecond }: SimulatedTruth): string {
  const nanoseconds = (1e9 * p.depth) / throughputPerSecond;
  const done = {
    total_ios: p.operations,
    runtime: (1000 * p.operations) / throughputPerSecond,
    bw_bytes: throughputPerSecond * (parseBytes(p.blockSize) ?? 0),
    lat_ns: { mean: nanoseconds, max: nanoseconds },
    clat_ns: { percentile: { "50.000000": nanoseconds } },
  };
  const none = { total_ios: 0, runtime: 0, bw_bytes: 0, lat_ns: { mean: 0, max: 0 }, clat_ns: {} };
  return JSON.stringify({
    jobs: [{ error: 0, "job options": { iodepth: String(p.depth) }, read: done, write: none }],
  });
}
