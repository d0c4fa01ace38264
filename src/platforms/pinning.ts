import type { Command } from "../core/command.ts";

/** What QEMU is told so that its vCPU threads can be found: by a file with its number, and by their names. */
export function pinnableFlags(pidFile: string): readonly string[] {
  return ["-name", "dvirt,debug-threads=on", "-pidfile", pidFile];
}

/** Pins the vCPUs of a QEMU, in order, to these CPUs of the machine that it runs on, and prints what that gave. */
export function pinCommand(pidFile: string, cpus: readonly number[]): Command {
  return { argv: ["sh", "-c", PIN, "pin", pidFile, ...cpus.map(String)], timeoutSeconds: 60 };
}

/** $1 the file with QEMU's number, then a CPU for each vCPU. Their threads are named `CPU 0/KVM`, `CPU 1/KVM` … */
const PIN = `
set -eu
read -r process <"$1"
shift
found=0
for task in /proc/$process/task/*; do
  read -r name <"$task/comm" || continue
  case $name in 'CPU '*) ;; *) continue ;; esac
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
