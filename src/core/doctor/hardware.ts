import type { Problem } from "../base/problem.ts";
import { about, type Examination, type Finding } from "./finding.ts";
import { loadRemedy, parameterRemedy } from "./kvm-remedy.ts";
import { deviceRemedyFor, kvmKernel } from "./kvm-seen.ts";
import type { KvmTrial } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** Whether a stack can stand here at all, and whether KVM can carry it. */
export function hardwareFindings({ probe, kvm }: Examination): readonly Finding[] {
  if (!isSupported(probe)) return [unsupportedMachine(probe)];
  const model = probe.value("cpuinfo", "model name") ?? "a processor without a name";
  return [
    about("architecture", "hardware", `${architectureOf(probe)}, ${model}`).fine(
      "the platform x86_64-kvm runs on this architecture",
    ),
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

function unsupportedMachine(probe: Probe): Finding {
  const system = probe.value("system", "system");
  const evidence = `uname: ${system ?? "no answer"}, ${architectureOf(probe)}`;
  return about("architecture", "hardware", evidence).fatal(
    system === "Linux"
      ? `dvirt has no platform for ${architectureOf(probe)}: x86_64-kvm is the only one on the own processors of a machine`
      : `dvirt needs Linux on x86_64, and this is ${system ?? "a machine that does not say what it is"}`,
    "an x86_64 machine with Linux, real or virtual; published studies and stored runs can be read here all the same",
  );
}

/** The flag by which the processor offers virtualization: `svm` of AMD, `vmx` of Intel. */
export function extensionOf(probe: Probe): "svm" | "vmx" | undefined {
  const flags = probe.words("flags");
  return flags.includes("svm") ? "svm" : flags.includes("vmx") ? "vmx" : undefined;
}

function extensionFinding(probe: Probe, kvm: KvmTrial): Finding {
  const flag = extensionOf(probe);
  const evidence = `${flag ?? "neither svm nor vmx"} among the flags in /proc/cpuinfo`;
  const offered = about("virtualization-extensions", "hardware", evidence);
  if (flag !== undefined) {
    return offered.fine(`the processor offers ${flag === "svm" ? "AMD SVM" : "Intel VT-x"}`);
  }
  const missing = kvm.proof.kind === "booted" ? offered.notice : offered.hindrance;
  return missing(
    "the processor offers neither AMD SVM nor Intel VT-x",
    kvmKernel(probe).wsl === true
      ? "nestedVirtualization=true under [wsl2] in %UserProfile%\\.wslconfig (Windows 11), then wsl --shutdown in Windows; emulated hardware needs none"
      : probe.words("flags").includes("hypervisor")
        ? "turn nested virtualization on in the hypervisor below, or take a machine that has it; emulated hardware needs none"
        : "turn virtualization on in the firmware (SVM, VT-x); emulated hardware needs none",
  );
}

/** KVM as a whole. What hinders only deeper guests is a finding on nesting. */
function kvmFinding(probe: Probe, { obstacles, proof }: KvmTrial): Finding {
  const known = knownOfKvm(probe);
  const because = (evidence: string) => about("kvm", "hardware", evidence);
  const obstacle = obstacles.find(({ code }) => code !== "no-nested-kvm");
  if (obstacle !== undefined) {
    const said = obstacle.evidence?.trim() ?? "";
    const remedy = obstacle.code === "no-kvm-rights" ? deviceRemedyFor(probe) : absentRemedy(probe, obstacle);
    return because(said === "" ? known : `${known}; ${said}`).hindrance(obstacle.what, remedy);
  }
  if (proof.kind === "booted") {
    const evidence = `it answered after ${proof.seconds.toFixed(1)} s; ${known}`;
    return because(evidence).fine("KVM works: a tiny guest booted");
  }
  return because(known).notice(
    `KVM is not proved to work: ${proof.why}`,
    "dvirt run builds what is missing and tries; then ask dvirt doctor again",
  );
}

/** The doctor knows which of the two modules the processor needs. */
function absentRemedy(probe: Probe, { code, hint }: Problem): string | undefined {
  const extension = extensionOf(probe);
  return code === "no-kvm" && extension !== undefined
    ? loadRemedy([extension === "svm" ? "kvm_amd" : "kvm_intel"])
    : hint;
}

/** What flags, device and module say, which proves nothing. */
function knownOfKvm(probe: Probe): string {
  const device = probe.value("kvm", "device");
  const opened = probe.value("kvm", "open");
  const module = probe.value("kvm", "module");
  const firmware = probe.value("kvm", "firmware");
  return [
    device === undefined
      ? "no /dev/kvm"
      : `/dev/kvm ${opened === "yes" ? "opens" : `does not open (${opened ?? "not tried"})`}`,
    module === undefined ? "neither kvm_amd nor kvm_intel is loaded as a module" : `${module} is loaded`,
    extensionOf(probe) === undefined ? "neither svm nor vmx" : `${extensionOf(probe)} is offered`,
    ...(firmware === undefined ? [] : [`dmesg: ${firmware}`]),
  ].join(", ");
}

function pagingFindings(probe: Probe): readonly Finding[] {
  const extension = extensionOf(probe);
  if (extension === undefined) return [];
  const [name, parameter, module] =
    extension === "svm" ? (["NPT", "npt", "kvm_amd"] as const) : (["EPT", "ept", "kvm_intel"] as const);
  const set = probe.value("kvm", parameter);
  const inFlags = probe.words("flags").includes(parameter) || probe.words("vmx flags").includes(parameter);
  const evidence = `${module}.${parameter} is ${set ?? "not readable"}, ${parameter} is ${inFlags ? "" : "not "}among the processor's flags`;
  const paging = about("second-level-paging", "hardware", evidence);
  if (isOn(set) || (set === undefined && inFlags)) {
    return [paging.fine(`nested paging (${name}) is there${set === undefined ? "" : " and on"}`)];
  }
  return [
    paging.hindrance(
      `nested paging (${name}) is ${inFlags ? "off" : "not offered"}: KVM shadows page tables, and each level multiplies that`,
      inFlags
        ? parameterRemedy(module, [`${parameter}=1`, "nested=1"], kvmKernel(probe))
        : "a processor, or a hypervisor below, that offers it",
    ),
  ];
}

/** A parameter of a kernel module as it is printed: `Y` and `1` are on. */
export function isOn(value: string | undefined): boolean {
  return value === "Y" || value === "y" || value === "1";
}
