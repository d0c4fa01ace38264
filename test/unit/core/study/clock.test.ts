import { describe, expect, it } from "vitest";
import type { Abilities } from "../../../../src/core/study/abilities.ts";
import { clockProblem, countedProblem, groundOf } from "../../../../src/core/study/clock.ts";
import { resourceProblems, stackDiskBytes } from "../../../../src/core/study/resources.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const QEMU: Pick<Abilities, "machines"> = {
  machines: { kind: "made", hardware: "either", timing: "of the study" },
};
const BOCHS: Pick<Abilities, "machines"> = {
  machines: { kind: "made", hardware: "emulated", timing: "counted" },
};
const TARGETS: Pick<Abilities, "machines"> = { machines: { kind: "given", guests: "stay up" } };

const guest = (cpus: number) => ({
  policy: "constant-guest" as const,
  guest: { cpus, memoryBytes: 2 ** 30 },
  reserve: { cpus: 1, memoryBytes: 2 ** 29 },
});

const SLOW_DISK = { sizeBytes: 2 ** 24, cache: "none", latencySeconds: 0.001 } as const;

describe("what a study's seconds are", () => {
  it("is counted on a computer that QEMU emulates and wall on this host, unless the study says otherwise", () => {
    const study = madeUpStudy({ resources: guest(1) });
    expect(groundOf(study, QEMU, "emulated")).toMatchObject({ timing: "counted", cpus: 1 });
    expect(groundOf(study, QEMU, "real")).toMatchObject({ timing: "wall", memoryDiskBytes: 0 });
    expect(groundOf({ ...study, clock: "wall" }, QEMU, "emulated").timing).toBe("wall");
  });

  it("puts the scratch disk into L0's memory where QEMU counts, and nowhere else", () => {
    const study = madeUpStudy({ resources: guest(1) });
    const counted = groundOf(study, QEMU, "emulated");
    expect(counted.memoryDiskBytes).toBe(study.scratch.sizeBytes);
    expect(stackDiskBytes(study, counted)).toBe(0);
    expect(stackDiskBytes(study, groundOf(study, BOCHS, "emulated"))).toBe(study.scratch.sizeBytes);
    const full = { cpus: 2, availableMemoryBytes: 2 ** 40, freeDiskBytes: 0 };
    expect(resourceProblems(study, counted, full)).toEqual([]);
    expect(
      resourceProblems(
        { ...study, clock: "wall" },
        groundOf({ ...study, clock: "wall" }, QEMU, "emulated"),
        full,
      ),
    ).toMatchObject([{ code: "disk-full" }]);
    expect(groundOf(study, BOCHS, "emulated")).toEqual({
      hardware: "emulated",
      timing: "counted",
      memoryDiskBytes: 0,
    });
  });
});

describe("a clock that cannot be had", () => {
  it.each([
    ["counted on real hardware", { clock: "counted", hardware: "real" }, QEMU, "clock-not-there"],
    ["counted on targets", { clock: "counted" }, TARGETS, "clock-not-there"],
    ["wall on Bochs", { clock: "wall" }, BOCHS, "clock-not-there"],
    ["several CPUs", { clock: "counted", resources: guest(2) }, QEMU, "one-cpu-in-counted-time"],
    ["a latency in wall time", { clock: "wall", scratch: SLOW_DISK }, QEMU, "latency-not-there"],
    ["a latency on real hardware", { hardware: "real", scratch: SLOW_DISK }, QEMU, "latency-not-there"],
    ["a latency on targets", { scratch: SLOW_DISK }, TARGETS, "latency-not-there"],
    [
      "several CPUs where L0 is emulated by the study",
      { hardware: "emulated", resources: guest(4) },
      QEMU,
      "one-cpu-in-counted-time",
    ],
    [
      "over-committed levels with several CPUs",
      {
        clock: "counted",
        resources: { policy: "over-committed", host: { cpus: 2, memoryBytes: 2 ** 30 }, memoryShare: 1 },
      },
      QEMU,
      "one-cpu-in-counted-time",
    ],
  ] as const)("is told with a remedy: %s", (_what, study, platform, code) => {
    const problem = clockProblem(madeUpStudy(study), platform);
    expect(problem).toMatchObject({ code });
    expect(problem?.hint).toMatch(/clock|counted/);
  });

  it.each([
    ["several CPUs in wall time", { clock: "wall", resources: guest(4) }, QEMU],
    ["several CPUs where it is not known yet what L0 is", { resources: guest(4) }, QEMU],
    ["counted on Bochs, which always counts", { clock: "counted" }, BOCHS],
    ["nothing said of targets", {}, TARGETS],
    ["a latency where L0 may be emulated", { scratch: SLOW_DISK }, QEMU],
  ] as const)("is none: %s", (_what, study, platform) => {
    expect(clockProblem(madeUpStudy(study), platform)).toBeUndefined();
  });

  it("is found when L0 turns out to be emulated", () => {
    const study = madeUpStudy({ resources: guest(4) });
    expect(countedProblem(study, groundOf(study, QEMU, "emulated").timing)).toMatchObject({
      code: "one-cpu-in-counted-time",
    });
    expect(countedProblem(study, groundOf(study, QEMU, "real").timing)).toBeUndefined();
  });
});
