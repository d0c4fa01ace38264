import { innermostHypervisor } from "../machine/hypervisor.ts";
import { about, type Examination, type Finding } from "./finding.ts";
import type { Probe } from "./probe.ts";

/** What is around this machine: a hypervisor, an emulator, a container. */
export function environmentFindings({ probe }: Examination): readonly Finding[] {
  return [virtualMachine(probe), container(probe)];
}

function virtualMachine(probe: Probe): Finding {
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
  const found = about("virtual-machine", "environment", evidence || "no sign of one");
  if (/QEMU TCG CPU/.test(model)) {
    return found.hindrance(
      "the processor is emulated by QEMU: entering and leaving guests costs what it costs the emulator",
      "figures of a processor need a machine that is not emulated; figures made here must say so",
    );
  }
  const below = hypervisorBelow(probe);
  if (below === undefined) return found.fine("no hypervisor is seen below this machine");
  return found.notice(
    `this machine is a virtual one (${below}): L0 here is a guest already`,
    "levels count from here; for an L0 without a hypervisor below take a physical machine",
  );
}

/** Undefined where the processor says that there is none: systemd may have a cloud's name from DMI, on its bare metal too. */
function hypervisorBelow(probe: Probe): string | undefined {
  const flags = probe.words("flags");
  const seen = innermostHypervisor({
    flags,
    vendor: flags.includes("hypervisor") ? (probe.value("virtual", "vm") ?? "") : "",
    dmi: `${probe.value("virtual", "vendor") ?? ""} ${probe.value("virtual", "product") ?? ""}`.trim(),
    type: probe.value("virtual", "type"),
    model: probe.value("cpuinfo", "model name"),
  });
  if (seen.kind === "innermost" && seen.hypervisor !== undefined) return seen.hypervisor;
  // Firecracker, like a microvm of QEMU, has no DMI table; the clock it offers is KVM's.
  if (probe.value("clock", "available")?.includes("kvm-clock") === true) return "KVM";
  return seen.kind === "innermost" ? undefined : "its hypervisor does not say which";
}

function container(probe: Probe): Finding {
  const sources = [
    ["file", probe.value("container", "file")],
    ["/run/systemd/container", probe.value("container", "manager")],
    ["container in the environment of process 1", probe.value("container", "environment")],
    ["/proc/1/cgroup", probe.value("container", "cgroup")],
    ["systemd-detect-virt", probe.value("container", "detected")],
  ].filter(([, found]) => found !== undefined && found !== "none");
  const evidence = sources.map(([where, sign]) => `${where}: ${sign}`).join("; ");
  const found = about("container", "environment", evidence || "no sign of one");
  const [, sign] = sources.at(-1) ?? [];
  if (sign === undefined) return found.fine("no container is seen around this program");
  if (sign === "wsl") {
    return found.notice(
      "this is WSL: Windows gives it CPUs and memory as it sees fit, and shares both",
      "memory, processors and kernelCommandLine under [wsl2] in %UserProfile%\\.wslconfig; a machine of its own is quieter",
    );
  }
  const name = sign === "/.dockerenv" ? "docker" : sign === "/run/.containerenv" ? "podman" : sign;
  return found.notice(
    `this looks like a container (${name}): its limits of CPU, memory and devices hold beside the machine's`,
    "measure outside of it; inside, L0 on real hardware needs --privileged and --device /dev/kvm",
  );
}
