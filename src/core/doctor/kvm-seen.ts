import { deviceRemedy, type KvmKernel } from "./kvm-remedy.ts";
import type { Probe } from "./probe.ts";

/** What a machine says of the kernel that KVM is part of. */
export function kvmKernel(probe: Probe): KvmKernel {
  const said = probe.value("kvm", "builtin");
  const wsl = isWsl(probe);
  return { wsl, ...(said === undefined ? {} : { builtIn: said === "yes" }) };
}

/** Linux in a guest of Hyper-V that Windows starts and configures. */
function isWsl(probe: Probe): boolean {
  return (
    probe.value("container", "detected") === "wsl" ||
    /microsoft.*wsl/i.test(probe.value("system", "kernel") ?? "")
  );
}

/** What lets this user open /dev/kvm. */
export function deviceRemedyFor(probe: Probe): string {
  const signs = ["file", "manager", "environment", "cgroup", "detected"];
  return deviceRemedy({
    listing: probe.value("kvm", "device"),
    said: probe.value("kvm", "open"),
    isRoot: probe.value("rights", "uid") === "0",
    groups: (probe.value("rights", "groups") ?? "").split(" "),
    inContainer: signs.some((sign) => (probe.value("container", sign) ?? "none") !== "none"),
  });
}
