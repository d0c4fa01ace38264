import { pairs, sections } from "./facts.ts";

/**
 * Prints what may change during a trial. Run on every level that is up, before and after each trial, so files
 * are read by the shell itself: starting a process costs a guest's guest on an emulated computer 0.1 s.
 */
export const SNAPSHOT_SCRIPT = `
section() { printf '== %s\\n' "$1"; }
show() { while IFS= read -r line; do printf '%s\\n' "$line"; done <"$1"; }
section clocksource; show /sys/devices/system/clocksource/clocksource0/current_clocksource
section uptime; show /proc/uptime
section stat; read -r line </proc/stat; printf '%s\\n' "$line"
section vmstat; grep -E '^(pswpin|pswpout|oom_kill) ' /proc/vmstat
section transparent-hugepages; show /sys/kernel/mm/transparent_hugepage/enabled
section kvm-counters; cd /sys/kernel/debug/kvm 2>/dev/null && grep . * 2>/dev/null
section kernel-log; dmesg 2>/dev/null | tail -n 10
`;

/** The counters of KVM on one machine, by their kernel names. */
export function kvmCounters(snapshot: string): ReadonlyMap<string, number> {
  const found = pairs(sections(snapshot).get("kvm-counters") ?? "", ":");
  return new Map([...found].map(([name, value]) => [name, Number(value)]));
}
