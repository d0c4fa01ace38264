import { createHash } from "node:crypto";
import { join } from "node:path";
import { copy, ensureFolder, exists, move, remove, temporaryFolder } from "../adapters/files.ts";
import { startTree } from "../adapters/machine/tree.ts";
import { endText, lastLines, shellCommand, succeeded } from "../core/base/command.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { dataDiskBytes } from "../core/study/study.ts";
import type { Workload } from "../core/study/workload.ts";
import type { Machine } from "../lab/ports.ts";
import type { GuestImage, Making } from "./build.ts";
import { freeDiskProblem } from "./space.ts";

/** The disk with a workload's filled tables: made once per image and configuration, then only copied. */
export async function ensureDataSet(
  workload: Workload,
  image: GuestImage,
  { cache, say, signal }: Making,
): Promise<Result<string>> {
  const dataSet = dataSetOf(workload);
  const disk = join(cache, "data-sets", `${dataSetHash(workload, image.manifest.imageId)}.img`);
  if (await exists(disk)) return ok(disk);
  const folder = await ensureFolder(join(cache, "data-sets"));
  const full = await freeDiskProblem(folder, 3 * dataDiskBytes(workload), "the data set");
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

function dataSetOf({ name, dataSet }: Workload) {
  if (dataSet === undefined) throw new Error(`${name} needs no data set`);
  return dataSet;
}

/** Names a data set by everything that shapes it; `userland` fills it. */
export function dataSetHash(workload: Workload, userland: string): string {
  return createHash("sha256")
    .update(JSON.stringify([userland, workload.dataSet, dataDiskBytes(workload), FILL]))
    .digest("hex")
    .slice(0, 16);
}

/** Fills /mnt/extra/data.img in a tree that has a folder there, with the tree's own server. */
export async function fillDataSet(
  workload: Workload,
  tree: Machine,
  signal: AbortSignal,
): Promise<Result<"filled">> {
  const dataSet = dataSetOf(workload);
  const size = `${dataDiskBytes(workload) / 2 ** 20}M`;
  const fill = shellCommand(FILL, 3600, "fill", String(dataSet.tables), String(dataSet.rows), size);
  const filled = await tree.run({ ...fill, stdin: dataSet.serverConfiguration }, signal);
  signal.throwIfAborted();
  if (succeeded(filled)) return ok("filled");
  return failed({
    code: "data-set-failed",
    at: workload.name,
    what: `the data set could not be filled: ${endText(filled.end)}`,
    evidence: lastLines(`${filled.stdout}\n${filled.stderr}`, 12),
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
