import type { Command } from "../base/command.ts";
import { pairs, sections } from "./facts.ts";

/**
 * Confinement: on every machine of a stack, the deepest included, workloads run in a control group of the measured
 * size. So a level that also hosts guests gives them no more, and the group's own cost is the same everywhere. The group is made at bring-up; its file for processes is named in /run/dvirt/confinement.
 */

/** The control group of a level, as its machine names it; what is measured is in `measured` below it. */
export const LEVEL_GROUP = "/sys/fs/cgroup/dvirt";

/** The beginning of a confined command's argv. It fails on a machine that has no group. */
export const CONFINED: readonly string[] = [
  "sh",
  "-c",
  'read -r processes </run/dvirt/confinement && echo 0 >"$processes" && exec "$@"',
  "confined",
];

/** Where the reason stands why a level has no control group; only the host itself may lack one. */
export const UNCONFINED_FILE = "/run/dvirt/unconfined";

export interface Confines {
  /** By their numbers on the machine. */
  readonly cpus: readonly number[];
  readonly memoryNodes: readonly number[];
  readonly memoryBytes: number;
}

/** Makes the group for what is measured; run once on each machine that came up. */
export function confineCommand(confines: Confines): Command {
  return {
    argv: [
      "sh",
      "-c",
      CONFINE,
      "confine",
      confines.cpus.join(","),
      confines.memoryNodes.join(","),
      String(confines.memoryBytes),
    ],
    timeoutSeconds: 60,
  };
}

/** $1 CPUs, $2 memory nodes, $3 bytes. */
const CONFINE = `
set -eu
mkdir -p /run/dvirt
if [ -s ${UNCONFINED_FILE} ]; then echo /dev/null >/run/dvirt/confinement; exit 0; fi
mkdir -p ${LEVEL_GROUP}
echo '+cpuset +memory' >${LEVEL_GROUP}/cgroup.subtree_control
mkdir -p ${LEVEL_GROUP}/measured
cd ${LEVEL_GROUP}/measured
echo "$1" >cpuset.cpus
echo "$2" >cpuset.mems
echo "$3" >memory.max
if [ -e memory.swap.max ]; then echo 0 >memory.swap.max; fi # a kernel without swap has none to forbid
echo ${LEVEL_GROUP}/measured/cgroup.procs >/run/dvirt/confinement
`;

/** Runs after the script for facts on a confined machine: prints what the group allows, and what it sees. */
export const CONFINEMENT_FACTS = `
section confinement
if [ -s ${UNCONFINED_FILE} ]; then echo "unconfined=$(cat ${UNCONFINED_FILE})"
else
  for file in cpuset.cpus.effective cpuset.mems.effective memory.max memory.swap.max; do
    [ -r ${LEVEL_GROUP}/measured/$file ] && echo "$file=$(cat ${LEVEL_GROUP}/measured/$file)"
  done
  echo "nproc=$(sh -c 'echo 0 >${LEVEL_GROUP}/measured/cgroup.procs; nproc')"
  [ -r ${LEVEL_GROUP}/memory.max ] && echo "level memory.max=$(cat ${LEVEL_GROUP}/memory.max)"
  echo "level cpuset.cpus.effective=$(cat ${LEVEL_GROUP}/cpuset.cpus.effective)"
fi
`;

/** What a machine said of its own confinement. */
export type Confinement =
  | {
      readonly kind: "confined";
      /** CPUs that a process in the group counts. */
      readonly cpus: number;
      /** In the kernel's notation: `0-3`. */
      readonly cpuList: string;
      readonly memoryBytes: number;
    }
  | { readonly kind: "unconfined"; readonly why: string };

/** Undefined for machines that are not confined by design. */
export function confinementOf(facts: string): Confinement | undefined {
  const found = pairs(sections(facts).get("confinement") ?? "", "=");
  const why = found.get("unconfined");
  if (why !== undefined) return { kind: "unconfined", why };
  const [cpus, memoryBytes] = [Number(found.get("nproc")), Number(found.get("memory.max"))];
  if (!Number.isFinite(cpus) || !Number.isFinite(memoryBytes)) return undefined;
  return { kind: "confined", cpus, cpuList: found.get("cpuset.cpus.effective") ?? "", memoryBytes };
}

/** The CPUs of the level below that the vCPUs were pinned to, in order; undefined where they were not pinned. */
export function pinningOf(facts: string): string | undefined {
  const found = [...pairs(sections(facts).get("pinning") ?? "", "=")];
  if (found.length === 0) return undefined;
  const number = (name: string) => Number(name.replace(/\D/g, ""));
  return found
    .sort(([a], [b]) => number(a) - number(b))
    .map(([, cpu]) => cpu)
    .join(", ");
}
