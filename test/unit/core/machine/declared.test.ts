import { describe, expect, test } from "vitest";
import {
  agrees,
  declaredProblems,
  observedOf,
  observedText,
  unlikeLevels,
  unlikeText,
} from "../../../../src/core/machine/declared.ts";
import { depth } from "../../../../src/core/trial/guards/depth.ts";
import { fixture } from "../../fixture.ts";
import { machineAt, soundInput } from "../../made-up/guard-input.ts";

const MIB = 2 ** 20;
const mainframe = (name: string) =>
  `== architecture\ns390x\n== cpus\n2\n== memory\nMemTotal: 4000000 kB\n== sysinfo\n${fixture(`sysinfo/${name}.txt`)}`;
const pc = (flags: string, vendor = "", dmi = "") =>
  `== architecture\nx86_64\n== cpuinfo\nflags\t\t: fpu ${flags}\n== dmi\n${dmi}\n== cpus\n2\n== memory\nMemTotal: 4000000 kB\n== vendor\n${vendor}\n`;
const size = { cpus: 2, memoryBytes: 4096 * MIB };

describe("what a machine shows of what is below it", () => {
  test.each([
    ["a partition", mainframe("lpar"), "no hypervisor"],
    ["a guest of second-level z/VM", mainframe("zvm-under-zvm"), "z/VM under z/VM"],
    ["a guest that CPUID names", pc("hypervisor", "VMware"), "VMware right below it"],
    ["a guest that DMI names", pc("hypervisor", "", "QEMU\nStandard PC"), "QEMU right below it"],
    ["a guest without a name", pc("hypervisor"), "one without a name right below it"],
    ["hardware", pc("vmx"), "no hypervisor"],
    [
      "an ARM processor",
      "== architecture\naarch64\n== cpuinfo\nFeatures\t: fp asimd\n",
      "nothing of what is below it",
    ],
  ])("is read from %s", (_what, facts, text) => {
    expect(observedText(observedOf(facts))).toBe(text);
  });

  test.each([
    [["z/VM", "z/VM"], mainframe("zvm-under-zvm"), true],
    [["z/VM"], mainframe("zvm-under-zvm"), false],
    [["KVM", "z/VM"], mainframe("kvm-under-zvm"), true],
    [["z/VM", "KVM"], mainframe("kvm-under-zvm"), false],
    [[], mainframe("lpar"), true],
    [["Hyper-V"], pc("hypervisor", "Microsoft"), true],
    [["kvm", "VMware"], pc("hypervisor", "KVM"), true],
    [["VMware", "KVM"], pc("hypervisor", "KVM"), false],
    [[], pc("hypervisor", "KVM"), false],
    [["KVM"], pc("vmx"), false],
    [[], pc("vmx"), true],
    [undefined, pc("hypervisor"), undefined],
    [["KVM"], "== architecture\naarch64\n", undefined],
  ])("declared as %j agrees or not", (hypervisors, facts, expected) => {
    expect(agrees({ architecture: "s390x", hypervisors }, observedOf(facts))).toBe(expected);
  });
});

describe("a machine of the field", () => {
  const seen = (name: string) => observedOf(fixture(`cases/${name}.txt`));
  const is = (hypervisors: readonly string[], name: string) =>
    agrees({ architecture: "x86_64", hypervisors }, seen(name));

  test.each([
    ["C30-facts-aws-metal", "no hypervisor", [], ["KVM"]],
    ["C33-facts-graviton2-metal", "no hypervisor", [], ["KVM"]],
    ["C34-facts-nutanix", "KVM right below it", ["AHV"], ["Hyper-V"]],
    ["C35-facts-virtualbox", "VirtualBox right below it", ["VirtualBox"], ["KVM"]],
  ])("%s shows %s: it is declared as %j, and never as %j", (name, shown, right, wrong) => {
    expect(observedText(seen(name))).toBe(shown);
    expect([is(right, name), is(wrong, name)]).toEqual([true, false]);
  });

  test("that shows QEMU may be KVM's or an emulator's, and stands on something", () => {
    const name = "C32-facts-arm-qemu";
    expect([["KVM"], ["QEMU"], ["TCG"], ["VMware"], []].map((one) => is(one, name))).toEqual([
      undefined,
      true,
      true,
      false,
      false,
    ]);
  });

  const arm = (dmi: string) =>
    `== architecture\naarch64\n== cpuinfo\nFeatures\t: fp\n== dmi\n${dmi}\n== vendor\n\n`;

  test.each([
    ["a cloud's name in DMI, and no flag", pc("vmx", "", "Google\nGoogle Compute Engine"), "no hypervisor"],
    ["a maker of virtual machines in DMI, and no flag", pc("vmx", "", "VMware, Inc.\nX"), "no hypervisor"],
    ["a name that lscpu does not know", pc("vmx", "none"), "no hypervisor"],
    ["KVM with Hyper-V's CPUID", pc("hypervisor", "Microsoft", "QEMU\nStandard PC"), "KVM right below it"],
    ["oVirt with Hyper-V's CPUID", pc("hypervisor", "Microsoft", "oVirt\nRHEL"), "KVM right below it"],
    [
      "VirtualBox with Hyper-V's CPUID",
      pc("hypervisor", "Microsoft", "innotek GmbH\nVirtualBox"),
      "VirtualBox right below it",
    ],
    [
      "VMware with Hyper-V's CPUID",
      pc("hypervisor", "Microsoft", "VMware, Inc.\nVMware7,1"),
      "VMware right below it",
    ],
    ["Xen with Hyper-V's CPUID", pc("hypervisor", "Microsoft", "Xen\nHVM domU"), "Xen right below it"],
    ["Xen's domain 0 in a guest of KVM", pc("hypervisor", "Xen", "QEMU\nStandard PC"), "Xen right below it"],
    [
      "Hyper-V",
      pc("hypervisor", "Microsoft", "Microsoft Corporation\nVirtual Machine"),
      "Hyper-V right below it",
    ],
    [
      "KVM on a computer that Microsoft makes",
      pc("hypervisor", "KVM", "Microsoft Corporation\nSurface"),
      "KVM right below it",
    ],
    ["a table of its host's", pc("hypervisor", "KVM", "Dell Inc.\nPowerEdge"), "KVM right below it"],
    ["WSL", pc("hypervisor", "Windows Subsystem for Linux"), "Hyper-V right below it"],
    [
      "a cloud's guest without CPUID's name",
      pc("hypervisor", "", "Amazon EC2\nm5.large"),
      "KVM right below it",
    ],
    ["a cloud's ARM guest", arm("Amazon EC2\nm6g.large"), "KVM right below it"],
    ["a cloud's ARM metal of half a rack", arm("Amazon EC2\nm7g.metal-24xl"), "no hypervisor"],
    [
      "a cloud whose ARM metal has the same name",
      arm("Google\nGoogle Compute Engine"),
      "nothing of what is below it",
    ],
    ["an ARM server", arm("Ampere\nMt. Jade"), "nothing of what is below it"],
    ["VMware on ARM", arm("VMware, Inc.\nVMware20,1"), "VMware right below it"],
  ])("is read from %s", (_what, facts, text) => {
    expect(observedText(observedOf(facts))).toBe(text);
  });

  test("is KVM to who calls it QEMU, and no emulator", () => {
    const facts = observedOf(pc("hypervisor", "KVM", "QEMU\nStandard PC"));
    const each = [["QEMU"], ["KVM"], ["TCG"]].map((hypervisors) =>
      agrees({ architecture: "x86_64", hypervisors }, facts),
    );
    expect(each).toEqual([true, true, false]);
  });

  test("without a name may be any, but not none", () => {
    const unnamed = observedOf(pc("hypervisor"));
    expect(
      [["KVM"], []].map((hypervisors) => agrees({ architecture: "x86_64", hypervisors }, unnamed)),
    ).toEqual([undefined, false]);
  });
});

describe("a target", () => {
  test("that is as declared is measured", () => {
    const declared = { architecture: "s390x", hypervisors: ["z/VM"] } as const;
    expect(declaredProblems("L1 (linux1)", declared, size, mainframe("zvm"))).toEqual([]);
  });

  test("of another architecture, chain or size is refused, with what was found", () => {
    const declared = { architecture: "x86_64", hypervisors: ["z/VM", "z/VM"] } as const;
    const found = declaredProblems("L2 (linux2)", declared, { ...size, cpus: 4 }, mainframe("zvm"));
    expect(found).toMatchObject([
      { code: "wrong-level", at: "L2 (linux2)", what: "declared as x86_64, and the machine says s390x" },
      { code: "wrong-level", what: "declared with z/VM under z/VM below it, and the machine shows z/VM" },
      {
        code: "wrong-size",
        what: "stated as 4 CPU(s) and 4 GiB, and the machine has 2 and 3.8 GiB for its own use",
      },
    ]);
    const large = declaredProblems(
      "L0 (a)",
      { architecture: "s390x" },
      { cpus: 2, memoryBytes: 3000 * MIB },
      mainframe("zvm"),
    );
    expect(large).toMatchObject([{ code: "wrong-size" }]);
  });
});

test("levels differ where their kernel or tools do, each against L0", () => {
  const facts = (kernel: string, tools: string) => `== kernel\n${kernel}\n== tools\n${tools}\n`;
  const found = unlikeLevels([facts("6.1", "a"), facts("6.1", "a"), facts("5.14", "b")]);
  expect(found.map(unlikeText)).toEqual([
    `L2's kernel is not L0's: "5.14" against "6.1"`,
    `L2's tools is not L0's: "b" against "a"`,
  ]);
});

describe("the guard of depth, on machines that others made", () => {
  const ask = (level: number, hypervisors: readonly string[] | undefined, facts: string) => {
    const input = { ...soundInput(), machines: [machineAt(level, {}, facts)] };
    const declared = Array.from({ length: level + 1 }, () => ({
      architecture: "s390x" as const,
      hypervisors,
    }));
    const observation = { ...input.observation, trial: { ...input.observation.trial, level } };
    return depth.check({ ...input, observation, declared });
  };

  test.each([
    ["fine", 2, ["z/VM", "z/VM"], mainframe("zvm-under-zvm"), "L2 shows z/VM under z/VM, as declared"],
    ["doubt", 2, ["z/VM", "z/VM"], mainframe("zvm"), "L2 shows z/VM, and is declared otherwise"],
    ["fine", 1, ["KVM"], pc("hypervisor", "KVM"), "L1 shows KVM right below it, as declared"],
    [
      "unknown",
      2,
      ["KVM", "KVM"],
      pc("hypervisor", "KVM"),
      "L2 shows KVM right below it; the other 1 below that are the study's word",
    ],
    [
      "unknown",
      1,
      undefined,
      pc("hypervisor", "KVM"),
      "the study does not say what is below L1, whose machine shows KVM right below it",
    ],
    [
      "unknown",
      1,
      ["KVM"],
      "",
      "that L1 is 1 deep is the study's word: it shows nothing of what is below it",
    ],
  ])("is %s: L%i declared with %j", (kind, level, hypervisors, facts, sentence) => {
    expect(ask(level, hypervisors, facts)).toEqual({ kind, sentence });
  });
});
