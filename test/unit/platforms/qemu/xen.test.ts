import { describe, expect, test } from "vitest";
import { kvmGuestArgv } from "../../../../src/platforms/qemu/qemu.ts";
import { xenGuestArgv, xenHostProblems } from "../../../../src/platforms/qemu/xen.ts";
import type { GuestSpec } from "../../../../src/platforms/steps/guest-spec.ts";
import { GUEST_DISKS, GUEST_KERNEL } from "../../../../src/platforms/steps/guest-spec.ts";
import { expectGolden } from "../../golden.ts";

const MIB = 2 ** 20;

function guest(level: number): GuestSpec {
  return {
    level,
    size: { cpus: 1, memoryBytes: (2560 - 1024 * level) * MIB },
    files: { ...GUEST_KERNEL, ...GUEST_DISKS, consoleLog: `/run/dvirt/L${level}.console` },
    scratchCache: "none",
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUp dvirt",
  };
}

describe("Xen between the levels", () => {
  test("the machine that boots Xen, as a guest of KVM, on an emulated computer and on another", () => {
    const host = { ...guest(1), xen: { domain0Bytes: 832 * MIB, emulated: true } };
    expectGolden("xen/host-L1.argv", `${kvmGuestArgv(host).join("\n")}\n`);
    const real = kvmGuestArgv({ ...host, xen: { ...host.xen, emulated: false } });
    expect(real.join(" ")).not.toContain("smap");
  });

  test("its guest", () => {
    expectGolden("xen/guest-L2.argv", `${xenGuestArgv(guest(2)).join("\n")}\n`);
  });

  test.each([
    ["xen\ncontrol_d\ndvirt: domain 0 is ready\n", undefined],
    ["xen\ncontrol_d\nmount: no\n", "L2 needs a domain 0 of Xen, and L1 is one whose daemons did not start"],
    ["xen\nmodprobe: FATAL\n", "L2 needs a domain 0 of Xen, and L1 is another domain"],
    ["", "L2 needs a domain 0 of Xen, and L1 is not on Xen"],
  ])("a parent that answers %j", (answer, what) => {
    expect(xenHostProblems(answer, 2).map((problem) => problem.what)).toEqual(
      what === undefined ? [] : [what],
    );
  });
});
