import { endText } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import { UNCONFINED_FILE } from "../../core/machine/confinement.ts";
import type { Child, Machine } from "../../lab/ports.ts";
import { firstLine } from "../execution.ts";
import { type LevelGroup, removeLevelGroup } from "../level-group.ts";
import { aborted, once } from "../waiting.ts";
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

/** Where commands are looked for: Fedora and its kin have servers in /usr/libexec, and what is built by hand is in /usr/local. */
export const TREE_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/libexec:/usr/local/sbin:/usr/local/bin";

/** The disks of a tree, as what runs in it names them. */
export const TREE_DISKS = {
  rootDisk: "/run/dvirt/disks/root",
  scratchDisk: "/run/dvirt/disks/scratch",
  dataDisk: "/run/dvirt/disks/data",
} as const;

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
 * The image's own userland on a host's kernel, in mount and process namespaces of its own: L0 of real hardware, so that
 * all levels have one userland. Nothing of it outlives dvirt: the namespaces' first process dies with dvirt, and takes
 * every process and mount inside along.
 */
export async function startTree(
  options: TreeOptions,
  signal: AbortSignal,
  host: TreeHost = thisHost(),
): Promise<Result<Machine>> {
  const started = await host.machine.spawn(keeperArgv(options, host), signal);
  if (!started.ok) {
    await giveBack(options);
    return started;
  }
  const keeper = started.value;
  const stop = once(async () => {
    keeper.kill();
    await keeper.ended;
    await giveBack(options);
  });
  const answer = await Promise.race([firstLine(keeper), aborted(signal, "stopped")]);
  const inside = /^ready (\d+)$/.exec(answer)?.[1];
  if (inside !== undefined)
    return ok(machineIn(enterArgv(inside, options, host), { options, host, keeper, stop }));
  await stop();
  return failed({
    code: "no-tree",
    at: options.name,
    what: `the image's tree cannot be entered on this host (${answer || `ended: ${endText(await keeper.ended)}`})`,
    hint: "namespaces and mounts need root, or a kernel that allows them to users: try with sudo",
    evidence: keeper.errors(),
  });
}

async function giveBack({ group }: TreeOptions): Promise<void> {
  if (group?.kind === "made") await removeLevelGroup();
}

function keeperArgv(
  { rootImage, mountPoint, folder = "", scratch = "", files, group }: TreeOptions,
  { isRoot }: TreeHost,
): readonly string[] {
  return [
    ...grouped(group),
    "unshare",
    ...(isRoot ? [] : ["--user", "--map-root-user"]),
    ...["--mount", "--pid", "--fork", "--kill-child=KILL", "--propagation", "private"],
    ...["sh", "-c", KEEPER, "keeper", rootImage, mountPoint, folder, scratch],
    group?.kind === "none" ? group.why : "",
    ...Object.entries(files).flat(),
  ];
}

/** What a command in the tree is put behind; `inside` is the number of the tree's first process. */
function enterArgv(inside: string, { group }: TreeOptions, host: TreeHost): readonly string[] {
  return [
    ...grouped(group),
    ...["nsenter", `--target=${inside}`],
    ...(host.isRoot ? [] : ["--user", "--preserve-credentials"]),
    ...["--mount", "--pid", "--root", "--wd", "--", "env"],
    ...(host.environment === "cleared" ? ["-i"] : []),
    ...[`PATH=${TREE_PATH}`, "HOME=/root", "TERM=linux"],
  ];
}

function grouped(group: LevelGroup | undefined): readonly string[] {
  return group?.kind === "made" ? group.enter : [];
}

function machineIn(enter: readonly string[], { options, host, keeper, stop }: Tree): Machine {
  const { machine } = host;
  let ended: string | undefined;
  const lost = keeper.ended.then((how) => {
    ended = `the tree's first process ended (${endText(how)})`;
    return ended;
  });
  return {
    name: options.name,
    run: (command, signal) => machine.run({ ...command, argv: [...enter, ...command.argv] }, signal),
    spawn: (argv, signal) => machine.spawn([...enter, ...argv], signal),
    shell: (_terminal, signal) => host.interactive([...enter, "sh", "-i"], signal),
    lost,
    diagnose: async () => (ended === undefined ? undefined : `${ended}\n${keeper.errors()}`),
    dispose: stop,
  };
}

interface Tree {
  readonly options: TreeOptions;
  readonly host: TreeHost;
  /** The namespaces' first process. */
  readonly keeper: Child;
  readonly stop: () => Promise<void>;
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
