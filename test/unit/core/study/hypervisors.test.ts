import { describe, expect, test } from "vitest";
import {
  type Hypervisor,
  hostsKvm,
  hostsXen,
  hypervisorOf,
  hypervisorProblem,
} from "../../../../src/core/study/hypervisors.ts";

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
    expect(hypervisorProblem({ levels: 2, hypervisors: ["tcg", "kvm"] }, "here")).toBeUndefined();
    expect(hypervisorProblem({ levels: 1, hypervisors: ["tcg", "kvm"] }, "here")).toEqual({
      code: "hypervisors-beyond-levels",
      at: "here",
      what: "hypervisors names 2 of them, and L1 is the deepest level",
      hint: "one for each level from L1 on: tcg",
    });
    expect(hypervisorProblem({ levels: 0, hypervisors: ["kvm"] }, "here")?.hint).toContain("none");
  });

  test("may be Xen for the deepest guest, from L2 on", () => {
    const code = (levels: number, ...hypervisors: readonly Hypervisor[]) =>
      hypervisorProblem({ levels, hypervisors }, "here")?.code;
    expect(code(2, "kvm", "xen")).toBeUndefined();
    expect(code(3, "kvm", "kvm", "xen")).toBeUndefined();
    expect(code(1, "xen")).toBe("xen-at-the-ground");
    expect(code(3, "kvm", "xen")).toBe("nothing-below-xen");
    expect(code(3, "kvm", "xen", "tcg")).toBe("nothing-below-xen");
    const chain = { levels: 2, hypervisors: ["kvm", "xen"] } as const;
    expect([0, 1, 2].map((level) => [hostsKvm(chain, level), hostsXen(chain, level)])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });
});
