import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { defineWorkload, type Reading, type SimulatedTruth } from "../core/study/workload.ts";
import { startServer, stopServer } from "./server.ts";

const params = z.strictObject({
  /** Connections, each with one request under way (PerfKitBenchmarker's number for Redis). */
  clients: z.int().min(1).max(10_000).default(50),
  /** A fixed amount of work: a tenth writes a key, the rest reads one (memtier's and PerfKitBenchmarker's 1:9). */
  requests: z.int().min(10).max(100_000_000).default(100_000),
  valueBytes: z.int().min(1).max(1_000_000).default(32),
  keys: z.int().min(1).max(10_000_000).default(10_000),
});

type Params = z.infer<typeof params>;

const SOCKET = "/run/dvirt/redis.sock";

/** A server of values in memory and its clients, in one machine over a socket: system calls and wake-ups, no disk. */
export const redis = defineWorkload({
  name: "redis",
  about: "Redis requests over a local socket: system calls and wake-ups",
  needs: ["sh", "redis-server", "redis-benchmark"],
  packages: ["redis-server", "redis-tools"],
  params,
  prepare: ({ keys, valueBytes }) => [
    startServer({
      name: "redis",
      command: `redis-server --port 0 --unixsocket ${SOCKET} --save "" --appendonly no --daemonize no`,
      answers: `[ -S ${SOCKET} ] && redis-cli -s ${SOCKET} ping >/dev/null 2>&1`,
      words: [String(keys), String(valueBytes)],
      // Every key that is read is there.
      fill: `redis-cli -s ${SOCKET} EVAL "${FILL}" 0 "$1" "$2" >/dev/null`,
    }),
  ],
  argv: (p) => [
    "sh",
    "-c",
    MEASURE,
    "redis",
    ...[p.clients, sets(p), gets(p), p.valueBytes, p.keys].map(String),
  ],
  cleanup: () => [stopServer("redis", `rm -f ${SOCKET}`)],
  parse: parseRedisBenchmark,
  guessSeconds: (p) => 3 + p.requests / 20_000,
  render,
});

const FILL =
  "for i = 0, ARGV[1] - 1 do redis.call('SET', string.format('key:%012d', i), string.rep('x', ARGV[2])) end";

const sets = ({ requests }: Params) => Math.round(requests / 10);
const gets = (p: Params) => p.requests - sets(p);

/** $1 clients, $2 writes, $3 reads, $4 bytes of a value, $5 keys. */
const MEASURE = `
for kind in set get; do
  if [ $kind = set ]; then requests=$2; else requests=$3; fi
  echo "requests $requests"
  redis-benchmark -s ${SOCKET} -t $kind -n "$requests" -c "$1" -d "$4" -r "$5" --csv || exit
done
`;

/** redis-benchmark takes the time of all requests in milliseconds. */
const STEP_SECONDS = 1e-3;

/** Requests per second over both kinds, and the mean time of one. */
export function parseRedisBenchmark(stdout: string): Result<Reading> {
  const kinds = [...stdout.matchAll(/^requests (\d+)\n"test",.*\n"(SET|GET)","([\d.]+)","([\d.]+)",/gm)];
  const [requests, seconds, waited] = kinds.reduce(
    ([count, time, wait], [, n, , rps, milliseconds]) => [
      count + Number(n),
      time + Number(n) / Number(rps),
      wait + Number(n) * Number(milliseconds) * 1e-3,
    ],
    [0, 0, 0],
  );
  if (kinds.length !== 2) {
    return failed({
      code: "unexpected-output",
      what: "redis-benchmark's output has no line for SET and for GET",
    });
  }
  if (!(seconds > 0) || !Number.isFinite(seconds)) {
    return failed({ code: "no-events", what: `redis-benchmark did ${requests} requests in ${seconds} s` });
  }
  const throughput = requests / seconds;
  return ok({
    metrics: { throughput, response: waited / requests },
    resolution: { throughput: (throughput * STEP_SECONDS * Math.SQRT2) / seconds, response: 1e-6 },
    more: { requests, elapsedSeconds: seconds },
  });
}

function render(p: Params, { throughputPerSecond }: SimulatedTruth): string {
  const milliseconds = ((p.clients / throughputPerSecond) * 1e3).toFixed(3);
  return (["SET", "GET"] as const)
    .map((kind) =>
      [
        `requests ${kind === "SET" ? sets(p) : gets(p)}`,
        '"test","rps","avg_latency_ms"',
        `"${kind}","${throughputPerSecond.toFixed(2)}","${milliseconds}","0.1"`,
        "",
      ].join("\n"),
    )
    .join("");
}
