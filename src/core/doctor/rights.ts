import { about, type Examination, type Finding } from "./finding.ts";
import { deviceRemedyFor } from "./kvm-seen.ts";
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
  const because = (evidence: string) => about("kvm-rights", "rights", evidence);
  if (opened === "yes") return [because(device).fine("/dev/kvm may be opened")];
  const groups = probe.value("rights", "groups") ?? "no group";
  return [
    because(`${device}; opening it: ${opened ?? "not tried"}; this user is in ${groups}`).hindrance(
      "/dev/kvm may not be opened",
      deviceRemedyFor(probe),
    ),
  ];
}

function rootFinding({ probe, kvm }: Examination): Finding {
  const user = about("root", "rights", `user id ${probe.value("rights", "uid") ?? "unknown"}`);
  if (isRoot(probe)) return user.fine("this user is root");
  return hardwareFor(kvm).hardware === "real"
    ? user.hindrance(
        "measuring with L0 on real hardware mounts the image and a scratch disk, which needs root",
        "sudo dvirt run, or dvirt run --hardware emulated",
      )
    : user.fine("this user is not root, and emulated hardware needs none");
}

/** Where L0 is this host, loop devices make block devices of the image and the scratch disk. */
function loopDevices({ probe, kvm }: Examination): readonly Finding[] {
  if (!isRoot(probe)) return [];
  const source = probe.value("rights", "loop");
  const loops = about(
    "loop-devices",
    "rights",
    source ?? "no /dev/loop-control, and modprobe knows no module loop",
  );
  if (source !== undefined) return [loops.fine("loop devices are available")];
  const missing = hardwareFor(kvm).hardware === "real" ? loops.hindrance : loops.notice;
  return [
    missing(
      "there are no loop devices, which L0 on real hardware needs for its disks",
      "a kernel with the module loop; in a container, devices must be let in from outside",
    ),
  ];
}

function unshareFinding({ probe, kvm, cache }: Examination): Finding {
  const answer = probe.value("rights", "unshare") ?? "not tried";
  const [tried, purpose] = isRoot(probe)
    ? (["unshare -m -p -f true", "mount and process namespaces"] as const)
    : (["unshare -U -r true", "user namespaces"] as const);
  const namespaces = about("unshare", "rights", `${tried}: ${answer === "yes" ? "works" : answer}`);
  if (answer === "yes") return namespaces.fine(`${purpose} are available`);
  const needed = isRoot(probe) ? hardwareFor(kvm).hardware === "real" : true;
  const missing = needed || cache.imageId === undefined ? namespaces.hindrance : namespaces.notice;
  return missing(
    `${purpose} are not available: L0 on real hardware and building the guest image need them`,
    isRoot(probe)
      ? "a container needs CAP_SYS_ADMIN for that (--privileged)"
      : "sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu; or run as root",
  );
}

/** Without root, mmdebstrap maps a range of users of its own into the image it builds. */
function subordinateUsers({ probe, cache }: Examination): readonly Finding[] {
  if (isRoot(probe) || cache.imageId !== undefined) return [];
  const range = probe.value("rights", "subuid");
  const because = (evidence: string) => about("subordinate-users", "rights", evidence);
  return [
    range === undefined
      ? because("no line of this user in /etc/subuid").hindrance(
          "this user has no range of subordinate users, which building the guest image without root needs",
          "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER (as root), or run as root",
        )
      : because(`/etc/subuid: ${range}`).fine("this user has subordinate users"),
  ];
}
