import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { defineWorkload, type Reading, type SimulatedTruth } from "../core/study/workload.ts";
import { LOOPBACK_UP, startServer, stopServer } from "./server.ts";

const params = z.strictObject({
  connections: z.int().min(1).max(1000).default(16),
  /** wrk works for a time, and not on an amount of requests. */
  seconds: z.int().min(1).max(3600).default(10),
  fileBytes: z.int().min(1).max(1_000_000_000).default(1024), // PerfKitBenchmarker's size of a file
});

type Params = z.infer<typeof params>;

const PORT = 8099;

/** A web server and its clients in one machine, over loopback: the kernel's network stack, no card and no disk. */
export const nginx = defineWorkload({
  name: "nginx",
  about: "nginx requests over loopback: the network stack, system calls and wake-ups",
  needs: ["nginx", "wrk"],
  packages: ["nginx-light", "wrk"],
  params,
  prepare: ({ connections, fileBytes }) => [
    startServer({
      name: "nginx",
      before: BEFORE,
      command: "nginx -c /run/dvirt/nginx/nginx.conf",
      answers: "[ -s /run/dvirt/nginx/nginx.pid ]", // written when it listens
      words: [configuration(connections), String(fileBytes)],
    }),
  ],
  argv: (p) => ["wrk", "-t1", `-c${p.connections}`, `-d${p.seconds}s`, `http://127.0.0.1:${PORT}/file`],
  cleanup: () => [stopServer("nginx", "rm -rf /run/dvirt/nginx")],
  parse: parseWrk,
  guessSeconds: (p) => p.seconds + 4,
  render,
});

/** $1 the configuration, $2 the bytes of the file. */
const BEFORE = `
${LOOPBACK_UP}
rm -rf /run/dvirt/nginx
mkdir -p /run/dvirt/nginx
printf %s "$1" >/run/dvirt/nginx/nginx.conf
yes x | tr -d '\\n' | head -c "$2" >/run/dvirt/nginx/file
`;

/** One process, so that ending it ends all; everything it keeps is in memory. */
function configuration(connections: number): string {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path /run/dvirt/nginx/${kind};\n`)
    .join("");
  return `daemon off;
master_process off;
pid /run/dvirt/nginx/nginx.pid;
error_log stderr;
events { worker_connections ${connections + 64}; }
http {
  access_log off;
  keepalive_requests 1000000000;
${folders}  server { listen 127.0.0.1:${PORT}; root /run/dvirt/nginx; }
}
`;
}

const UNITS = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 } as const;

/** Requests per second and their mean latency. */
export function parseWrk(stdout: string): Result<Reading> {
  const [, value, unit] = /^ {1,20}Latency {1,20}([\d.]{1,20})(us|ms|s|m|h) /m.exec(stdout) ?? [];
  const throughput = Number(/^Requests\/sec: {1,20}([\d.]{1,20})$/m.exec(stdout)?.[1]);
  const requests = Number(/^ {1,20}(\d{1,20}) requests in /m.exec(stdout)?.[1]);
  const wrong = /^ {1,20}(Socket errors: .*|Non-2xx or 3xx responses: .*)$/m.exec(stdout)?.[1];
  if (wrong !== undefined) return failed({ code: "unexpected-output", what: `wrk reports ${wrong}` });
  if (Number.isNaN(requests) || Number.isNaN(throughput) || value === undefined) {
    return failed({
      code: "unexpected-output",
      what: "wrk's output has no latency or no requests per second",
    });
  }
  if (requests === 0 || throughput <= 0) {
    return failed({ code: "no-events", what: "nginx answered no request" });
  }
  const seconds = requests / throughput;
  const scale =
    unit === "us" || unit === "ms" || unit === "s" || unit === "m" || unit === "h" ? UNITS[unit] : 1;
  return ok({
    metrics: { throughput, response: Number(value) * scale },
    // It counts whole requests, and prints a latency with two decimals.
    resolution: { throughput: 1 / seconds, response: 0.01 * scale },
    more: { requests, elapsedSeconds: seconds },
  });
}

function render(p: Params, { throughputPerSecond }: SimulatedTruth): string {
  const requests = Math.max(1, Math.round(throughputPerSecond * p.seconds));
  const milliseconds = ((1e3 * p.connections) / throughputPerSecond).toFixed(2);
  return [
    `    Latency   ${milliseconds}ms  0.00ms  ${milliseconds}ms  100.00%`,
    `  ${requests} requests in ${p.seconds.toFixed(2)}s, 1.00MB read`,
    `Requests/sec:  ${throughputPerSecond.toFixed(2)}`,
    "",
  ].join("\n");
}
