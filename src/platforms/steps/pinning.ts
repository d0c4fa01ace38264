import { type Command, shellCommand } from "../../core/base/command.ts";

/** QEMU's flags that make its vCPU threads findable: a file with its process number, and named threads. */
export function pinnableFlags(pidFile: string): readonly string[] {
  return ["-name", "dvirt,debug-threads=on", "-pidfile", pidFile];
}

/** Starts a command on these CPUs of its machine alone. */
export function startedOn(cpus: readonly number[], argv: readonly string[]): readonly string[] {
  return ["taskset", "-c", cpus.join(","), ...argv];
}

/**
 * Pins the vCPUs of a QEMU, each to its list of the CPUs that QEMU's machine has, and prints where they may run now.
 * Other threads may run where they do if there is no CPU for them.
 */
export function pinCommand(
  pidFile: string,
  vcpus: readonly (readonly number[])[],
  others: readonly number[] = [],
): Command {
  const lists = [others, ...vcpus].map((cpus) => cpus.join(","));
  return shellCommand(PIN, 60, "pin", pidFile, ...lists);
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
