import { describe, expect, test } from "vitest";
import { commandsOf, resolve, workload } from "../made-up/study.ts";

const oltp = workload("oltp", {
  threads: 1,
  rows: 10_000,
  seconds: 4,
  bufferPool: "64MiB",
  logFile: "16MiB",
});
const commands = commandsOf(oltp);
const [prepare, ...morePrepare] = commands.prepare;
const [cleanup, ...moreCleanup] = commands.cleanup;

const CONFIGURATION = `[mysqld]
user=root
datadir=/mnt/scratch/mysql
socket=/run/dvirt/mysql.sock
pid-file=/run/dvirt/mysql.pid
tmpdir=/tmp
skip-networking
skip-name-resolve
skip-log-bin
performance-schema=OFF
loose-wsrep-node-address=127.0.0.1
loose-wsrep-node-incoming-address=127.0.0.1
innodb-buffer-pool-size=67108864
innodb-buffer-pool-dump-at-shutdown=OFF
innodb-buffer-pool-load-at-startup=OFF
innodb-log-file-size=16777216
innodb-flush-log-at-trx-commit=1
innodb-flush-method=O_DIRECT
`;

describe("oltp's preparation", () => {
  const script = prepare?.argv[2] ?? "";

  test("is one script that gets the disks and the socket as arguments and the configuration as input", () => {
    expect(morePrepare).toEqual([]);
    expect(prepare).toEqual({
      argv: ["sh", "-c", script, "oltp-prepare", "/dev/vdc", "/dev/vdb", "/run/dvirt/mysql.sock"],
      timeoutSeconds: 600,
      stdin: CONFIGURATION,
    });
  });

  test("copies the data disk over the scratch disk, then mounts that, then starts the server on it", () => {
    const steps = [
      'dd if="$1" of="$2"',
      'mount -t ext4 "$2" /mnt/scratch',
      "mariadbd --defaults-file",
      '[ -S "$3" ]',
    ];
    const places = steps.map((step) => script.indexOf(step));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("does not go on after a step that failed", () => {
    expect(script).toMatch(/^\s*set -eu\n/);
  });
});

test("oltp's cleanup is one script, which stops the server before it unmounts its disk", () => {
  const script = cleanup?.argv[2] ?? "";
  expect(moreCleanup).toEqual([]);
  expect(cleanup).toEqual({ argv: ["sh", "-c", script, "oltp-cleanup"], timeoutSeconds: 300 });
  expect(script.indexOf('kill -KILL "$server"')).toBeGreaterThan(-1);
  expect(script.indexOf("umount /mnt/scratch")).toBeGreaterThan(script.indexOf('kill -KILL "$server"'));
});

describe("oltp's data set", () => {
  test("is filled by a server with the configuration that it is measured with, but for its pool", () => {
    expect(oltp.dataSet).toEqual({
      tables: 1,
      rows: 10_000,
      logBytes: 16 * 2 ** 20,
      serverConfiguration: CONFIGURATION.replace("pool-size=67108864", "pool-size=134217728"),
    });
  });

  test("is the same for a pool that follows the machine", () => {
    const follows = workload(
      "oltp",
      { threads: "cpus", rows: 10_000, bufferPool: "memory / 8", logFile: "16MiB" },
      { cpus: 2, memoryBytes: 2 ** 30 },
    );
    expect(follows.dataSet).toEqual(oltp.dataSet);
    expect(commandsOf(follows).prepare[0]?.stdin).toContain(`pool-size=${128 * 2 ** 20}\n`);
    expect(commandsOf(follows).measured.argv).toContain("--threads=2");
  });

  test("does not depend on how long, with how many threads or with which flushes it is measured", () => {
    const other = workload("oltp", {
      threads: 8,
      flushLogAtCommit: 0,
      flushMethod: "fsync",
      rows: 10_000,
      seconds: 99,
      bufferPool: "64MiB",
      logFile: "16MiB",
    });
    expect(other.dataSet).toEqual(oltp.dataSet);
  });
});

describe("oltp's parameters", () => {
  test("reach the server's configuration", () => {
    const { prepare: own } = commandsOf(
      workload("oltp", { threads: 1, flushLogAtCommit: 2, flushMethod: "fsync", logFile: "5MiB" }),
    );
    const lines = own[0]?.stdin?.split("\n");
    expect(lines).toContain("innodb-flush-log-at-trx-commit=2");
    expect(lines).toContain("innodb-flush-method=fsync");
    expect(lines).toContain("innodb-log-file-size=5242880");
    expect(lines).toContain("innodb-buffer-pool-size=134217728");
  });

  test.each([
    [{ flushLogAtCommit: 3 }, "flushLogAtCommit"],
    [{ flushMethod: "nosync" }, "flushMethod"],
    [{ bufferPool: "4MiB" }, "bufferPool"],
    [{ logFile: "much" }, "logFile"],
    [{ logFile: "5MiB\nplugin-load=x" }, "logFile"],
    [{ rows: 0 }, "rows"],
    [{ seconds: 0.5 }, "seconds"],
  ])("%j are refused", (params, path) => {
    expect(resolve("oltp", { threads: 1, ...params })).toMatchObject({
      ok: false,
      issues: [{ path: [path] }],
    });
  });
});
