import { describe, expect, test } from "vitest";
import type { Ground } from "../../../../src/core/study/clock.ts";
import type { Hypervisor } from "../../../../src/core/study/hypervisors.ts";
import { guestCpus } from "../../../../src/platforms/qemu/first-cpu.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const sizesOf = (...cpus: readonly number[]) => cpus.map((count) => ({ cpus: count, memoryBytes: 2 ** 30 }));

function on(hypervisors: readonly Hypervisor[], hardware: "real" | "emulated" = "emulated") {
  const ground: Ground = { hardware, timing: "wall", memoryDiskBytes: 0 };
  return { study: madeUpStudy({ hypervisors }), architecture: "x86_64", ground } as const;
}

describe("the CPUs that guests of KVM may run on", () => {
  test("are all but the first of an emulated computer", () => {
    expect(guestCpus(on(["kvm", "kvm"]), sizesOf(4, 2, 1), 1)).toEqual([1, 2, 3]);
    expect(guestCpus(on(["kvm", "kvm"]), sizesOf(2, 1, 1), 1)).toEqual([1]);
  });

  test.each([
    ["L0 itself", on(["kvm", "kvm"]), sizesOf(4, 2, 1), 0],
    ["what is not emulated below", on(["kvm", "kvm"]), sizesOf(4, 2, 1), 2],
    ["real hardware", on(["kvm", "kvm"], "real"), sizesOf(4, 2, 1), 1],
    ["a computer with no CPU over", on(["kvm", "kvm"]), sizesOf(2, 2, 2), 1],
    ["guests that are emulated themselves", on(["tcg", "kvm"]), sizesOf(4, 2, 1), 1],
    [
      "another architecture",
      { ...on(["kvm", "kvm"]), architecture: "aarch64" } as const,
      sizesOf(4, 2, 1),
      1,
    ],
  ])("are all of them for %s", (_what, input, sizes, level) => {
    expect(guestCpus(input, sizes, level)).toBeUndefined();
  });

  test("are all but the first of an emulated computer that is a guest itself", () => {
    expect(guestCpus(on(["tcg", "kvm"]), sizesOf(4, 2, 1), 2)).toEqual([1]);
  });
});
