import { z } from "zod";
import { ok } from "../core/base/problem.ts";
import { parseBytes } from "../core/base/units.ts";
import { defineWorkload } from "../core/study/workload.ts";
import { AT_A_WHOLE_SECOND } from "./server.ts";
import { parseSysbench, renderSysbench, SYSBENCH, sysbench } from "./sysbench.ts";

const SOCKET = "/run/dvirt/mysql.sock";

const size = z.string().refine((text) => (parseBytes(text) ?? 0) >= 5 * 2 ** 20, {
  error: "is no size of at least 5MiB; write it like 64MiB",
});

const params = z.strictObject({
  threads: z.int().min(1),
  tables: z.int().min(1).default(1),
  rows: z.int().min(1).default(1_000_000), // FitzGerald 2014, table 3
  seconds: z.int().min(1).default(1800), // FitzGerald 2014, table 3
  /** A fixed amount of work in place of a time. */
  transactions: z.int().min(1).exactOptional(),
  /** Seconds between reports within a trial, which show warm-up; 0 for none. */
  interval: z.int().min(0).default(1),
  bufferPool: size.default("128MiB"), // the server's own default
  logFile: size.default("96MiB"), // the server's own default
  /** 1: every commit is on the disk before it is answered. */
  flushLogAtCommit: z.literal([0, 1, 2]).default(1),
  flushMethod: z.enum(["O_DIRECT", "fsync"]).default("O_DIRECT"),
});

type Params = z.infer<typeof params>;

/** Transactions on a MariaDB server inside the measured machine: disk writes, flushes, wake-ups, memory. */
export const oltp = defineWorkload({
  name: "oltp",
  about: "MariaDB transactions: disk writes and flushes",
  needs: [SYSBENCH, "mariadbd"],
  params,
  dataSet: (p) => ({
    tables: p.tables,
    rows: p.rows,
    logBytes: parseBytes(p.logFile) ?? 0,
    // What is filled does not depend on the pool it was filled through, nor on how and when the server flushed.
    serverConfiguration: serverConfiguration({ ...params.parse({ threads: 1 }), logFile: p.logFile }),
  }),
  prepare: (p, place) => [
    {
      argv: ["sh", "-c", PREPARE, "oltp-prepare", place.dataDisk, place.scratchDisk, SOCKET],
      timeoutSeconds: 600,
      stdin: serverConfiguration(p),
    },
  ],
  argv: (p) =>
    sysbench("oltp_read_write", {
      "db-driver": "mysql",
      "mysql-socket": SOCKET,
      "mysql-user": "root",
      "mysql-db": "sbtest",
      tables: p.tables,
      "table-size": p.rows,
      threads: p.threads,
      ...(p.transactions === undefined ? { time: p.seconds } : { events: p.transactions }),
      // The same rows in every trial.
      "rand-seed": 1,
      ...(p.interval === 0 ? {} : { "report-interval": p.interval }),
    }),
  cleanup: () => [{ argv: ["sh", "-c", CLEANUP, "oltp-cleanup"], timeoutSeconds: 300 }],
  parse: (stdout, prepared = "") => {
    const read = parseSysbench(stdout);
    return read.ok ? ok({ ...read.value, more: { ...read.value.more, ...asynchronousIo(prepared) } }) : read;
  },
  guessSeconds: (p) => workSeconds(p) + 3 + p.rows / 50_000,
  render: (p, truth) =>
    renderSysbench(truth, p.transactions ?? Math.max(1, Math.round(truth.throughputPerSecond * p.seconds))),
});

/** About 300 transactions a second were seen at L0 of an emulated computer. */
function workSeconds({ seconds, transactions }: Params): number {
  return transactions === undefined ? seconds : transactions / 300;
}

/**
 * Whether the server gives its reads and writes to the kernel to be done beside it: 1, or 0 where a kernel refused that
 * and the server's own threads do them one by one. Nothing where it does not say.
 */
function asynchronousIo(log: string): Readonly<Record<string, number>> {
  if (/native_aio=OFF|(liburing|native AIO) disabled|io_uring_queue_init\(\) failed/i.test(log)) {
    return { nativeAio: 0 };
  }
  return /Using (liburing|io_uring|Linux native AIO)/i.test(log) ? { nativeAio: 1 } : {};
}

/**
 * Stated in full, so that nothing depends on a distribution's defaults. Without the two addresses a server that is
 * built with replication starts some processes to guess them, although it replicates nothing.
 */
function serverConfiguration(p: Params): string {
  return `[mysqld]
user=root
datadir=/mnt/scratch/mysql
socket=${SOCKET}
pid-file=/run/dvirt/mysql.pid
tmpdir=/tmp
skip-networking
skip-name-resolve
skip-log-bin
performance-schema=OFF
loose-wsrep-node-address=127.0.0.1
loose-wsrep-node-incoming-address=127.0.0.1
innodb-buffer-pool-size=${parseBytes(p.bufferPool)}
innodb-buffer-pool-dump-at-shutdown=OFF
innodb-buffer-pool-load-at-startup=OFF
innodb-log-file-size=${parseBytes(p.logFile)}
innodb-flush-log-at-trx-commit=${p.flushLogAtCommit}
innodb-flush-method=${p.flushMethod}
`;
}

/** $1 data disk, $2 scratch disk, $3 socket; the configuration on standard input. */
const PREPARE = `
set -eu
mkdir -p /run/dvirt
cat >/run/dvirt/my.cnf
[ ! -e /run/dvirt/mysql.pid ] || { echo "a server is running already" >&2; exit 1; }
# The same bytes for every trial: the whole data disk, copied over whatever the last trial left.
dd if="$1" of="$2" bs=8M oflag=direct conv=notrunc,fsync status=none
mount -t ext4 "$2" /mnt/scratch
${AT_A_WHOLE_SECOND}
mariadbd --defaults-file=/run/dvirt/my.cnf >/run/dvirt/mariadbd.log 2>&1 </dev/null &
server=$!
until [ -S "$3" ]; do
  kill -0 $server 2>/dev/null || { echo "mariadbd did not start:" >&2; tail -n 6 /run/dvirt/mariadbd.log >&2; exit 1; }
  busybox usleep 50000 2>/dev/null || sleep 0.05 # the image's is quicker to start; others may not have it
done
grep -iE 'native.aio|uring' /run/dvirt/mariadbd.log || true # how it reads and writes, which a kernel may refuse
`;

/** What the server would write while it ends in order is thrown away with its disk, and took 2 s in a guest's guest. */
const CLEANUP = `
if [ -e /run/dvirt/mysql.pid ]; then
  server=$(cat /run/dvirt/mysql.pid)
  kill -KILL "$server"
  while [ -d "/proc/$server" ]; do busybox usleep 50000 2>/dev/null || sleep 0.05; done
  rm -f /run/dvirt/mysql.pid /run/dvirt/mysql.sock
fi
if mountpoint -q /mnt/scratch; then umount /mnt/scratch; fi
tail -n 3 /run/dvirt/mariadbd.log
`;
