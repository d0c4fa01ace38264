import type { Examination, Finding } from "./finding.ts";
import { hardwareFor } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** What this user may do, of all that a stack asks for. */
export function rightsFindings(examination: Examination): readonly Finding[] {
  const { probe } = examination;
  return [
    ...kvmDevice(probe),
    rootFinding(examination),
    ...loopDevices(examination),
    unshareFinding(examination),
    ...subordinateUsers(examination),
  ];
}

function isRoot(probe: Probe): boolean {
  return probe.value("rights", "uid") === "0";
}

function kvmDevice(probe: Probe): readonly Finding[] {
  const device = probe.value("kvm", "device");
  if (device === undefined) return [];
  const opened = probe.value("kvm", "open");
  const common = { id: "kvm-rights", group: "rights" } as const;
  if (opened === "yes")
    return [{ ...common, level: "fine", what: "/dev/kvm may be opened", evidence: device }];
  return [
    {
      ...common,
      level: "hindrance",
      what: "/dev/kvm may not be opened",
      evidence: `${device}; opening it: ${opened ?? "not tried"}; this user is in ${probe.value("rights", "groups") ?? "no group"}`,
      remedy: isRoot(probe)
        ? "this is root, so a container or a policy forbids it: give the container the device (--device /dev/kvm)"
        : "add the user to the group that owns it (usermod -aG kvm USER) and log in again, or run as root",
    },
  ];
}

function rootFinding({ probe, kvm }: Examination): Finding {
  const common = {
    id: "root",
    group: "rights",
    evidence: `user id ${probe.value("rights", "uid") ?? "unknown"}`,
  } as const;
  if (isRoot(probe)) return { ...common, level: "fine", what: "this user is root" };
  return hardwareFor(kvm).hardware === "real"
    ? {
        ...common,
        level: "hindrance",
        what: "measuring with L0 on real hardware mounts the image and a scratch disk, which needs root",
        remedy: "sudo ./dvirt run, or ./dvirt run --hardware emulated",
      }
    : { ...common, level: "fine", what: "this user is not root, and emulated hardware needs none" };
}

/** The image and the scratch disk become block devices where L0 is this host. */
function loopDevices({ probe, kvm }: Examination): readonly Finding[] {
  if (!isRoot(probe)) return [];
  const common = { id: "loop-devices", group: "rights" } as const;
  const source = probe.value("rights", "loop");
  if (source !== undefined) {
    return [{ ...common, level: "fine", what: "loop devices can be had", evidence: source }];
  }
  return [
    {
      ...common,
      level: hardwareFor(kvm).hardware === "real" ? "hindrance" : "notice",
      what: "there are no loop devices, which L0 on real hardware needs for its disks",
      evidence: "no /dev/loop-control, and modprobe knows no module loop",
      remedy: "a kernel with the module loop; in a container, devices must be let in from outside",
    },
  ];
}

function unshareFinding({ probe, kvm, cache }: Examination): Finding {
  const common = { id: "unshare", group: "rights" } as const;
  const answer = probe.value("rights", "unshare") ?? "not tried";
  const [tried, purpose] = isRoot(probe)
    ? (["unshare -m -p -f true", "mount and process namespaces"] as const)
    : (["unshare -U -r true", "user namespaces"] as const);
  const evidence = `${tried}: ${answer === "yes" ? "works" : answer}`;
  if (answer === "yes") return { ...common, level: "fine", what: `${purpose} can be had`, evidence };
  const needed = isRoot(probe) ? hardwareFor(kvm).hardware === "real" : true;
  return {
    ...common,
    level: needed || cache.imageId === undefined ? "hindrance" : "notice",
    what: `${purpose} cannot be had: L0 on real hardware and building the guest image need them`,
    evidence,
    remedy: isRoot(probe)
      ? "a container needs CAP_SYS_ADMIN for that (--privileged)"
      : "sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu; or run as root",
  };
}

/** Without root, mmdebstrap maps a range of users of its own into the image it builds. */
function subordinateUsers({ probe, cache }: Examination): readonly Finding[] {
  if (isRoot(probe) || cache.imageId !== undefined) return [];
  const common = { id: "subordinate-users", group: "rights" } as const;
  const range = probe.value("rights", "subuid");
  return [
    range === undefined
      ? {
          ...common,
          level: "hindrance",
          what: "this user has no range of subordinate users, which building the guest image without root needs",
          evidence: "no line of this user in /etc/subuid",
          remedy:
            "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER (as root), or run as root",
        }
      : {
          ...common,
          level: "fine",
          what: "this user has subordinate users",
          evidence: `/etc/subuid: ${range}`,
        },
  ];
}
