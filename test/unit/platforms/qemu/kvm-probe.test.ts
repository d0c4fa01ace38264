import { describe, expect, test } from "vitest";
import { simulatedMachine } from "../../../../src/adapters/machine/simulated.ts";
import type { Command } from "../../../../src/core/base/command.ts";
import { hardwareFor } from "../../../../src/core/doctor/kvm-trial.ts";
import { tryKvm } from "../../../../src/platforms/qemu/kvm-probe.ts";
import { PROBE_ANSWER } from "../../../../src/platforms/qemu/qemu.ts";

const FILES = { kernel: "/image/vmlinux", initrd: "/image/initrd" };

/** A host that answers the check so and whose tiny guest says that; what it was asked is kept. */
function host(check: readonly string[], guest: string) {
  const asked: Command[] = [];
  const machine = simulatedMachine({
    name: "host",
    commandSeconds: 0,
    answer: (command) => {
      asked.push(command);
      return command.argv[0] === "sh" ? check.join("\n") : guest;
    },
  });
  return { machine, asked };
}

const GOOD = ["device", "access", "flag", "kvm_amd nested=1"];

function trial(
  levels: number,
  machine: ReturnType<typeof host>["machine"],
  files: typeof FILES | string = FILES,
) {
  return tryKvm(levels, machine, files, new AbortController().signal);
}

describe("trying KVM", () => {
  test("boots a tiny guest of the image, and is content when that answers", async () => {
    const { machine, asked } = host(GOOD, `\r\n${PROBE_ANSWER}\r\n`);
    const kvm = await trial(2, machine);
    expect(kvm).toEqual({ obstacles: [], proof: { kind: "booted", seconds: expect.any(Number) } });
    expect(hardwareFor(kvm)).toEqual({ hardware: "real", why: "a tiny KVM guest booted" });
    expect(asked.map(({ argv }) => argv[0])).toEqual(["sh", "qemu-system-x86_64"]);
    expect(asked[1]?.argv).toEqual(expect.arrayContaining(Object.values(FILES)));
  });

  test.each([
    [GOOD, 30],
    [["device", "access", "kvm_amd nested=1"], 5],
  ])("waits as long as %j deserves", async (check, limitSeconds) => {
    const { machine, asked } = host(check, "nothing of the kind");
    const kvm = await trial(2, machine);
    expect(asked[1]?.timeoutSeconds).toBe(limitSeconds);
    expect(kvm.obstacles).toMatchObject([
      {
        code: "kvm-unusable",
        what: `/dev/kvm is there, but a tiny guest did not boot within ${limitSeconds} s`,
      },
    ]);
    expect(hardwareFor(kvm)).toEqual({ hardware: "emulated", why: kvm.obstacles[0]?.what });
  });

  test.each([
    [[], "no-kvm"],
    [["device", "flag"], "no-kvm-rights"],
  ])("boots nothing where it cannot work: %j", async (check, code) => {
    const { machine, asked } = host(check, PROBE_ANSWER);
    const kvm = await trial(2, machine);
    expect(kvm).toMatchObject({ obstacles: [{ code }], proof: { kind: "none" } });
    expect(asked).toHaveLength(1);
  });

  test("without nesting still proves KVM, and is in the way only of what is deeper than L1", async () => {
    const { machine } = host(["device", "access", "flag", "kvm_intel nested=N"], PROBE_ANSWER);
    expect(await trial(1, machine)).toMatchObject({ obstacles: [], proof: { kind: "booted" } });
    expect(await trial(2, machine)).toMatchObject({
      obstacles: [{ code: "no-nested-kvm" }],
      proof: { kind: "booted" },
    });
  });

  test("says why no guest was booted", async () => {
    const { machine, asked } = host(GOOD, PROBE_ANSWER);
    const kvm = await trial(2, machine, "somebody measures here");
    expect(kvm).toEqual({ obstacles: [], proof: { kind: "none", why: "somebody measures here" } });
    expect(hardwareFor(kvm)).toEqual({ hardware: "real", why: "somebody measures here" });
    expect(asked).toHaveLength(1);
  });

  test("asks nothing for L0 alone", async () => {
    const { machine, asked } = host([], "");
    expect(hardwareFor(await trial(0, machine))).toEqual({ hardware: "real", why: "L0 alone needs no KVM" });
    expect(asked).toEqual([]);
  });
});
