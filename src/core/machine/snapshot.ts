import { pairs, READING_FUNCTIONS, sections } from "./facts.ts";

/**
 * Prints what may change during a trial. Run on every level that is up, at its bring-up and before and after each
 * trial, so files are read by the shell itself: starting a process costs a guest's guest on an emulated computer
 * 0.1 s. Of the kernel's log the last 30 lines are kept; a firewall's are none of them, for it would push the others out,
 * and they name whoever was on the network. Uptime comes first and last, so that it is known how long the script itself took.
 */
export const SNAPSHOT_SCRIPT = `${READING_FUNCTIONS}
section uptime; show /proc/uptime
section clocksource; show /sys/devices/system/clocksource/clocksource0/current_clocksource
section stat; read -r line </proc/stat; printf '%s\\n' "$line"
section vmstat; for file in /proc/vmstat /proc/meminfo; do
  [ ! -r $file ] || while IFS= read -r line; do
    case $line in 'pswpin '* | 'pswpout '* | 'oom_kill '* | allocstall_* | MemTotal:* | SwapTotal:* | SwapFree:*)
      printf '%s\\n' "$line" ;;
    esac
  done <$file
done
section transparent-hugepages; show /sys/kernel/mm/transparent_hugepage/enabled
section ksm; each /sys/kernel/mm/ksm/run /sys/kernel/mm/ksm/pages_sharing
section mitigations; each /sys/devices/system/cpu/vulnerabilities/*
section frequency; cd /sys/devices/system/cpu && each cpu[0-9]*/cpufreq/scaling_cur_freq \\
  cpu[0-9]*/cpufreq/scaling_max_freq cpu[0-9]*/cpufreq/scaling_governor cpu[0-9]*/thermal_throttle/*_throttle_count
section disks; each /sys/block/vd[a-z]/stat
section kvm-counters; cd /sys/kernel/debug/kvm 2>/dev/null && each * 2>/dev/null
section kernel-log; packets() { read -r line </proc/sys/net/netfilter/nf_log/$1 && [ "$line" != NONE ]; }
if packets 2 || packets 10; then dmesg -x | awk '! / IN=[^ ]* OUT=/' | tail -n 30; else dmesg -x | tail -n 30; fi 2>/dev/null
section uptime-at-end; show /proc/uptime
`;

/**
 * Prints what the computer below the whole stack did, and dvirt's share of it: the CPU ticks of the process that
 * asks, of all its descendants, and of those that ended and were waited for.
 */
export const HOST_SNAPSHOT_SCRIPT = `
printf '== loadavg\\n'; read -r line </proc/loadavg; printf '%s\\n' "$line"
printf '== stat\\n'
cat /proc/stat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$PPID" '
  /^cpu / { print }
  /^cpu[0-9]/ { cpus++ }
  /^[0-9]+ \\(/ { pid = $1; sub(/^.*\\) /, ""); parent[pid] = $2; ticks[pid] = $12 + $13 + $14 + $15 }
  END {
    for (pid in parent) {
      for (up = pid; up != root && up in parent; up = parent[up]) ;
      if (up == root) own += ticks[pid]
    }
    printf "== own\\ncpus %d\\nticks %d\\n", cpus, own
  }'
`;

/** What a machine printed, and the host's monotonic time just before the question and just after the answer. */
export interface TimedText {
  readonly text: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A snapshot's text, read; what the machine did not say is undefined. */
export interface Snapshot {
  readonly uptimeSeconds: number | undefined;
  /** When all of it had been read. */
  readonly uptimeAtEndSeconds: number | undefined;
  readonly clockSource: string | undefined;
  readonly cpu: CpuTicks | undefined;
  /** Lines of /proc/vmstat and /proc/meminfo by name; sizes in bytes. */
  readonly memory: ReadonlyMap<string, number>;
  /** Such as `always`. */
  readonly hugePages: string | undefined;
  /** 0 stopped, 1 running, 2 stopped and undone; undefined where the kernel has none. */
  readonly pageSharing: string | undefined;
  /** What the kernel does about each weakness of the processor, by the weakness's name. */
  readonly mitigations: ReadonlyMap<string, string>;
  /** By path below /sys/devices/system/cpu, such as `cpu0/cpufreq/scaling_governor`. */
  readonly frequency: ReadonlyMap<string, string>;
  /** Reads and writes that its virtio disks have done; undefined where it has none, or did not say. */
  readonly diskRequests: number | undefined;
  /** Undefined where it could not be read. */
  readonly kernelLog: readonly string[] | undefined;
}

/** Ticks of 10 ms of all CPUs together since the machine came up. */
export interface CpuTicks {
  readonly busy: number;
  readonly steal: number;
  readonly all: number;
}

export function readSnapshot(text: string): Snapshot {
  const part = sections(text);
  const get = (name: string): string | undefined => {
    const found = part.get(name)?.trim();
    return found === "" ? undefined : found;
  };
  return {
    uptimeSeconds: numberOf(get("uptime")?.split(" ")[0]),
    uptimeAtEndSeconds: numberOf(get("uptime-at-end")?.split(" ")[0]),
    clockSource: get("clocksource"),
    cpu: cpuTicks(get("stat") ?? ""),
    memory: memoryLines(get("vmstat") ?? ""),
    hugePages: /\[(\w+)\]/.exec(get("transparent-hugepages") ?? "")?.[1],
    pageSharing: pairs(get("ksm") ?? "", ":").get("/sys/kernel/mm/ksm/run"),
    mitigations: new Map(
      [...pairs(get("mitigations") ?? "", ":")].map(([path, state]) => [path.replace(/^.*\//, ""), state]),
    ),
    frequency: pairs(get("frequency") ?? "", ":"),
    diskRequests: diskRequests(get("disks")),
    kernelLog: get("kernel-log")?.split("\n"),
  };
}

/** What the computer below the stack did since it came up, and dvirt's part in it. */
export interface HostSnapshot {
  readonly cpus: number;
  readonly cpu: CpuTicks;
  readonly ownTicks: number;
}

export function readHostSnapshot(text: string): HostSnapshot | undefined {
  const part = sections(text);
  const cpu = cpuTicks(part.get("stat") ?? "");
  const own = pairs(part.get("own") ?? "", " ");
  const [cpus, ownTicks] = [numberOf(own.get("cpus")), numberOf(own.get("ticks"))];
  return cpu === undefined || cpus === undefined || ownTicks === undefined
    ? undefined
    : { cpus, cpu, ownTicks };
}

/** The counters of KVM on one machine, by their kernel names; all its exits together are `exits`. */
export function kvmCounters(snapshot: string): ReadonlyMap<string, number> {
  const found = pairs(sections(snapshot).get("kvm-counters") ?? "", ":");
  const counters = new Map(
    [...found].flatMap(([name, value]) => (COUNT.test(value) ? [[name, Number(value)] as const] : [])),
  );
  const each = [...counters].filter(([name]) => name.startsWith("exit_") && name !== EXITS_COUNTED_TWICE);
  // On s390x there is no total: every way out of SIE has its own counter.
  if (counters.has("exits") || each.length === 0) return counters;
  return counters.set(
    "exits",
    each.reduce((sum, [, count]) => sum + count, 0),
  );
}

/** Anything else is no counter, or a line that was cut. */
const COUNT = /^\d{1,15}$/;

/** Exits that QEMU had to deal with; each has its reason's counter too. */
const EXITS_COUNTED_TWICE = "exit_userspace";

/** `cpu user nice system idle iowait irq softirq steal …`; a guest's time is within user's already. */
function cpuTicks(line: string): CpuTicks | undefined {
  const [name, ...fields] = (line.split("\n")[0] ?? "").split(/\s+/);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fields.map(Number);
  if (name !== "cpu" || steal === undefined || ![user, idle, steal].every(Number.isFinite)) return undefined;
  const busy = (user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0);
  return { busy, steal, all: busy + (idle ?? 0) + (iowait ?? 0) + steal };
}

/** `FILE:reads merged sectors ticks writes …`, a disk each. */
function diskRequests(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const counts = [...pairs(text, ":").values()].map((stat) => stat.trim().split(/\s+/).map(Number));
  return counts.reduce((sum, [reads, , , , writes]) => sum + (reads ?? 0) + (writes ?? 0), 0);
}

function memoryLines(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split("\n").flatMap((line): [string, number][] => {
      const match = /^(\w+):?\s+(\d+)( kB)?$/.exec(line);
      return match?.[1] === undefined
        ? []
        : [[match[1], Number(match[2]) * (match[3] === undefined ? 1 : 1024)]];
    }),
  );
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
