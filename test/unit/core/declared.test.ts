import { describe, expect, test } from "vitest";
import {
  agrees,
  declaredProblems,
  observedOf,
  observedText,
  unlikeLevels,
  unlikeText,
} from "../../../src/core/declared.ts";
import { depth } from "../../../src/core/guards/depth.ts";
import { fixture } from "../fixture.ts";
import { soundInput } from "../made-up/guard-input.ts";

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

describe("a target", () => {
  test("that is as declared is measured", () => {
    const declared = { architecture: "s390x", hypervisors: ["z/VM"] } as const;
    expect(declaredProblems(1, "linux1", declared, size, mainframe("zvm"))).toEqual([]);
  });

  test("of another architecture, chain or size is refused, with what was found", () => {
    const declared = { architecture: "x86_64", hypervisors: ["z/VM", "z/VM"] } as const;
    const found = declaredProblems(2, "linux2", declared, { ...size, cpus: 4 }, mainframe("zvm"));
    expect(found).toMatchObject([
      { code: "wrong-level", at: "L2 (linux2)", what: "declared as x86_64, and the machine says s390x" },
      { code: "wrong-level", what: "declared with z/VM under z/VM below it, and the machine shows z/VM" },
      {
        code: "wrong-size",
        what: "stated as 4 CPU(s) and 4 GiB, and the machine has 2 and 3.8 GiB for its own use",
      },
    ]);
    const large = declaredProblems(
      0,
      "a",
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
    const input = { ...soundInput(), machines: [{ level, facts }] };
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
