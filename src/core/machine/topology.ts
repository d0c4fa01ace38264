import { pairs, sections } from "./facts.ts";

/** One hardware thread of a machine. */
export interface HostCpu {
  readonly id: number;
  /** NUMA node. */
  readonly node: number;
  /** Threads with the same core are SMT siblings. */
  readonly core: string;
}

export interface Topology {
  /** The CPUs that this process may use. */
  readonly cpus: readonly HostCpu[];
  /** Nodes that have memory. */
  readonly memoryNodes: readonly number[];
}

/** Prints a machine's CPUs, a line each, which of them may be used, and which nodes have memory. */
export const TOPOLOGY_SCRIPT = `
echo '== cpus'
for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
  [ -d "$cpu" ] || continue
  node=0
  for link in "$cpu"/node[0-9]*; do [ -e "$link" ] && node=\${link##*/node}; done
  package=0 core=\${cpu##*/cpu}
  [ -r "$cpu/topology/physical_package_id" ] && read -r package <"$cpu/topology/physical_package_id"
  [ -r "$cpu/topology/core_id" ] && read -r core <"$cpu/topology/core_id"
  echo "\${cpu##*/cpu}=$node $package/$core"
done
echo '== allowed'; grep '^Cpus_allowed_list:' /proc/self/status
echo '== memory'; cat /sys/devices/system/node/has_memory 2>/dev/null || echo 0
`;

export function parseTopology(text: string): Topology {
  const part = sections(text);
  const allowed = numbersOf(pairs(part.get("allowed") ?? "", ":").get("Cpus_allowed_list") ?? "");
  const cpus = [...pairs(part.get("cpus") ?? "", "=")].map(([id, place]): HostCpu => {
    const [node = "0", core = id] = place.split(" ");
    return { id: Number(id), node: Number(node), core: `${node}/${core}` };
  });
  return {
    cpus: cpus.filter(({ id }) => allowed.includes(id)).sort((a, b) => a.id - b.id),
    memoryNodes: numbersOf(part.get("memory") ?? "0"),
  };
}

/** `0-3,8` as 0, 1, 2, 3, 8. */
export function numbersOf(list: string): readonly number[] {
  return list
    .trim()
    .split(",")
    .filter((part) => /^\d+(-\d+)?$/.test(part))
    .flatMap((part) => {
      const [from = 0, to = from] = part.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
}

/** A machine with so many equal CPUs, as guests have them. */
export function flatTopology(cpus: number): Topology {
  return {
    cpus: Array.from({ length: cpus }, (_, id) => ({ id, node: 0, core: String(id) })),
    memoryNodes: [0],
  };
}

export interface Choice {
  /** Best first: take fewer from the front. */
  readonly cpus: readonly number[];
  readonly memoryNodes: readonly number[];
}

/**
 * So many CPUs of a machine, near to each other: from one NUMA node where one has enough, and there one thread
 * of each core before any sibling. Nodes with whole cores enough come before those that would share cores.
 */
export function chooseCpus({ cpus, memoryNodes }: Topology, count: number): Choice {
  const nodes = [...new Set(cpus.map(({ node }) => node))].map((node) => {
    const own = cpus.filter((cpu) => cpu.node === node);
    return { node, threads: siblingsLast(own), cores: new Set(own.map(({ core }) => core)).size };
  });
  const rank = ({ threads, cores }: (typeof nodes)[number]) =>
    cores >= count ? 0 : threads.length >= count ? 1 : 2;
  nodes.sort(
    (a, b) =>
      rank(a) - rank(b) || (rank(a) === 2 ? b.threads.length - a.threads.length : 0) || a.node - b.node,
  );
  const chosen = nodes.flatMap(({ threads }) => threads).slice(0, count);
  const near = memoryNodes.filter((node) => chosen.some((cpu) => cpu.node === node));
  // CPUs of a node without memory take it from wherever it is.
  return { cpus: chosen.map(({ id }) => id), memoryNodes: near.length > 0 ? near : memoryNodes };
}

/** One thread of each core first, then the second of each, and so on. */
function siblingsLast(cpus: readonly HostCpu[]): readonly HostCpu[] {
  const turn = (cpu: HostCpu) => cpus.filter((other) => other.core === cpu.core && other.id < cpu.id).length;
  return [...cpus].sort((a, b) => turn(a) - turn(b) || a.id - b.id);
}
