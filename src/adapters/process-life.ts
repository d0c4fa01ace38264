import { readFileSync } from "node:fs";
import type { ProcessName } from "../lab/live.ts";

/** This process, so that others can tell whether it still runs. */
export function thisProcess(): ProcessName {
  return { pid: process.pid, started: startOf(process.pid) ?? "" };
}

/** Whether a process of this machine still runs; one of another machine, or before a reboot, does not. */
export function isAlive({ pid, started }: ProcessName): boolean {
  return started !== "" && startOf(pid) === started;
}

/** Field 22 of /proc/PID/stat, ticks since boot (proc_pid_stat(5)), and which boot that was. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : `${boot} ${fields[18]}`;
  } catch {
    return undefined;
  }
}
