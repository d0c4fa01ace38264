import { describe, expect, test } from "vitest";
import { deviceRemedy, type KvmDevice } from "../../../../src/core/doctor/kvm-remedy.ts";

const listing = (mode: string, group: string) => `crw${mode} 1 root ${group} 10, 232 Jan  1 00:00 /dev/kvm`;
const USER: KvmDevice = {
  listing: listing("-rw----", "kvm"),
  said: "no: Permission denied",
  isRoot: false,
  groups: ["somebody"],
  inContainer: false,
};
const of = (different: Partial<KvmDevice>) => deviceRemedy({ ...USER, ...different });

describe("/dev/kvm that does not open", () => {
  test.each([
    ["its group may", {}, "usermod -aG kvm USER"],
    ["another group may", { listing: listing("-rw----", "libvirt") }, "usermod -aG libvirt USER"],
    ["it has an access list", { listing: listing("-rw----+", "kvm") }, "usermod -aG kvm USER"],
    ["the user is in its group", { groups: ["somebody", "kvm"] }, "--device /dev/kvm"],
    ["root's group may", { listing: listing("-rw----", "root") }, "chgrp kvm /dev/kvm"],
    ["no group may", { listing: listing("-------", "kvm"), groups: ["kvm"] }, "chmod 660 /dev/kvm"],
    ["its group may read alone", { listing: listing("-r-----", "kvm"), groups: ["kvm"] }, "65-kvm.rules"],
    [
      "its group has no name in a container",
      { listing: listing("-rw----", "106"), inContainer: true },
      "--group-add 106",
    ],
    ["its group is not mapped", { listing: listing("-rw----", "nogroup"), inContainer: true }, "keep-groups"],
    ["its group has no name", { listing: listing("-rw----", "36") }, "chgrp kvm /dev/kvm"],
    ["a list of devices forbids it", { said: "no: Operation not permitted" }, "--device /dev/kvm"],
    ["root may not", { isRoot: true }, "--device /dev/kvm"],
    ["no module is behind it", { said: "no: No such device" }, "modprobe kvm_intel"],
    ["another hypervisor has it", { said: "no: Device or resource busy" }, "VirtualBox"],
    ["nothing is known of it", { listing: undefined }, "ls -l /dev/kvm"],
  ])("where %s", (_why, different, remedy) => {
    expect(of(different)).toContain(remedy);
  });

  test("puts nobody into root's group, and who is in kvm not into it again", () => {
    const root = of({ listing: listing("-rw----", "root"), groups: ["kvm"] });
    expect(root).not.toMatch(/usermod/);
    expect(of({ listing: listing("-------", "root") })).toContain("usermod -aG kvm USER");
  });
});
