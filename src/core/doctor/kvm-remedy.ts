/** What to try where KVM is there, or could be, and does not do what is asked of it: one rule for `doctor` and `run`. */

/** What is known of the kernel that KVM is part of. */
export interface KvmKernel {
  /** Whether the module is part of the kernel, so that nothing can unload it; undefined where that is not known. */
  readonly builtIn?: boolean | undefined;
  /** Windows starts this kernel, and its command line stands in a file of Windows. */
  readonly wsl?: boolean | undefined;
}

/** Sets parameters of a module that is there, such as `["nested=1"]`. */
export function parameterRemedy(
  module: string,
  parameters: readonly string[],
  { builtIn, wsl }: KvmKernel,
): string {
  const words = parameters.map((parameter) => `${module}.${parameter}`).join(" ");
  if (wsl === true) {
    return `kernelCommandLine=${words} under [wsl2] in %UserProfile%\\.wslconfig, then wsl --shutdown in Windows`;
  }
  const onCommandLine = `${words} on the kernel command line (Debian: GRUB_CMDLINE_LINUX in /etc/default/grub, update-grub, reboot)`;
  if (builtIn === true) return `${module} is built into this kernel: ${onCommandLine}`;
  const reload = `with no guest running: modprobe -r ${module} && modprobe ${module} ${parameters.join(" ")}; to stay: options ${module} ${parameters.join(" ")} in /etc/modprobe.d/kvm.conf`;
  return builtIn === false ? reload : `${reload}; where modprobe says that it is built in: ${onCommandLine}`;
}

/** Loads a module that is not there although the processor shows that it could be. */
export function loadRemedy(modules: readonly string[]): string {
  const each = modules.map((module) => `modprobe ${module} nested=1`).join(", or ");
  return `${each}; if that says "Operation not supported", or dmesg "disabled by bios", the firmware locks it: turn virtualization on there (Intel VT-x, AMD SVM), and power the machine off and on`;
}

/** Who asks for /dev/kvm, and what it answered. */
export interface KvmDevice {
  /** As `ls -l` prints it; undefined where that is not known. */
  readonly listing: string | undefined;
  /** Why it did not open, as the shell says. */
  readonly said: string | undefined;
  readonly isRoot: boolean;
  readonly groups: readonly string[];
  readonly inContainer: boolean;
}

const IN_CONTAINER = "give the container the device (--device /dev/kvm)";

/** Lets a user open /dev/kvm: what helps depends on the device's owner and mode. */
export function deviceRemedy({ listing, said, isRoot, groups, inContainer }: KvmDevice): string {
  if (/no such device/i.test(said ?? "")) return loadRemedy(["kvm_intel", "kvm_amd"]);
  if (/busy/i.test(said ?? "")) {
    return "end the other hypervisor that holds the processor's virtualization (VirtualBox, VMware)";
  }
  if (isRoot) return `this is root, so a container or a policy forbids it: ${IN_CONTAINER}`;
  // Whom the device's mode lets in, a container's list of devices may still refuse.
  if (/not permitted/i.test(said ?? "")) return IN_CONTAINER;
  const [, mode, group] = /^c(\S{9})\S*\s+\d+\s+\S+\s+(\S+)/.exec(listing ?? "") ?? [];
  if (mode === undefined || group === undefined) {
    return "add the user to the group that owns it (ls -l /dev/kvm) and log in again, or run as root";
  }
  if (/^(\d+|nobody|nogroup)$/.test(group)) {
    return inContainer
      ? `its group has no name in this container: ${/^\d+$/.test(group) ? `--group-add ${group}` : "--group-add keep-groups (Podman)"} where the container is started, or run as root in it`
      : `its group ${group} has no name here: ${MAKE_GROUP}`;
  }
  // Never into root's own group: that gives far more than KVM.
  if (!mode.startsWith("rw", 3) || group === "root") {
    const joined = groups.includes("kvm") ? "" : "; usermod -aG kvm USER, and log in again";
    return `group ${group} with mode ${mode} lets root in alone: ${MAKE_GROUP}${joined}; or run as root`;
  }
  if (groups.includes(group)) {
    return `this user is in group ${group}, so a container or a policy forbids it: ${IN_CONTAINER}, or run as root`;
  }
  return `add the user to the group that owns it (usermod -aG ${group} USER) and log in again, or run as root`;
}

const MAKE_GROUP = `as root: chgrp kvm /dev/kvm && chmod 660 /dev/kvm; to stay: KERNEL=="kvm", GROUP="kvm", MODE="0660" in /etc/udev/rules.d/65-kvm.rules, then udevadm control --reload && udevadm trigger`;
