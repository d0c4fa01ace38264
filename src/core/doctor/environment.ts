import type { Examination, Finding } from "./finding.ts";
import type { Probe } from "./probe.ts";

/** What is around this machine: a hypervisor, an emulator, a container. */
export function environmentFindings({ probe }: Examination): readonly Finding[] {
  return [virtualMachine(probe), container(probe)];
}

function virtualMachine(probe: Probe): Finding {
  const common = { id: "virtual-machine", group: "environment" } as const;
  const model = probe.value("cpuinfo", "model name") ?? "";
  const signs = [
    ["flags in /proc/cpuinfo", probe.words("flags").includes("hypervisor") ? "hypervisor" : undefined],
    ["model name", /QEMU (?:TCG|Virtual) CPU/.test(model) ? model : undefined],
    [
      "DMI",
      [probe.value("virtual", "vendor"), probe.value("virtual", "product")]
        .filter((part) => part !== undefined)
        .join(" "),
    ],
    ["/sys/hypervisor/type", probe.value("virtual", "type")],
    ["systemd-detect-virt", probe.value("virtual", "vm")],
  ].filter(([, found]) => found !== undefined && found !== "" && found !== "none");
  const evidence = signs.map(([where, found]) => `${where}: ${found}`).join("; ");
  if (/QEMU TCG CPU/.test(model)) {
    return {
      ...common,
      level: "hindrance",
      what: "the processor is emulated by QEMU: entering and leaving guests costs what it costs the emulator",
      evidence,
      remedy: "figures of a processor need a machine that is not emulated; figures made here must say so",
    };
  }
  if (!probe.words("flags").includes("hypervisor") && hypervisorName(probe) === undefined) {
    return {
      ...common,
      level: "fine",
      what: "no hypervisor is seen below this machine",
      evidence: evidence || "no sign of one",
    };
  }
  return {
    ...common,
    level: "notice",
    what: `this machine is a virtual one (${hypervisorName(probe) ?? "its hypervisor does not say which"}): L0 here is a guest already`,
    evidence,
    remedy: "levels count from here; for an L0 without a hypervisor below take a physical machine",
  };
}

/** By what each prints of itself; undefined where nothing names one. */
function hypervisorName(probe: Probe): string | undefined {
  const detected = probe.value("virtual", "vm");
  if (detected !== undefined && detected !== "none") return detected;
  const said = [
    probe.value("virtual", "vendor"),
    probe.value("virtual", "product"),
    probe.value("virtual", "type"),
  ].join(" ");
  const named = HYPERVISORS.find(([pattern]) => pattern.test(said))?.[1];
  // Firecracker, like a microvm of QEMU, has no DMI table; the clock it offers is KVM's.
  return named ?? (probe.value("clock", "available")?.includes("kvm-clock") ? "kvm" : undefined);
}

const HYPERVISORS: readonly (readonly [RegExp, string])[] = [
  [/vmware/i, "VMware"],
  [/virtualbox|innotek/i, "VirtualBox"],
  [/microsoft.*virtual/i, "Hyper-V"],
  [/amazon ec2/i, "Amazon EC2"],
  [/google/i, "Google Compute Engine"],
  [/parallels/i, "Parallels"],
  [/bochs/i, "Bochs"],
  [/qemu|kvm/i, "QEMU"],
  [/xen/i, "Xen"],
];

function container(probe: Probe): Finding {
  const common = { id: "container", group: "environment" } as const;
  const sources = [
    ["file", probe.value("container", "file")],
    ["/run/systemd/container", probe.value("container", "manager")],
    ["container in the environment of process 1", probe.value("container", "environment")],
    ["/proc/1/cgroup", probe.value("container", "cgroup")],
    ["systemd-detect-virt", probe.value("container", "detected")],
  ].filter(([, found]) => found !== undefined && found !== "none");
  if (sources.length === 0) {
    return {
      ...common,
      level: "fine",
      what: "no container is seen around this program",
      evidence: "no sign of one",
    };
  }
  const [, sign = ""] = sources.at(-1) ?? [];
  const name = sign === "/.dockerenv" ? "docker" : sign === "/run/.containerenv" ? "podman" : sign;
  return {
    ...common,
    level: "notice",
    what: `this looks like a container (${name}): its limits of CPU, memory and devices hold beside the machine's`,
    evidence: sources.map(([where, found]) => `${where}: ${found}`).join("; "),
    remedy: "measure outside of it; inside, L0 on real hardware needs --privileged and --device /dev/kvm",
  };
}
