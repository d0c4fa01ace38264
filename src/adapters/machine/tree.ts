import { UNCONFINED_FILE } from "../../core/confinement.ts";
import { failed, ok, type Problem, type Result } from "../../core/problem.ts";
import type { Child, Machine } from "../../lab/ports.ts";
import { type LevelGroup, removeLevelGroup } from "../level-group.ts";
import { interactive, localMachine } from "./local.ts";

export interface TreeOptions {
  readonly name: string;
  /** The guest image, a file or a block device; or a folder such as `/`, to be seen as it is. */
  readonly rootImage: string;
  /** An empty folder to mount it on; the mount is seen by nobody else and goes with the processes. */
  readonly mountPoint: string;
  /** Files of the host by the name that the tree sees under /run/dvirt/disks. */
  readonly files: Readonly<Record<string, string>>;
  /** A writable folder of the host, seen as /mnt/extra. */
  readonly folder?: string;
  /** A file to be seen as the block device /run/dvirt/disks/scratch; a block device stays what it is. */
  readonly scratch?: string;
  /** The control group that the whole tree lives in, removed with it; or the tree is told why it has none. */
  readonly group?: LevelGroup;
}

export const TREE_DISKS = "/run/dvirt/disks";

/** The machine whose kernel a tree runs on. */
export interface TreeHost {
  readonly machine: Pick<Machine, "run" | "spawn">;
  readonly isRoot: boolean;
  /** Whether commands lose the environment that the host gives them. */
  readonly environment: "cleared" | "kept";
  interactive(argv: readonly string[], signal: AbortSignal): Promise<number>;
}

function thisHost(): TreeHost {
  return {
    machine: localMachine(),
    isRoot: process.getuid?.() === 0,
    environment: "cleared",
    interactive,
  };
}

/**
 * The image's own userland on a host's kernel, in mount and process namespaces of its own: what runs
 * at L0 of real hardware, so that all levels share one userland. Nothing of it outlives dvirt, because the
 * namespaces' first process dies with dvirt and takes every process and mount inside along.
 */
export async function startTree(
  options: TreeOptions,
  signal: AbortSignal,
  host: TreeHost = thisHost(),
): Promise<Result<Machine>> {
  const files = Object.entries(options.files).flat();
  const { isRoot, machine } = host;
  const unshare = isRoot ? ["unshare"] : ["unshare", "--user", "--map-root-user"];
  const { group } = options;
  const grouped = group?.kind === "made" ? group.enter : [];
  const giveBack = async () => {
    if (group?.kind === "made") await removeLevelGroup();
  };
  const started = await machine.spawn(
    [
      ...grouped,
      ...unshare,
      "--mount",
      "--pid",
      "--fork",
      "--kill-child=KILL",
      "--propagation",
      "private",
      "sh",
      "-c",
      KEEPER,
      "keeper",
      options.rootImage,
      options.mountPoint,
      options.folder ?? "",
      options.scratch ?? "",
      group?.kind === "none" ? group.why : "",
      ...files,
    ],
    signal,
  );
  if (!started.ok) {
    await giveBack();
    return started;
  }
  const keeper = started.value;
  const answer = await Promise.race([
    firstLine(keeper),
    keeper.ended.then((how) => `ended: ${how}`),
    aborted(signal),
  ]);
  const inside = /^ready (\d+)$/.exec(answer)?.[1];
  if (inside === undefined) {
    keeper.kill();
    await keeper.ended;
    await giveBack();
    return failed(treeProblem(options.name, answer, keeper.errors()));
  }
  const enter = [
    ...grouped,
    "nsenter",
    `--target=${inside}`,
    ...(isRoot ? [] : ["--user", "--preserve-credentials"]),
    "--mount",
    "--pid",
    "--root",
    "--wd",
    "--",
    "env",
    ...(host.environment === "cleared" ? ["-i"] : []),
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "TERM=linux",
  ];
  let disposed: Promise<void> | undefined;
  let ended: string | undefined;
  const lost = keeper.ended.then((how) => {
    ended = `the tree's first process ended (${how})`;
    return ended;
  });
  return ok({
    name: options.name,
    run: (command, runSignal) => machine.run({ ...command, argv: [...enter, ...command.argv] }, runSignal),
    spawn: (argv, spawnSignal) => machine.spawn([...enter, ...argv], spawnSignal),
    shell: (_terminal, shellSignal) => host.interactive([...enter, "sh", "-i"], shellSignal),
    lost,
    diagnose: async () => (ended === undefined ? undefined : `${ended}\n${keeper.errors()}`),
    dispose: () => {
      disposed ??= (async () => {
        keeper.kill();
        await keeper.ended;
        await giveBack();
      })();
      return disposed;
    },
  });
}

/** $1 image, $2 mount point, $3 folder, $4 scratch, $5 why there is no group, then pairs of name and file. */
const KEEPER = `
set -eu
image=$1 tree=$2 folder=$3 scratch=$4 ungrouped=$5
shift 5
# The number of the namespace's first process, which is this shell, as the host has it.
read -r self rest </proc/self/stat
if [ -d "$image" ]; then
  mount --rbind "$image" "$tree"
  mount -t tmpfs -o mode=755 mnt "$tree/mnt"
  mkdir "$tree/mnt/scratch" "$tree/mnt/extra"
elif grep -q '^ *0 *0 ' /proc/self/uid_map; then # root of the host, not of a user namespace only
  modprobe loop 2>/dev/null || true
  mount -t ext4 -o ro,loop,noload "$image" "$tree"
else
  # No loop mounts without root: unpack the same image instead.
  debugfs -R "rdump / $tree" "$image" >/dev/null 2>&1
  mount --bind "$tree" "$tree"
fi
mount -t proc proc "$tree/proc"
mount --rbind /sys "$tree/sys"
mount --rbind /dev "$tree/dev"
mount -t tmpfs -o mode=755 run "$tree/run"
mount -t tmpfs -o mode=1777 tmp "$tree/tmp"
mount -t tmpfs -o mode=1777 tmp "$tree/var/tmp"
mkdir -p "$tree/run/dvirt/disks" "$tree/run/lock"
echo 0 >"$tree/run/dvirt/level"
[ -z "$ungrouped" ] || echo "$ungrouped" >"$tree${UNCONFINED_FILE}"
while [ $# -ge 2 ]; do
  if [ -b "$2" ]; then ln -s "$(readlink -f "$2")" "$tree/run/dvirt/disks/$1"
  else : >"$tree/run/dvirt/disks/$1"; mount --bind "$2" "$tree/run/dvirt/disks/$1"; fi
  shift 2
done
[ -z "$folder" ] || mount --bind "$folder" "$tree/mnt/extra"
if [ -b "$scratch" ]; then ln -s "$(readlink -f "$scratch")" "$tree/run/dvirt/disks/scratch"
elif [ -n "$scratch" ]; then
  device=$(losetup --find --show --direct-io=on "$scratch" 2>/dev/null || losetup --find --show "$scratch")
  exec 9<>"$device"
  losetup --detach "$device" # takes effect when the last of us has closed it
  ln -s "$device" "$tree/run/dvirt/disks/scratch"
fi
echo "ready $self"
# Process 1 of the namespace: ends when dvirt closes its input.
exec chroot "$tree" /bin/sh -c 'cat >/dev/null'
`;

function firstLine(child: Child): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("stopped");
    else signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
}

function treeProblem(name: string, answer: string, errors: string): Problem {
  return {
    code: "no-tree",
    at: name,
    what: `the image's tree cannot be entered on this host (${answer})`,
    hint: "namespaces and mounts need root, or a kernel that allows them to users: try with sudo",
    evidence: errors,
  };
}
