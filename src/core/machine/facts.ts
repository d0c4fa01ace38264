import { withoutAddresses } from "../base/addresses.ts";
import { formatBytes } from "../base/units.ts";
import { innermostHypervisor } from "./hypervisor.ts";
import { processorText } from "./processor.ts";
import { readSysinfo, sysinfoText } from "./sysinfo.ts";
import { xenText } from "./xen-facts.ts";

/** Shell functions: `section NAME` begins a section, `show FILE` prints a file, `each FILE…` the first line of each beside its name. */
export const READING_FUNCTIONS = `
section() { printf '== %s\\n' "$1"; }
show() { [ ! -r "$1" ] || while IFS= read -r line; do printf '%s\\n' "$line"; done <"$1"; }
each() { for file; do [ -r "$file" ] && IFS= read -r line <"$file" && printf '%s:%s\\n' "$file" "$line"; done; }
`;

/**
 * What is read from a machine. It is raw text first, so that the text can be kept; parsing comes later. Each entry is a
 * section of that text and the shell that prints it. The shell reads files itself (`show`, `each`): starting a process
 * costs a guest's guest on an emulated computer 0.1 s.
 */
const SECTIONS = {
  kernel: "show /proc/sys/kernel/osrelease",
  architecture: "echo $machine",
  "kernel-arguments": `for word in $(show /proc/cmdline); do
  case $word in dvirt.key=*) ;; *) printf '%s ' "$word" ;; esac
done; echo`,
  cpuinfo: `while IFS= read -r line && [ -n "$line" ]; do printf '%s\\n' "$line"; done </proc/cpuinfo`,
  cpus: "nproc",
  smt: "show /sys/devices/system/cpu/smt/active",
  governor: "show /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
  memory: `while IFS= read -r line; do
  case $line in MemTotal:* | MemAvailable:* | SwapTotal:* | HugePages_Total:* | Hugepagesize:*) printf '%s\\n' "$line" ;; esac
done </proc/meminfo`,
  clocksource: "show /sys/devices/system/clocksource/clocksource0/current_clocksource",
  "transparent-hugepages": "show /sys/kernel/mm/transparent_hugepage/enabled",
  ksm: "show /sys/kernel/mm/ksm/run",
  dmi: "show /sys/class/dmi/id/sys_vendor; show /sys/class/dmi/id/product_name",
  kvm: `for module in kvm_amd kvm_intel kvm; do
  [ -r /sys/module/$module/parameters/nested ] || continue
  echo "module=$module"
  for p in nested npt ept; do
    [ -r /sys/module/$module/parameters/$p ] && IFS= read -r line </sys/module/$module/parameters/$p && echo "$p=$line"
  done
done; [ -c /dev/kvm ] && echo device=/dev/kvm`,
  mitigations: "cd /sys/devices/system/cpu/vulnerabilities && each *; cd /",
  // The image says it, because asking QEMU has a cold guest's guest read all of it first.
  qemu: `if [ -r /usr/lib/dvirt/qemu-version ]; then show /usr/lib/dvirt/qemu-version
else qemu-system-$machine --version 2>/dev/null | head -n 1; fi`,
  image: "show /usr/lib/dvirt/image-id",
  "kernel-log": "dmesg 2>/dev/null | tail -n 25",
} as const;

/** Sections that only some machines have: the condition, and the shell that prints. */
const SECTIONS_WHERE = {
  /** s390x. */
  sysinfo: ["[ -r /proc/sysinfo ]", "show /proc/sysinfo"],
  xen: [
    "[ -r /sys/hypervisor/type ]",
    `cd /sys/hypervisor; for name in type version/major version/minor version/extra guest_type; do
  echo "$name=$(show $name)"
done; echo "capabilities=$(show /proc/xen/capabilities)"; cd /`,
  ],
  /** Not where the image runs: its id says more, and asking a server for its version takes a guest's guest a second. */
  tools: [
    "[ ! -e /usr/lib/dvirt/image-id ]",
    "{ sysbench --version; mariadbd --version | sed 's/.*Ver/mariadbd/'; } 2>/dev/null",
  ],
} as const;

type SectionName = keyof typeof SECTIONS | keyof typeof SECTIONS_WHERE;

/** Prints one `== name` header per section. Run on every level after each bring-up. */
export const FACTS_SCRIPT = `
${READING_FUNCTIONS}
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would count them, and not the CPUs
machine=$(uname -m)
${Object.entries(SECTIONS)
  .map(([name, script]) => `section ${name}; ${script}`)
  .join("\n")}
${Object.entries(SECTIONS_WHERE)
  .map(([name, [condition, script]]) => `if ${condition}; then section ${name}; ${script}; fi`)
  .join("\n")}
`;

/** The sections of a machine's answer by name, as text that can be shown; a section may be empty. */
export function sections(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text.toWellFormed().split(/^== /m).slice(1)) {
    const end = part.indexOf("\n");
    found.set(
      end < 0 ? part.trim() : part.slice(0, end).trim(),
      end < 0 ? "" : part.slice(end + 1).trimEnd(),
    );
  }
  return found;
}

export interface KvmFacts {
  readonly module: string;
  readonly nested: boolean;
  readonly secondLevelPaging: boolean;
}

/** One row of the table of facts. */
export interface Fact<Value> {
  /** Its name in tables. */
  readonly title: string;
  /** The value's unit; absent for text. */
  readonly unit?: "B" | "CPUs";
  /** Where it is read from. */
  readonly from: readonly SectionName[];
  /** Only a machine that runs a hypervisor has it; absent where every machine does. */
  readonly levels?: "hosting";
  /** Absent where observations of machines that differ in it may not be merged, nor their absolute figures compared. */
  readonly match?: "may differ";
  readonly read: (section: SectionReader) => Value;
  /** The value as text for people; empty where it is not known. */
  readonly text: (value: Value) => string;
}

type SectionReader = (name: SectionName) => string;

const asItIs = (value: string): string => value;

/** A row, whose value its `read` decides. */
function fact<Value>(row: Fact<Value>): Fact<Value> {
  return row;
}

/** What a machine said in one section, as it is. */
function said(title: string, name: SectionName): Fact<string> {
  return { title, from: [name], read: (section) => section(name), text: asItIs };
}

const SWITCH: Readonly<Record<string, "on" | "off">> = { 1: "on", 0: "off" };

/** A switch of the kernel, which it shows as 1 or 0. */
function switched(title: string, name: SectionName): Fact<"on" | "off" | "unknown"> {
  return {
    title,
    from: [name],
    read: (section) => SWITCH[section(name)] ?? "unknown",
    text: (value) => (value === "unknown" ? "" : value),
  };
}

/** An amount of memory, of which there may be none. */
function memory(title: string, bytes: (memory: string) => number): Fact<number> {
  return {
    title,
    unit: "B",
    from: ["memory"],
    read: (section) => bytes(section("memory")),
    text: (value) => (value === 0 ? "none" : formatBytes(value)),
  };
}

const TABLE = {
  architecture: said("architecture", "architecture"),
  /** On s390x the whole chain; elsewhere what CPUID and DMI say of the innermost, such as `QEMU Standard PC`. */
  hypervisor: fact({
    title: "hypervisor below",
    from: ["sysinfo", "xen", "cpuinfo", "dmi", "architecture"],
    read: hypervisorBelow,
    text: asItIs,
  }),
  cpuModel: fact({
    title: "processor",
    from: ["cpuinfo", "sysinfo"],
    read: (section) => processorText(pairs(section("cpuinfo"), ":")) || mainframe(section("sysinfo")),
    text: asItIs,
  }),
  cpuFlags: fact({
    title: "processor flags",
    from: ["cpuinfo"],
    read: (section) => allFlags(section("cpuinfo")).filter((flag) => FLAGS_THAT_MATTER.includes(flag)),
    text: (flags) => flags.join(" "),
  }),
  cpus: fact({
    title: "CPUs",
    unit: "CPUs",
    from: ["cpus"],
    read: (section) => Number(section("cpus")),
    text: String,
  }),
  smt: switched("simultaneous multithreading", "smt"),
  governor: said("frequency governor", "governor"),
  memoryBytes: fact({ ...memory("memory", (text) => kibibytes(text, "MemTotal")), text: formatBytes }),
  swapBytes: fact({ ...memory("swap", (text) => kibibytes(text, "SwapTotal")), match: "may differ" }),
  hugePagesBytes: memory(
    "reserved huge pages",
    (text) => Number(pairs(text, ":").get("HugePages_Total") ?? 0) * kibibytes(text, "Hugepagesize"),
  ),
  kernel: said("kernel", "kernel"),
  /** On real hardware they name a host's disks; what matters of them is a fact of its own. */
  kernelArguments: fact({
    ...said("kernel arguments", "kernel-arguments"),
    match: "may differ",
    text: withoutAddresses, // a network boot has them
  }),
  clockSource: said("clock source", "clocksource"),
  transparentHugePages: fact({
    title: "transparent huge pages",
    from: ["transparent-hugepages"],
    read: (section) => /\[(\w+)\]/.exec(section("transparent-hugepages"))?.[1] ?? "",
    text: asItIs,
  }),
  ksm: switched("same-page merging", "ksm"),
  /** Each known weakness of the processor with what the kernel does about it, in alphabetical order; shown where it has it. */
  mitigations: fact({
    title: "mitigations",
    from: ["mitigations"],
    read: (section) =>
      section("mitigations")
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
    text: (lines) => lines.filter((line) => !line.endsWith(":Not affected")).join("; "),
  }),
  qemuVersion: fact({
    title: "QEMU",
    from: ["qemu"],
    read: (section) => /version ([\d.]+)/.exec(section("qemu"))?.[1] ?? "",
    text: asItIs,
  }),
  kvm: fact({
    title: "hosts by",
    from: ["kvm", "architecture"],
    levels: "hosting",
    read: (section) => kvmFacts(section("kvm"), section("architecture")),
    text: (kvm) => (kvm === undefined ? "none" : `${kvm.module}, nested ${kvm.nested ? "on" : "off"}`),
  }),
  /** A hash of the image's recipe and of every package's version. */
  imageId: said("image", "image"),
  /** What measures, where it is not the image's: `sysbench 1.0.20`, `mariadbd 10.11.6-MariaDB …`, each on a line. */
  tools: fact({ ...said("installed tools", "tools"), text: (lines) => lines.split("\n").join(", ") }),
};

export type FactName = keyof typeof TABLE;

/** What is known of a level's machine; each entry of the table says what it is. */
export type MachineFacts = { readonly [Name in FactName]: ReturnType<(typeof TABLE)[Name]["read"]> };

/** Every fact that is kept of a machine. */
export const FACTS: { readonly [Name in FactName]: Fact<MachineFacts[Name]> } = TABLE;

export const FACT_NAMES: readonly FactName[] = Object.keys(FACTS).filter(isFactName);

function isFactName(name: string): name is FactName {
  return name in FACTS;
}

/** One fact of a machine as text for people; `none` or nothing where there is none. */
export function factText<Name extends FactName>(name: Name, facts: MachineFacts): string {
  const fact: Fact<MachineFacts[Name]> = FACTS[name];
  return fact.text(facts[name]);
}

export function parseFacts(text: string): MachineFacts {
  const found = sections(text);
  const section = (name: SectionName) => found.get(name)?.trim() ?? "";
  return {
    architecture: FACTS.architecture.read(section),
    hypervisor: FACTS.hypervisor.read(section),
    cpuModel: FACTS.cpuModel.read(section),
    cpuFlags: FACTS.cpuFlags.read(section),
    cpus: FACTS.cpus.read(section),
    smt: FACTS.smt.read(section),
    governor: FACTS.governor.read(section),
    memoryBytes: FACTS.memoryBytes.read(section),
    swapBytes: FACTS.swapBytes.read(section),
    hugePagesBytes: FACTS.hugePagesBytes.read(section),
    kernel: FACTS.kernel.read(section),
    kernelArguments: FACTS.kernelArguments.read(section),
    clockSource: FACTS.clockSource.read(section),
    transparentHugePages: FACTS.transparentHugePages.read(section),
    ksm: FACTS.ksm.read(section),
    mitigations: FACTS.mitigations.read(section),
    qemuVersion: FACTS.qemuVersion.read(section),
    kvm: FACTS.kvm.read(section),
    imageId: FACTS.imageId.read(section),
    tools: FACTS.tools.read(section),
  };
}

/** A fact in which two machines differ although it must match. */
export interface FactDifference {
  readonly name: FactName;
  readonly found: readonly [string, string];
}

/** Why figures of two machines may not be merged; empty where they may. */
export function mustMatchDifferences(one: MachineFacts, other: MachineFacts): readonly FactDifference[] {
  return FACT_NAMES.flatMap((name) => {
    const found = [factText(name, one), factText(name, other)] as const;
    return FACTS[name].match === undefined && found[0] !== found[1] ? [{ name, found }] : [];
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

function hypervisorBelow(section: SectionReader): string {
  const sysinfo = readSysinfo(section("sysinfo"));
  if (sysinfo !== undefined) return sysinfoText(sysinfo);
  const dmi = section("dmi").split("\n").join(" ").trim();
  const xen = xenText(pairs(section("xen"), "="), dmi);
  if (xen !== undefined) return xen;
  if (section("architecture") === "aarch64") {
    // The processor says nothing of it, and DMI of whole machines of a cloud that there is none.
    const seen = innermostHypervisor({ flags: undefined, vendor: "", dmi });
    return seen.kind === "innermost" && seen.hypervisor === undefined ? `none (${dmi})` : dmi;
  }
  if (allFlags(section("cpuinfo")).includes("hypervisor")) return dmi || "a hypervisor without a name";
  return dmi ? `none (${dmi})` : "none";
}

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
