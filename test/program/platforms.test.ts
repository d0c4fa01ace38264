import { describe, expect, test } from "vitest";
import { dvirt } from "./built-program.ts";
import { placeForTest } from "./place.ts";

describe("a study on another platform than its own", () => {
  test("goes as deep as that does, and says why no deeper", async () => {
    const place = await placeForTest();
    const plan = await dvirt(place, ["plan", "--platform", "s390x-qemu"]);
    expect(plan.code).toBe(0);
    expect(plan.stderr).toMatch(
      /^s390x-qemu has no L1: QEMU emulates no SIE, .*\. L0 is the deepest level measured\n$/,
    );
    expect(plan.stdout).toContain("platform s390x-qemu");
    expect(plan.stdout).toContain("qemu-system-s390x -accel tcg");
    expect(plan.stdout).toContain("b1-up-L0-oltp-1");
    expect(plan.stdout).not.toContain("-L1-");
  });

  test("has the machines of that one", async () => {
    const plan = await dvirt(await placeForTest(), ["plan", "--platform", "aarch64-kvm", "--levels", "1"]);
    expect(plan.stderr).toBe("");
    expect(plan.stdout).toContain("-M virt,gic-version=3,virtualization=on");
    expect(plan.stdout).toContain("qemu-system-aarch64 -accel kvm");
  });

  test("is refused where there is none of that name", async () => {
    const { code, stderr } = await dvirt(await placeForTest(), ["plan", "--platform", "z80-xen"]);
    expect(code).toBe(2);
    expect(stderr).toContain('error[unknown-platform] --platform: platform "z80-xen" is not known');
  });
});

describe("what a platform cannot do is said before anything starts", () => {
  test.each([
    [
      ["quick-s390x", "--levels", "1"],
      "error[too-deep] quick-s390x: s390x-qemu has no L1: QEMU emulates no SIE",
    ],
    [["quick-aarch64", "--hardware", "real"], "error[not-on-real-hardware] quick-aarch64: "],
    [["mixed-chain", "--platform", "simulated"], "error[hypervisor-not-there] mixed-chain: "],
  ])("%j", async (argv, says) => {
    const { code, stderr } = await dvirt(await placeForTest(), ["plan", ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

test("a chain of unlike hypervisors is planned as it is named", async () => {
  const plan = await dvirt(await placeForTest(), ["plan", "mixed-chain"]);
  const machines = plan.stdout.split("\n").filter((line) => line.includes("qemu-system-x86_64"));
  expect(machines.map((line) => / -accel (\w+)/.exec(line)?.[1])).toEqual(["tcg", "kvm", "tcg"]);
});
