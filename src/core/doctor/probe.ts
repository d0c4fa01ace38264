import { sections } from "../machine/facts.ts";

/**
 * Prints what `dvirt doctor` wants to know of a machine: one `== name` header per section, then `name=value`, or lines
 * of /proc as they are. Changes nothing, needs no rights, and does with dash and busybox alone; what cannot be
 * read is left out.
 */
export const DOCTOR_SCRIPT = `
section() { printf '== %s\\n' "$1"; }
say() { printf '%s=%s\\n' "$1" "$2"; }
first() { # NAME FILE: the first line of a file
  line=; { IFS= read -r line <"$2"; } 2>/dev/null
  [ -z "$line" ] || say "$1" "$line"
}
there() { command -v "$1" >/dev/null 2>&1 && say "$1" there; }
section system
say system "$(uname -s)"; say kernel "$(uname -r)"; say architecture "$(uname -m)"
section cpuinfo; sed '/^$/q' /proc/cpuinfo 2>/dev/null
section memory; grep -E '^(MemTotal|MemAvailable|SwapTotal|SwapFree):' /proc/meminfo 2>/dev/null
section clock; clock=/sys/devices/system/clocksource/clocksource0
first current $clock/current_clocksource; first available $clock/available_clocksource
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would count them, and not the CPUs
section processor; cpu=/sys/devices/system/cpu
say cpus "$(nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo)"
first smt $cpu/smt/active; first governor $cpu/cpu0/cpufreq/scaling_governor; first driver $cpu/cpu0/cpufreq/scaling_driver
first no_turbo $cpu/intel_pstate/no_turbo; first boost $cpu/cpufreq/boost
section pages
first thp /sys/kernel/mm/transparent_hugepage/enabled; first ksm /sys/kernel/mm/ksm/run
section kvm
for module in kvm_amd kvm_intel; do
  parameters=/sys/module/$module/parameters
  [ -r $parameters/nested ] || continue
  say module $module
  # What can be unloaded has a state; what is part of the kernel has none.
  if [ -e /sys/module/$module/initstate ]; then say builtin no; else say builtin yes; fi
  for name in nested npt ept enable_shadow_vmcs vgif vls; do first $name $parameters/$name; done
done
say firmware "$(dmesg 2>/dev/null | grep -i -o 'kvm.*disabled by bios' | head -n 1)"
if [ -c /dev/kvm ]; then
  say device "$(ls -l /dev/kvm)"
  if said=$( (exec 3<>/dev/kvm) 2>&1 ); then say open yes; else say open "no: \${said##*: }"; fi
fi
section qemu; say version "$(qemu-system-x86_64 --version 2>/dev/null | head -n 1)"
section virtual
first vendor /sys/class/dmi/id/sys_vendor; first product /sys/class/dmi/id/product_name; first type /sys/hypervisor/type
say vm "$(systemd-detect-virt --vm 2>/dev/null)"
section container
[ -e /.dockerenv ] && say file /.dockerenv
[ -e /run/.containerenv ] && say file /run/.containerenv
first manager /run/systemd/container
say environment "$(tr '\\0' '\\n' 2>/dev/null </proc/1/environ | sed -n 's/^container=//p')"
say cgroup "$(grep -o -E 'docker|libpod|kubepods|lxc|containerd' /proc/1/cgroup 2>/dev/null | head -n 1)"
say detected "$(systemd-detect-virt --container 2>/dev/null)"
section rights
say uid "$(id -u)"; say groups "$(id -nG 2>/dev/null)"
if [ -e /dev/loop-control ]; then say loop "/dev/loop-control is there"
elif modprobe -n -q loop 2>/dev/null; then say loop "no /dev/loop-control, and modprobe knows the module loop"; fi
if [ "$(id -u)" = 0 ]; then set -- unshare -m -p -f true; else set -- unshare -U -r true; fi
if said=$("$@" 2>&1); then say unshare yes; else say unshare "no: \${said##*: }"; fi
say subuid "$(grep "^$(id -un 2>/dev/null):" /etc/subuid 2>/dev/null | head -n 1)"
section tools; there apt-get; there sudo
true
`;

/** What a machine answered. */
export interface Probe {
  /** A value by its section and name; undefined where the machine did not say, or said nothing. */
  value(section: string, name: string): string | undefined;
  /** Words of a line of /proc/cpuinfo, such as `flags`. */
  words(name: string): readonly string[];
}

export function readProbe(text: string): Probe {
  const values = new Map<string, string>();
  for (const [section, lines] of sections(text)) {
    for (const line of lines.split("\n")) {
      const [, name, value = ""] = /^([^:=]+)[:=](.*)$/.exec(line)?.map((part) => part.trim()) ?? [];
      if (name !== undefined && name !== "" && value !== "") values.set(`${section} ${name}`, value);
    }
  }
  const value = (section: string, name: string) => values.get(`${section} ${name}`);
  return {
    value,
    words: (name) => (value("cpuinfo", name) ?? "").split(/\s+/).filter((word) => word !== ""),
  };
}
