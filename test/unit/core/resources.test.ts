import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelSizes } from "../../../src/core/level-sizes.ts";
import { resourceProblems } from "../../../src/core/resources.ts";
import type { Size } from "../../../src/core/resources-policy.ts";
import { madeUpStudy } from "../made-up/study.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function studyOf(levels: number, guest: Size, reserve: Size) {
  return madeUpStudy({ levels, resources: { policy: "reserved", guest, reserve } });
}

describe("the reserved policy", () => {
  const study = studyOf(2, { cpus: 2, memoryBytes: 12 * GIB }, { cpus: 1, memoryBytes: 2 * GIB });

  test("gives the guest to the deepest level and the reserve to each level above it", () => {
    expect(levelSizes(study, 16)).toEqual([
      { cpus: 4, memoryBytes: 16 * GIB },
      { cpus: 3, memoryBytes: 14 * GIB },
      { cpus: 2, memoryBytes: 12 * GIB },
    ]);
  });

  test("gives no level more CPUs than the host has left", () => {
    expect(levelSizes(study, 3).map((size) => size.cpus)).toEqual([3, 2, 1]);
    expect(levelSizes(study, 1).map((size) => size.cpus)).toEqual([1, 1, 1]);
  });

  test("gives the whole guest to the only level of a study of L0", () => {
    const flat = studyOf(0, { cpus: 2, memoryBytes: GIB }, { cpus: 1, memoryBytes: GIB });
    expect(levelSizes(flat, 8)).toEqual([{ cpus: 2, memoryBytes: GIB }]);
  });

  test("keeps the reserve at every level and never gives a guest more CPUs than its host", () => {
    const size = fc.record({
      cpus: fc.integer({ min: 1, max: 64 }),
      memoryBytes: fc.integer({ min: 1, max: 64 * GIB }),
    });
    const levels = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(levels, size, size, fc.integer({ min: 1, max: 256 }), (depth, guest, reserve, hostCpus) => {
        const sizes = levelSizes(studyOf(depth, guest, reserve), hostCpus);
        expect(sizes).toHaveLength(depth + 1);
        expect(sizes.at(-1)?.memoryBytes).toBe(guest.memoryBytes);
        expect(sizes[0]?.cpus).toBeLessThanOrEqual(hostCpus);
        for (const [level, one] of sizes.entries()) {
          const deeper = sizes[level + 1];
          expect(one.cpus).toBeGreaterThanOrEqual(1);
          if (deeper === undefined) continue;
          expect(one.memoryBytes - deeper.memoryBytes).toBe(reserve.memoryBytes);
          expect(one.cpus).toBeGreaterThanOrEqual(deeper.cpus);
        }
      }),
    );
  });
});

describe("resources that do not fit", () => {
  const study = studyOf(2, { cpus: 1, memoryBytes: 768 * MIB }, { cpus: 1, memoryBytes: 768 * MIB });
  const plenty = { cpus: 4, availableMemoryBytes: 64 * GIB, freeDiskBytes: 64 * GIB };

  test("are no problem on a large host", () => {
    expect(resourceProblems(study, "emulated", plenty)).toEqual([]);
    expect(resourceProblems(study, "real", plenty)).toEqual([]);
  });

  test("of memory are told with what each level needs and what there is", () => {
    const problems = resourceProblems(study, "real", { ...plenty, availableMemoryBytes: 2 * GIB });
    expect(problems).toEqual([
      {
        code: "memory-does-not-fit",
        at: "made-up",
        what: "the levels need 2.3 GiB of memory (L0 2.3 GiB, L1 1.5 GiB, L2 768 MiB), and 2 GiB are available",
        hint: "fewer levels, or a smaller resources.guest.memory or resources.reserve.memory",
      },
    ]);
  });

  test("of memory count the emulator, which says so", () => {
    const even = studyOf(2, { cpus: 1, memoryBytes: GIB }, { cpus: 1, memoryBytes: GIB });
    const host = { ...plenty, availableMemoryBytes: 4 * GIB };
    expect(resourceProblems(even, "real", host)).toEqual([]);
    expect(resourceProblems(even, "emulated", host)).toMatchObject([
      {
        code: "memory-does-not-fit",
        what: "the levels need 4.3 GiB of memory (L0 3 GiB, L1 2 GiB, L2 1 GiB, the emulator 1.3 GiB), and 4 GiB are available",
      },
    ]);
  });

  test("of memory start one byte below the need", () => {
    const need = 3 * 768 * MIB;
    expect(resourceProblems(study, "real", { ...plenty, availableMemoryBytes: need })).toEqual([]);
    expect(resourceProblems(study, "real", { ...plenty, availableMemoryBytes: need - 1 })).toHaveLength(1);
  });

  test("of disk are told with what is needed and what is free", () => {
    const problems = resourceProblems(study, "real", { ...plenty, freeDiskBytes: 100 * MIB });
    expect(problems).toEqual([
      {
        code: "disk-full",
        at: "made-up",
        what: "the scratch disk needs 128 MiB, and 100 MiB are free in the cache folder",
        hint: "free some space, or point XDG_CACHE_HOME at a larger disk",
      },
    ]);
  });

  test("of a guest too small to boot are told with the least that works", () => {
    const small = studyOf(1, { cpus: 1, memoryBytes: 256 * MIB }, { cpus: 1, memoryBytes: GIB });
    expect(resourceProblems(small, "real", plenty)).toEqual([
      {
        code: "guest-too-small",
        at: "made-up",
        what: "a guest of 256 MiB cannot boot and run the workloads",
        hint: "resources.guest.memory of at least 384 MiB",
      },
    ]);
  });

  test("are all told at once", () => {
    const small = studyOf(1, { cpus: 1, memoryBytes: 256 * MIB }, { cpus: 1, memoryBytes: GIB });
    const nothing = { cpus: 1, availableMemoryBytes: 0, freeDiskBytes: 0 };
    expect(resourceProblems(small, "emulated", nothing).map((problem) => problem.code)).toEqual([
      "memory-does-not-fit",
      "disk-full",
      "guest-too-small",
    ]);
  });
});
