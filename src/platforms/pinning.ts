import type { Command } from "../core/command.ts";

/** What QEMU is told so that its vCPU threads can be found: by a file with its number, and by their names. */
export function pinnableFlags(pidFile: string): readonly string[] {
  return ["-name", "dvirt,debug-threads=on", "-pidfile", pidFile];
}

/** Starts a command on these CPUs of its machine alone. */
export function startedOn(cpus: readonly number[], argv: readonly string[]): readonly string[] {
  return ["taskset", "-c", cpus.join(","), ...argv];
}

export interface Pins {
  /** A list of CPUs of the machine that QEMU runs on for each vCPU, in order. */
  readonly vcpus: readonly (readonly number[])[];
  /** Where its other threads may run; absent: wherever they do. */
  readonly others?: readonly number[];
}

/** Pins the vCPUs of a QEMU, and prints what that gave. */
export function pinCommand(pidFile: string, { vcpus, others = [] }: Pins): Command {
  const lists = [others, ...vcpus].map((cpus) => cpus.join(","));
  return { argv: ["sh", "-c", PIN, "pin", pidFile, ...lists], timeoutSeconds: 60 };
}

/**
 * $1 the file with QEMU's number, $2 CPUs for its other threads or nothing, then CPUs for each vCPU. Their threads
 * are named `CPU 0/KVM`, `CPU 1/KVM` …
 */
const PIN = `
set -eu
read -r process <"$1"
others=$2
shift 2
found=0
for task in /proc/$process/task/*; do
  read -r name <"$task/comm" || continue
  case $name in
    'CPU '*) ;;
    *)
      # A worker that has ended since needs no place.
      [ -z "$others" ] || taskset -pc "$others" "\${task##*/}" >/dev/null 2>&1 || true
      continue
      ;;
  esac
  vcpu=\${name#CPU }
  vcpu=\${vcpu%%/*}
  number=0
  for cpu in "$@"; do
    if [ $number -eq $vcpu ]; then
      taskset -pc "$cpu" "\${task##*/}" >/dev/null
      found=$((found + 1))
      echo "vcpu $vcpu=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status")"
    fi
    number=$((number + 1))
  done
done
[ $found -eq $# ] || { echo "$found of $# vCPU threads were found" >&2; exit 1; }
`;
