import { createHash } from "node:crypto";
import { join } from "node:path";
import { copy, ensureFolder, exists, move, remove, temporaryFolder } from "../adapters/files.ts";
import { startTree } from "../adapters/machine/tree.ts";
import { endText, succeeded } from "../core/command.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import { dataDiskBytes } from "../core/study.ts";
import type { Workload } from "../core/workload.ts";
import type { Machine } from "../lab/ports.ts";
import type { GuestImage } from "./build.ts";
import { freeDiskProblem } from "./space.ts";

/** The disk with a workload's filled tables: made once per image and configuration, then only copied. */
export async function ensureDataSet(
  workload: Workload,
  image: GuestImage,
  cache: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Result<string>> {
  const { dataSet } = workload;
  if (dataSet === undefined) throw new Error(`${workload.name} needs no data set`);
  const bytes = dataDiskBytes(workload);
  const hash = dataSetHash(workload, image.manifest.imageId);
  const folder = join(cache, "data-sets");
  const disk = join(folder, `${hash}.img`);
  if (await exists(disk)) return ok(disk);
  await ensureFolder(folder);
  const full = await freeDiskProblem(folder, 3 * bytes, "the data set");
  if (full !== undefined) return failed(full);
  say(`filling the data set: ${dataSet.tables} table(s) of ${dataSet.rows.toLocaleString("en")} rows, once`);
  const work = await temporaryFolder(join(folder, "building-"));
  try {
    const tree = await startTree(
      {
        name: "data set",
        rootImage: image.rootDisk,
        mountPoint: await ensureFolder(join(work, "tree")),
        files: {},
        folder: await ensureFolder(join(work, "out")),
      },
      signal,
    );
    if (!tree.ok) return tree;
    try {
      const filled = await fillDataSet(workload, tree.value, signal);
      if (!filled.ok) return filled;
    } finally {
      await tree.value.dispose();
    }
    await copy(join(work, "out", "data.img"), join(work, "data.img"));
    await move(join(work, "data.img"), disk);
  } finally {
    await remove(work);
  }
  return ok(disk);
}

/** Names a data set by all that shapes it; `userland`: what fills it. */
export function dataSetHash(workload: Workload, userland: string): string {
  return createHash("sha256")
    .update(JSON.stringify([userland, workload.dataSet, dataDiskBytes(workload), FILL]))
    .digest("hex")
    .slice(0, 16);
}

/** Fills /mnt/extra/data.img in a tree whose folder for extras is to be had, with the tree's own server. */
export async function fillDataSet(
  workload: Workload,
  tree: Machine,
  signal: AbortSignal,
): Promise<Result<"filled">> {
  const { dataSet } = workload;
  if (dataSet === undefined) throw new Error(`${workload.name} needs no data set`);
  const size = `${dataDiskBytes(workload) / 2 ** 20}M`;
  const filled = await tree.run(
    {
      argv: ["sh", "-c", FILL, "fill", String(dataSet.tables), String(dataSet.rows), size],
      stdin: dataSet.serverConfiguration,
      timeoutSeconds: 3600,
    },
    signal,
  );
  signal.throwIfAborted();
  if (succeeded(filled)) return ok("filled");
  return failed({
    code: "data-set-failed",
    at: workload.name,
    what: `the data set could not be filled: ${endText(filled.end)}`,
    evidence: `${filled.stdout}\n${filled.stderr}`.trim().split("\n").slice(-12).join("\n"),
  });
}

/** $1 tables, $2 rows, $3 disk size; the server's configuration on standard input. */
const FILL = `
set -eu
mkdir -p /run/dvirt /mnt/extra/files/mysql
mount --bind /mnt/extra/files /mnt/scratch
cat >/run/dvirt/my.cnf
mariadb-install-db --defaults-file=/run/dvirt/my.cnf --user=root --auth-root-authentication-method=normal \\
  --skip-test-db --skip-name-resolve --force >/tmp/install.log 2>&1 || { tail -n 8 /tmp/install.log >&2; exit 1; }
mariadbd --defaults-file=/run/dvirt/my.cnf >/tmp/server.log 2>&1 </dev/null &
server=$!
socket=/run/dvirt/mysql.sock
until [ -S $socket ]; do
  kill -0 $server 2>/dev/null || { tail -n 8 /tmp/server.log >&2; exit 1; }
  sleep 0.05
done
mariadb --socket=$socket -e 'CREATE DATABASE sbtest'
sysbench oltp_read_write --db-driver=mysql --mysql-socket=$socket --mysql-user=root --mysql-db=sbtest \\
  --tables="$1" --table-size="$2" prepare
kill $server
wait $server
umount /mnt/scratch
mke2fs -q -t ext4 -d /mnt/extra/files /mnt/extra/data.img "$3"
rm -rf /mnt/extra/files
`;
