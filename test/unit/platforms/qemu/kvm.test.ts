import { describe, expect, test } from "vitest";
import { kvmProblems } from "../../../../src/platforms/qemu/kvm.ts";

const L1 = { level: 1, hosts: false };
const L1_HOSTS = { level: 1, hosts: true };

describe("KVM is in the way of nothing", () => {
  test.each([
    ["device\naccess\nflag\nkvm_amd nested=1\n", L1_HOSTS],
    ["device\naccess\nflag\nkvm_intel nested=Y\n", L1_HOSTS],
    ["device\naccess\nflag\nkvm_intel nested=N\n", L1],
    ["device\naccess\n", L1],
  ])("where a machine says %j and the guest is %j", (answer, spec) => {
    expect(kvmProblems(answer, spec)).toEqual([]);
  });
});

describe("KVM is in the way", () => {
  test("without a device, where the processor offers no virtualization", () => {
    expect(kvmProblems("", L1)).toEqual([
      {
        code: "no-kvm",
        at: "L1",
        what: "L1 needs /dev/kvm on L0, which has none; its processor offers neither svm nor vmx",
        hint: "turn virtualization on in the firmware or in the hypervisor below, or use --hardware emulated",
        evidence: "",
      },
    ]);
  });

  test("without a device, where the processor offers virtualization, with what modprobe said", () => {
    const answer = "flag\nmodprobe: ERROR: could not insert 'kvm_amd': Operation not supported\nnoise\n";
    expect(kvmProblems(answer, { level: 2, hosts: false })).toEqual([
      {
        code: "no-kvm",
        at: "L2",
        what: "L2 needs /dev/kvm on L1, which has none",
        hint: expect.stringMatching(/modprobe kvm_amd nested=1, or modprobe kvm_intel nested=1.*firmware/),
        evidence: "modprobe: ERROR: could not insert 'kvm_amd': Operation not supported",
      },
    ]);
  });

  test("without the right to open the device", () => {
    expect(kvmProblems("device\nflag\nkvm_amd nested=1\n", L1_HOSTS)).toEqual([
      {
        code: "no-kvm-rights",
        at: "L1",
        what: "/dev/kvm on L0 may not be opened by this user",
        hint: expect.stringContaining("add the user to the group that owns it"),
      },
    ]);
    const listing = "listing=crw------- 1 root root 10, 232 Feb 19 23:07 /dev/kvm";
    expect(kvmProblems(`device\n${listing}\nuid=500\ngroups=kvm\nflag\n`, L1)[0]?.hint).toContain("udev");
  });

  test.each([
    ["kvm_intel", "N"],
    ["kvm_intel", "0"],
    ["kvm_amd", "0"],
  ])("where %s has nested=%s and the guest is to host another", (module, nested) => {
    expect(kvmProblems(`device\naccess\nflag\n${module} nested=${nested}\n`, L1_HOSTS)).toEqual([
      {
        code: "no-nested-kvm",
        at: "L1",
        what: `L1 is to host L2, which needs nested KVM on L0, where ${module}.nested is ${nested}`,
        hint: expect.stringContaining(`modprobe -r ${module} && modprobe ${module} nested=1`),
      },
    ]);
  });

  test("where a module that nests no guests is built into the kernel", () => {
    const [problem] = kvmProblems("device\naccess\nflag\nkvm_amd nested=0\nbuiltin\n", L1_HOSTS);
    expect(problem?.hint).toContain("kvm_amd.nested=1 on the kernel command line");
  });

  test("where no module says whether it nests and the guest is to host another", () => {
    expect(kvmProblems("device\naccess\nflag\n", { level: 2, hosts: true })).toMatchObject([
      {
        code: "no-nested-kvm",
        at: "L2",
        what: "L2 is to host L3, which needs nested KVM on L1, where kvm_intel.nested is not there",
      },
    ]);
  });
});
