import { describe, expect, test } from "vitest";
import {
  type Hypervisor,
  hostsKvm,
  hostsXen,
  hypervisorOf,
  hypervisorProblems,
} from "../../../src/core/hypervisors.ts";

describe("what runs a guest", () => {
  test("is KVM where a study says nothing of it", () => {
    const study = { levels: 2 };
    expect([1, 2].map((level) => hypervisorOf(study, level))).toEqual(["kvm", "kvm"]);
    expect([0, 1, 2].map((level) => hostsKvm(study, level))).toEqual([true, true, false]);
  });

  test("is what the study says, L1 first", () => {
    const study = { levels: 3, hypervisors: ["kvm", "tcg"] } as const;
    expect([1, 2, 3].map((level) => hypervisorOf(study, level))).toEqual(["kvm", "tcg", "kvm"]);
    expect([0, 1, 2, 3].map((level) => hostsKvm(study, level))).toEqual([true, false, true, false]);
  });

  test("is named for no level that there is not", () => {
    expect(hypervisorProblems({ levels: 2, hypervisors: ["tcg", "kvm"] }, "here")).toEqual([]);
    expect(hypervisorProblems({ levels: 1, hypervisors: ["tcg", "kvm"] }, "here")).toEqual([
      {
        code: "hypervisors-beyond-levels",
        at: "here",
        what: "hypervisors names 2 of them, and L1 is the deepest level",
        hint: "one for each level from L1 on: tcg",
      },
    ]);
    expect(hypervisorProblems({ levels: 0, hypervisors: ["kvm"] }, "here")[0]?.hint).toContain("none");
  });

  test("may be Xen for the deepest guest, from L2 on", () => {
    const problems = (levels: number, ...hypervisors: readonly Hypervisor[]) =>
      hypervisorProblems({ levels, hypervisors }, "here").map(({ code }) => code);
    expect(problems(2, "kvm", "xen")).toEqual([]);
    expect(problems(3, "kvm", "kvm", "xen")).toEqual([]);
    expect(problems(1, "xen")).toEqual(["xen-at-the-ground"]);
    expect(problems(3, "kvm", "xen")).toEqual(["nothing-below-xen"]);
    expect(problems(3, "kvm", "xen", "tcg")).toEqual(["nothing-below-xen"]);
    const chain = { levels: 2, hypervisors: ["kvm", "xen"] } as const;
    expect([0, 1, 2].map((level) => [hostsKvm(chain, level), hostsXen(chain, level)])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });
});
