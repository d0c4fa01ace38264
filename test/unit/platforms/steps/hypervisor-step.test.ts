import { describe, expect, test } from "vitest";
import type { Completed } from "../../../../src/core/base/command.ts";
import type { Machine } from "../../../../src/lab/ports.ts";
import { kvmStep } from "../../../../src/platforms/qemu/kvm.ts";

const { signal } = new AbortController();

/** L0, whose answer breaks off after these lines. */
function machineThatEnds(end: Completed["end"], lines: readonly string[]): Machine {
  return {
    name: "L0",
    run: async () => ({ end, stdout: lines.join("\n"), stderr: "", seconds: 60 }),
    spawn: () => Promise.reject(new Error("not asked for")),
    shell: async () => 0,
    lost: new Promise(() => {}),
    diagnose: async () => undefined,
    dispose: async () => {},
  };
}

const step = kvmStep(
  {
    level: 1,
    size: { cpus: 1, memoryBytes: 2 ** 30 },
    publicKey: "key",
    files: { kernel: "k", initrd: "i", rootDisk: "r", scratchDisk: "s", consoleLog: "c" },
    scratchCache: "none",
    hosts: true,
  },
  "key",
  { measured: { cpus: 1, memoryBytes: 2 ** 30 }, pace: 1 },
);

describe("what a machine offers to a guest", () => {
  test("is read from an answer that came to its end", async () => {
    const whole = ["device", "access", "flag", "kvm_amd nested=1"];
    const ended = { kind: "exited", code: 0 } as const;
    expect(await step.check(machineThatEnds(ended, whole), signal)).toEqual([]);
    expect(await step.check(machineThatEnds(ended, whole.slice(0, 3)), signal)).toMatchObject([
      { code: "no-nested-kvm" },
    ]);
  });

  test.each([
    [{ kind: "timed-out", limitSeconds: 60 }, "no-answer"],
    [{ kind: "lost", what: "it hangs" }, "machine-lost"],
    [{ kind: "killed", signal: "SEGV" }, "no-answer"],
  ] as const)("is not missing because the answer broke off (%j)", async (end, code) => {
    // Half an answer of a sick L0, seen once: its second processor was stuck, and /proc/cpuinfo asks every one.
    const problems = await step.check(machineThatEnds(end, ["device", "access"]), signal);
    expect(problems.map((problem) => [problem.code, problem.at])).toEqual([[code, "L0"]]);
  });
});
