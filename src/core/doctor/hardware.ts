import type { Examination, Finding } from "./finding.ts";
import type { KvmTrial } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** Whether a stack can stand here at all, and whether KVM can carry it. */
export function hardwareFindings({ probe, kvm }: Examination): readonly Finding[] {
  const unsupported = unsupportedMachine(probe);
  if (unsupported !== undefined) return [unsupported];
  return [
    {
      id: "architecture",
      group: "hardware",
      level: "fine",
      what: "the platform x86_64-kvm runs on this architecture",
      evidence: `${architectureOf(probe)}, ${probe.value("cpuinfo", "model name") ?? "a processor without a name"}`,
    },
    extensionFinding(probe, kvm),
    kvmFinding(probe, kvm),
    ...pagingFindings(probe),
  ];
}

/** Whether dvirt has a platform for this machine; the other findings are about that platform. */
export function isSupported(probe: Probe): boolean {
  return probe.value("system", "system") === "Linux" && architectureOf(probe) === "x86_64";
}

function architectureOf(probe: Probe): string {
  return probe.value("system", "architecture") ?? "an unknown architecture";
}

function unsupportedMachine(probe: Probe): Finding | undefined {
  if (isSupported(probe)) return undefined;
  const system = probe.value("system", "system");
  const evidence = `uname: ${system ?? "no answer"}, ${architectureOf(probe)}`;
  return {
    id: "architecture",
    group: "hardware",
    level: "fatal",
    what:
      system === "Linux"
        ? `dvirt has no platform for ${architectureOf(probe)}: x86_64-kvm is the only one on the own processors of a machine`
        : `dvirt needs Linux on x86_64, and this is ${system ?? "a machine that does not say what it is"}`,
    evidence,
    remedy:
      "an x86_64 machine with Linux, real or virtual; published studies and stored runs can be read here all the same",
  };
}

/** The flag by which the processor offers virtualization: `svm` of AMD, `vmx` of Intel. */
export function extensionOf(probe: Probe): "svm" | "vmx" | undefined {
  const flags = probe.words("flags");
  return flags.includes("svm") ? "svm" : flags.includes("vmx") ? "vmx" : undefined;
}

function extensionFinding(probe: Probe, kvm: KvmTrial): Finding {
  const flag = extensionOf(probe);
  const common = { id: "virtualization-extensions", group: "hardware" } as const;
  if (flag !== undefined) {
    return {
      ...common,
      level: "fine",
      what: `the processor offers ${flag === "svm" ? "AMD SVM" : "Intel VT-x"}`,
      evidence: `${flag} among the flags in /proc/cpuinfo`,
    };
  }
  return {
    ...common,
    level: kvm.proof.kind === "booted" ? "notice" : "hindrance",
    what: "the processor offers neither AMD SVM nor Intel VT-x",
    evidence: "neither svm nor vmx among the flags in /proc/cpuinfo",
    remedy: probe.words("flags").includes("hypervisor")
      ? "turn nested virtualization on in the hypervisor below, or take a machine that has it; emulated hardware needs none"
      : "turn virtualization on in the firmware (SVM, VT-x); emulated hardware needs none",
  };
}

/** KVM as a whole. What is in the way only of deeper guests has its finding among those on nesting. */
function kvmFinding(probe: Probe, { obstacles, proof }: KvmTrial): Finding {
  const common = { id: "kvm", group: "hardware" } as const;
  const known = knownOfKvm(probe);
  const obstacle = obstacles.find(({ code }) => code !== "no-nested-kvm");
  if (obstacle !== undefined) {
    const said = obstacle.evidence?.trim() ?? "";
    return {
      ...common,
      level: "hindrance",
      what: obstacle.what,
      evidence: said === "" ? known : `${known}; ${said}`,
      ...(obstacle.hint === undefined ? {} : { remedy: obstacle.hint }),
    };
  }
  if (proof.kind === "booted") {
    return {
      ...common,
      level: "fine",
      what: "KVM works: a tiny guest booted",
      evidence: `it answered after ${proof.seconds.toFixed(1)} s; ${known}`,
    };
  }
  return {
    ...common,
    level: "notice",
    what: `KVM is not proved to work: ${proof.why}`,
    evidence: known,
    remedy: "dvirt run builds what is missing and tries; then ask dvirt doctor again",
  };
}

/** What flags, device and module say, which proves nothing. */
function knownOfKvm(probe: Probe): string {
  const device = probe.value("kvm", "device");
  const opened = probe.value("kvm", "open");
  const module = probe.value("kvm", "module");
  return [
    device === undefined
      ? "no /dev/kvm"
      : `/dev/kvm ${opened === "yes" ? "opens" : `does not open (${opened ?? "not tried"})`}`,
    module === undefined ? "neither kvm_amd nor kvm_intel is loaded as a module" : `${module} is loaded`,
    extensionOf(probe) === undefined ? "neither svm nor vmx" : `${extensionOf(probe)} is offered`,
  ].join(", ");
}

function pagingFindings(probe: Probe): readonly Finding[] {
  const extension = extensionOf(probe);
  if (extension === undefined) return [];
  const [name, parameter, module] =
    extension === "svm" ? (["NPT", "npt", "kvm_amd"] as const) : (["EPT", "ept", "kvm_intel"] as const);
  const set = probe.value("kvm", parameter);
  const inFlags = probe.words("flags").includes(parameter) || probe.words("vmx flags").includes(parameter);
  const common = { id: "second-level-paging", group: "hardware" } as const;
  const evidence = `${module}.${parameter} is ${set ?? "not readable"}, ${parameter} is ${inFlags ? "" : "not "}among the processor's flags`;
  if (isOn(set) || (set === undefined && inFlags)) {
    return [
      {
        ...common,
        level: "fine",
        what: `nested paging (${name}) is there${set === undefined ? "" : " and on"}`,
        evidence,
      },
    ];
  }
  return [
    {
      ...common,
      level: "hindrance",
      what: `nested paging (${name}) is ${inFlags ? "off" : "not offered"}: KVM shadows page tables, and each level multiplies that`,
      evidence,
      remedy: inFlags
        ? `modprobe -r ${module} && modprobe ${module} ${parameter}=1 nested=1`
        : "a processor, or a hypervisor below, that offers it",
    },
  ];
}

/** A parameter of a kernel module as it is printed: `Y` and `1` are on. */
export function isOn(value: string | undefined): boolean {
  return value === "Y" || value === "y" || value === "1";
}
