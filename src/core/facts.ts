import { readSysinfo, sysinfoText } from "./sysinfo.ts";
import { formatBytes } from "./units.ts";
import { xenText } from "./xen-facts.ts";

/**
 * What is read off a machine, as raw text first; parsing is separate so that the text can be kept. Each entry is a
 * section of that text and the shell that prints it.
 */
const SECTIONS = {
  kernel: "uname -r",
  architecture: "uname -m",
  "kernel-arguments": "sed 's/dvirt.key=[^ ]*//' /proc/cmdline",
  cpuinfo: "awk '/^$/{exit} {print}' /proc/cpuinfo",
  cpus: "nproc",
  smt: "cat /sys/devices/system/cpu/smt/active 2>/dev/null",
  governor: "cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null",
  memory: "grep -E '^(MemTotal|MemAvailable|SwapTotal|HugePages_Total|Hugepagesize)' /proc/meminfo",
  clocksource: "cat /sys/devices/system/clocksource/clocksource0/current_clocksource",
  "transparent-hugepages": "cat /sys/kernel/mm/transparent_hugepage/enabled",
  ksm: "cat /sys/kernel/mm/ksm/run 2>/dev/null",
  dmi: "cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2>/dev/null",
  kvm: `for module in kvm_amd kvm_intel kvm; do
  [ -r /sys/module/$module/parameters/nested ] || continue
  echo "module=$module"; echo "nested=$(cat /sys/module/$module/parameters/nested)"
  for p in npt ept; do [ -r /sys/module/$module/parameters/$p ] && echo "$p=$(cat /sys/module/$module/parameters/$p)"; done
done; [ -c /dev/kvm ] && echo device=/dev/kvm`,
  mitigations: "grep -r . /sys/devices/system/cpu/vulnerabilities 2>/dev/null | sed 's#.*/##'",
  qemu: "qemu-system-$(uname -m) --version 2>/dev/null | head -n 1",
  image: "cat /usr/lib/dvirt/image-id 2>/dev/null",
  "kernel-log": "dmesg 2>/dev/null | tail -n 25",
} as const;

/** Sections that only some machines have: the condition, and the shell that prints. */
const SECTIONS_WHERE = {
  /** s390x. */
  sysinfo: ["[ -r /proc/sysinfo ]", "cat /proc/sysinfo"],
  xen: [
    "[ -r /sys/hypervisor/type ]",
    `cd /sys/hypervisor; for name in type version/major version/minor version/extra guest_type; do
  echo "$name=$(cat $name)"
done; echo "capabilities=$(cat /proc/xen/capabilities 2>/dev/null)"; cd /`,
  ],
  /** Where the image is, its id says more, and asking a server for its version takes a guest's guest a second. */
  tools: [
    "[ ! -e /usr/lib/dvirt/image-id ]",
    "{ sysbench --version; mariadbd --version | sed 's/.*Ver/mariadbd/'; } 2>/dev/null",
  ],
} as const;

type SectionName = keyof typeof SECTIONS | keyof typeof SECTIONS_WHERE;

/** Prints one `== name` header per section. Run on every level after each bring-up. */
export const FACTS_SCRIPT = `
section() { printf '== %s\\n' "$1"; }
${Object.entries(SECTIONS)
  .map(([name, script]) => `section ${name}; ${script}`)
  .join("\n")}
${Object.entries(SECTIONS_WHERE)
  .map(([name, [condition, script]]) => `if ${condition}; then section ${name}; ${script}; fi`)
  .join("\n")}
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

/** The machine behind a level, in one typed row; FACTS says of each what it is. */
export interface MachineFacts {
  readonly architecture: string;
  readonly hypervisor: string;
  readonly cpuModel: string;
  readonly cpuFlags: readonly string[];
  readonly cpus: number;
  readonly smt: "on" | "off" | "unknown";
  readonly governor: string;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  readonly hugePagesBytes: number;
  readonly kernel: string;
  readonly kernelArguments: string;
  readonly clockSource: string;
  readonly transparentHugePages: string;
  readonly ksm: "on" | "off" | "unknown";
  readonly mitigations: readonly string[];
  readonly qemuVersion: string;
  readonly kvm: KvmFacts | undefined;
  readonly imageId: string;
  readonly tools: string;
}

export type FactName = keyof MachineFacts;

export interface KvmFacts {
  readonly module: string;
  readonly nested: boolean;
  readonly secondLevelPaging: boolean;
}

/** One row of the table of facts. */
export interface Fact<Value> {
  /** As tables name it. */
  readonly title: string;
  /** Of the value; absent for text. */
  readonly unit?: "B" | "CPUs";
  /** Where it is read from. */
  readonly from: readonly SectionName[];
  /** `hosting`: only where a hypervisor runs is there anything to read. */
  readonly levels: "every" | "hosting";
  /** `must`: observations of machines that differ in it may not be merged, nor their absolute figures compared. */
  readonly match: "must" | "may differ";
  readonly read: (section: (name: SectionName) => string) => Value;
  /** As people read it; empty where it is not known. */
  readonly text: (value: Value) => string;
}

const asItIs = (value: string): string => value;

/** Every fact that is kept of a machine. */
export const FACTS: { readonly [Name in FactName]: Fact<MachineFacts[Name]> } = {
  architecture: {
    title: "architecture",
    from: ["architecture"],
    levels: "every",
    match: "must",
    read: (section) => section("architecture"),
    text: asItIs,
  },
  /** On s390x the whole chain; elsewhere what CPUID and DMI say of the innermost, such as `QEMU Standard PC`. */
  hypervisor: {
    title: "hypervisor below",
    from: ["sysinfo", "xen", "cpuinfo", "dmi", "architecture"],
    levels: "every",
    match: "must",
    read: (section) => {
      const sysinfo = readSysinfo(section("sysinfo"));
      if (sysinfo !== undefined) return sysinfoText(sysinfo);
      const dmi = section("dmi").split("\n").join(" ").trim();
      const xen = xenText(pairs(section("xen"), "="), dmi);
      if (xen !== undefined) return xen;
      if (section("architecture") === "aarch64") return dmi; // the processor says nothing of it
      if (allFlags(section("cpuinfo")).includes("hypervisor")) return dmi || "a hypervisor without a name";
      return dmi ? `none (${dmi})` : "none";
    },
    text: asItIs,
  },
  cpuModel: {
    title: "processor",
    from: ["cpuinfo", "sysinfo"],
    levels: "every",
    match: "must",
    read: (section) => pairs(section("cpuinfo"), ":").get("model name") ?? mainframe(section("sysinfo")),
    text: asItIs,
  },
  cpuFlags: {
    title: "processor flags",
    from: ["cpuinfo"],
    levels: "every",
    match: "must",
    read: (section) => allFlags(section("cpuinfo")).filter((flag) => FLAGS_THAT_MATTER.includes(flag)),
    text: (flags) => flags.join(" "),
  },
  cpus: {
    title: "CPUs",
    unit: "CPUs",
    from: ["cpus"],
    levels: "every",
    match: "must",
    read: (section) => Number(section("cpus")),
    text: String,
  },
  smt: {
    title: "simultaneous multithreading",
    from: ["smt"],
    levels: "every",
    match: "must",
    read: (section) => onOff(section("smt"), "1", "0"),
    text: known,
  },
  governor: {
    title: "frequency governor",
    from: ["governor"],
    levels: "every",
    match: "must",
    read: (section) => section("governor"),
    text: asItIs,
  },
  memoryBytes: {
    title: "memory",
    unit: "B",
    from: ["memory"],
    levels: "every",
    match: "must",
    read: (section) => kibibytes(section("memory"), "MemTotal"),
    text: formatBytes,
  },
  swapBytes: {
    title: "swap",
    unit: "B",
    from: ["memory"],
    levels: "every",
    match: "may differ",
    read: (section) => kibibytes(section("memory"), "SwapTotal"),
    text: (bytes) => (bytes === 0 ? "none" : formatBytes(bytes)),
  },
  hugePagesBytes: {
    title: "reserved huge pages",
    unit: "B",
    from: ["memory"],
    levels: "every",
    match: "must",
    read: (section) => {
      const memory = pairs(section("memory"), ":");
      return Number(memory.get("HugePages_Total") ?? 0) * kibibytes(section("memory"), "Hugepagesize");
    },
    text: (bytes) => (bytes === 0 ? "none" : formatBytes(bytes)),
  },
  kernel: {
    title: "kernel",
    from: ["kernel"],
    levels: "every",
    match: "must",
    read: (section) => section("kernel"),
    text: asItIs,
  },
  kernelArguments: {
    title: "kernel arguments",
    from: ["kernel-arguments"],
    levels: "every",
    match: "may differ", // on real hardware they name a host's disks; what matters of them is a fact of its own
    read: (section) => section("kernel-arguments"),
    text: asItIs,
  },
  clockSource: {
    title: "clock source",
    from: ["clocksource"],
    levels: "every",
    match: "must",
    read: (section) => section("clocksource"),
    text: asItIs,
  },
  transparentHugePages: {
    title: "transparent huge pages",
    from: ["transparent-hugepages"],
    levels: "every",
    match: "must",
    read: (section) => /\[(\w+)\]/.exec(section("transparent-hugepages"))?.[1] ?? "",
    text: asItIs,
  },
  ksm: {
    title: "same-page merging",
    from: ["ksm"],
    levels: "every",
    match: "must",
    read: (section) => onOff(section("ksm"), "1", "0"),
    text: known,
  },
  /** Each known weakness of the processor with what the kernel does about it, in alphabetical order; shown where it has it. */
  mitigations: {
    title: "mitigations",
    from: ["mitigations"],
    levels: "every",
    match: "must",
    read: (section) =>
      section("mitigations")
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
    text: (lines) => lines.filter((line) => !line.endsWith(":Not affected")).join("; "),
  },
  qemuVersion: {
    title: "QEMU",
    from: ["qemu"],
    levels: "every",
    match: "must",
    read: (section) => /version ([\d.]+)/.exec(section("qemu"))?.[1] ?? "",
    text: asItIs,
  },
  kvm: {
    title: "hosts by",
    from: ["kvm", "architecture"],
    levels: "hosting",
    match: "must",
    read: (section) => kvmFacts(section("kvm"), section("architecture")),
    text: (kvm) => (kvm === undefined ? "none" : `${kvm.module}, nested ${kvm.nested ? "on" : "off"}`),
  },
  /** A hash of the image's recipe and of every package's version. */
  imageId: {
    title: "image",
    from: ["image"],
    levels: "every",
    match: "must",
    read: (section) => section("image"),
    text: asItIs,
  },
  /** What measures, where it is not the image's: `sysbench 1.0.20`, `mariadbd 10.11.6-MariaDB …`, each on a line. */
  tools: {
    title: "installed tools",
    from: ["tools"],
    levels: "every",
    match: "must",
    read: (section) => section("tools"),
    text: (lines) => lines.split("\n").join(", "),
  },
};

export const FACT_NAMES: readonly FactName[] = Object.keys(FACTS).filter(isFactName);

function isFactName(name: string): name is FactName {
  return name in FACTS;
}

/** One fact of a machine as people read it; `none` or nothing where there is none. */
export function factText<Name extends FactName>(name: Name, facts: MachineFacts): string {
  const fact: Fact<MachineFacts[Name]> = FACTS[name];
  return fact.text(facts[name]);
}

export function parseFacts(text: string): MachineFacts {
  const found = sections(text);
  const section = (name: SectionName) => found.get(name)?.trim() ?? "";
  const read = <Name extends FactName>(name: Name): MachineFacts[Name] => {
    const fact: Fact<MachineFacts[Name]> = FACTS[name];
    return fact.read(section);
  };
  return {
    architecture: read("architecture"),
    hypervisor: read("hypervisor"),
    cpuModel: read("cpuModel"),
    cpuFlags: read("cpuFlags"),
    cpus: read("cpus"),
    smt: read("smt"),
    governor: read("governor"),
    memoryBytes: read("memoryBytes"),
    swapBytes: read("swapBytes"),
    hugePagesBytes: read("hugePagesBytes"),
    kernel: read("kernel"),
    kernelArguments: read("kernelArguments"),
    clockSource: read("clockSource"),
    transparentHugePages: read("transparentHugePages"),
    ksm: read("ksm"),
    mitigations: read("mitigations"),
    qemuVersion: read("qemuVersion"),
    kvm: read("kvm"),
    imageId: read("imageId"),
    tools: read("tools"),
  };
}

/** A fact in which two machines differ although it must match. */
export interface FactDifference {
  readonly name: FactName;
  readonly found: readonly [string, string];
}

/** Why what was measured on two machines may not be merged; empty where it may. */
export function mustMatchDifferences(one: MachineFacts, other: MachineFacts): readonly FactDifference[] {
  return FACT_NAMES.flatMap((name) => {
    const found = [factText(name, one), factText(name, other)] as const;
    return FACTS[name].match === "must" && found[0] !== found[1] ? [{ name, found }] : [];
  });
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
  "sie",
];

/** `flags` of x86, `features` of s390x. */
function allFlags(cpuinfo: string): readonly string[] {
  const lines = pairs(cpuinfo, ":");
  return (lines.get("flags") ?? lines.get("features") ?? "").split(" ").filter((flag) => flag !== "");
}

function mainframe(sysinfo: string): string {
  const found = readSysinfo(sysinfo);
  return found === undefined ? "" : `${found.manufacturer} ${found.type} ${found.model}`;
}

function kibibytes(memory: string, name: string): number {
  return Number.parseInt(pairs(memory, ":").get(name) ?? "0", 10) * 1024;
}

function onOff(text: string, on: string, off: string): "on" | "off" | "unknown" {
  return text === on ? "on" : text === off ? "off" : "unknown";
}

function known(value: "on" | "off" | "unknown"): string {
  return value === "unknown" ? "" : value;
}

function kvmFacts(text: string, architecture: string): KvmFacts | undefined {
  const found = pairs(text, "=");
  if (!found.has("device")) return undefined;
  const module = found.get("module");
  // On ARM it is part of the kernel and has no parameters; the processor translates every guest's addresses.
  if (architecture === "aarch64") return { module: "kvm", nested: false, secondLevelPaging: true };
  if (module === undefined) return undefined;
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
