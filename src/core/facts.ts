/** What is read off a machine, as raw text first; parsing is separate so that the text can be kept. */

/** Prints one `== name` header per fact group. Run on every level after each bring-up. */
export const FACTS_SCRIPT = `
section() { printf '== %s\\n' "$1"; }
section kernel; uname -r
section architecture; uname -m
section kernel-arguments; sed 's/dvirt.key=[^ ]*//' /proc/cmdline
section cpuinfo; awk '/^$/{exit} {print}' /proc/cpuinfo
section cpus; nproc
section memory; grep -E '^(MemTotal|MemAvailable|SwapTotal|HugePages_Total|Hugepagesize)' /proc/meminfo
section clocksource; cat /sys/devices/system/clocksource/clocksource0/current_clocksource
section transparent-hugepages; cat /sys/kernel/mm/transparent_hugepage/enabled
section dmi; cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2>/dev/null
section kvm; for module in kvm_amd kvm_intel; do
  [ -r /sys/module/$module/parameters/nested ] || continue
  echo "module=$module"; echo "nested=$(cat /sys/module/$module/parameters/nested)"
  for p in npt ept; do [ -r /sys/module/$module/parameters/$p ] && echo "$p=$(cat /sys/module/$module/parameters/$p)"; done
done; [ -c /dev/kvm ] && echo device=/dev/kvm
section mitigations; grep -r . /sys/devices/system/cpu/vulnerabilities 2>/dev/null | sed 's#.*/##'
section qemu; qemu-system-x86_64 --version 2>/dev/null | head -n 1
section image; cat /usr/lib/dvirt/image-id 2>/dev/null
section kernel-log; dmesg 2>/dev/null | tail -n 25
`;

/** The sections of such a text, by name; a section may be empty. */
export function sections(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(/^== /m).slice(1)) {
    const end = part.indexOf("\n");
    found.set(
      end < 0 ? part.trim() : part.slice(0, end).trim(),
      end < 0 ? "" : part.slice(end + 1).trimEnd(),
    );
  }
  return found;
}

/** The machine behind a level, in one typed row. */
export interface MachineFacts {
  readonly kernel: string;
  readonly architecture: string;
  readonly cpuModel: string;
  readonly cpuFlags: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
  /** What CPUID and DMI say of the innermost hypervisor, such as `QEMU Standard PC`. */
  readonly hypervisor: string;
  readonly qemuVersion: string;
  readonly clockSource: string;
  readonly transparentHugePages: string;
  /** Each known weakness of the processor with what the kernel does about it, in alphabetical order. */
  readonly mitigations: readonly string[];
  readonly imageId: string;
  readonly kvm: KvmFacts | undefined;
}

export interface KvmFacts {
  readonly module: string;
  readonly nested: boolean;
  readonly secondLevelPaging: boolean;
}

export function parseFacts(text: string): MachineFacts {
  const part = sections(text);
  const get = (name: string) => part.get(name)?.trim() ?? "";
  const cpuinfo = pairs(get("cpuinfo"), ":");
  const flags = (cpuinfo.get("flags") ?? "").split(" ").filter((flag) => flag !== "");
  const memory = pairs(get("memory"), ":");
  const dmi = get("dmi").split("\n").join(" ").trim();
  return {
    kernel: get("kernel"),
    architecture: get("architecture"),
    cpuModel: cpuinfo.get("model name") ?? "",
    cpuFlags: flags.filter((flag) => FLAGS_THAT_MATTER.includes(flag)),
    cpus: Number(get("cpus")),
    memoryBytes: Number.parseInt(memory.get("MemTotal") ?? "0", 10) * 1024,
    hypervisor: flags.includes("hypervisor")
      ? dmi || "a hypervisor without a name"
      : dmi
        ? `none (${dmi})`
        : "none",
    qemuVersion: /version ([\d.]+)/.exec(get("qemu"))?.[1] ?? "",
    clockSource: get("clocksource"),
    transparentHugePages: /\[(\w+)\]/.exec(get("transparent-hugepages"))?.[1] ?? "",
    mitigations: get("mitigations")
      .split("\n")
      .filter((line) => line !== "")
      .sort(),
    imageId: get("image"),
    kvm: kvmFacts(get("kvm")),
  };
}

/** Processor features that change what a layer costs. */
const FLAGS_THAT_MATTER = [
  "hypervisor",
  "svm",
  "vmx",
  "npt",
  "ept",
  "vpid",
  "nrip_save",
  "vgif",
  "v_vmsave_vmload",
  "avic",
  "x2apic",
  "tsc_deadline_timer",
  "constant_tsc",
  "nonstop_tsc",
  "erms",
  "fsrm",
  "pdpe1gb",
];

function kvmFacts(text: string): KvmFacts | undefined {
  const found = pairs(text, "=");
  const module = found.get("module");
  if (module === undefined || !found.has("device")) return undefined;
  const on = (value: string | undefined) => value === "1" || value === "Y";
  return {
    module,
    nested: on(found.get("nested")),
    secondLevelPaging: on(found.get("npt")) || on(found.get("ept")),
  };
}

/** `name: value` lines by name. */
export function pairs(text: string, separator: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const at = line.indexOf(separator);
    if (at > 0) found.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return found;
}
