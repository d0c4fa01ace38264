import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ground } from "../../../../src/core/study/clock.ts";
import { levelSizes, measuredSizes } from "../../../../src/core/study/level-sizes.ts";
import { resourceProblems } from "../../../../src/core/study/resources.ts";
import { type ResourcesPolicy, type Size, underPolicy } from "../../../../src/core/study/resources-policy.ts";
import { madeUpStudy, workload } from "../../made-up/study.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

function studyOf(levels: number, guest: Size, reserve: Size) {
  return madeUpStudy({ levels, resources: { policy: "reserved", guest, reserve } });
}

/** Ground on which seconds are an ordinary clock's. */
const on = (hardware: Ground["hardware"]): Ground => ({ hardware, timing: "wall", memoryDiskBytes: 0 });

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

describe("the constant guest", () => {
  const study = madeUpStudy({
    levels: 2,
    resources: {
      policy: "constant-guest",
      guest: { cpus: 2, memoryBytes: 2 * GIB },
      reserve: { cpus: 1, memoryBytes: GIB },
    },
  });

  test("is what is measured at every level, and the hosts below are larger", () => {
    expect(levelSizes(study, 16)).toEqual([
      { cpus: 4, memoryBytes: 4 * GIB },
      { cpus: 3, memoryBytes: 3 * GIB },
      { cpus: 2, memoryBytes: 2 * GIB },
    ]);
    expect(measuredSizes(study, 16)).toEqual(Array(3).fill({ cpus: 2, memoryBytes: 2 * GIB }));
  });

  test("has the same CPUs everywhere on a host that has too few", () => {
    expect(levelSizes(study, 3).map(({ cpus }) => cpus)).toEqual([3, 2, 2]);
    expect(measuredSizes(study, 1).map(({ cpus }) => cpus)).toEqual([1, 1, 1]);
  });
});

describe("the over-committed policy", () => {
  const resources = {
    policy: "over-committed",
    host: { cpus: 4, memoryBytes: 16 * GIB },
    memoryShare: 1,
  } as const;

  test("gives each level all of the level below", () => {
    const study = madeUpStudy({ levels: 2, resources });
    expect(levelSizes(study, 16)).toEqual(Array(3).fill({ cpus: 4, memoryBytes: 16 * GIB }));
    expect(measuredSizes(study, 16)).toEqual(levelSizes(study, 16));
    expect(levelSizes(study, 2).map(({ cpus }) => cpus)).toEqual([2, 2, 2]);
  });

  test("goes as far with memory as the study says, in whole mebibytes", () => {
    const sizes = (memoryShare: number) =>
      levelSizes(madeUpStudy({ levels: 2, resources: { ...resources, memoryShare } }), 4).map(
        ({ memoryBytes }) => memoryBytes / MIB,
      );
    expect(sizes(0.9)).toEqual([16_384, 14_745, 13_271]);
    expect(sizes(1.5)).toEqual([16_384, 24_576, 36_864]);
  });

  test("asks the host for no more than L0, and says what to change", () => {
    const study = madeUpStudy({ levels: 2, resources: { ...resources, memoryShare: 2 } });
    const host = { cpus: 4, availableMemoryBytes: 16 * GIB, freeDiskBytes: 64 * GIB };
    expect(resourceProblems(study, on("real"), host)).toEqual([]);
    expect(
      resourceProblems(study, on("real"), { ...host, availableMemoryBytes: 16 * GIB - 1 }),
    ).toMatchObject([
      {
        code: "memory-does-not-fit",
        what: expect.stringContaining("(L0 16 GiB, L1 32 GiB, L2 64 GiB)"),
        hint: "a smaller resources.host.memory: only the levels above L0 are over-committed",
      },
    ]);
  });
});

describe("every policy", () => {
  const cpus = fc.integer({ min: 1, max: 64 });
  const memoryBytes = fc.integer({ min: 1, max: 64 * 1024 }).map((mebibytes) => mebibytes * MIB);
  const size = fc.record({ cpus, memoryBytes });
  const policy: fc.Arbitrary<ResourcesPolicy> = fc.oneof(
    fc.record({
      policy: fc.constantFrom("constant-guest" as const, "reserved" as const),
      guest: size,
      reserve: size,
    }),
    fc.record({
      policy: fc.constant("over-committed" as const),
      host: size,
      memoryShare: fc.double({ min: 0.1, max: 5, noNaN: true }),
    }),
  );

  test("gives no level more CPUs than the one below has, and measures no more than a level has", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), policy, cpus, (levels, resources, hostCpus) => {
        const study = madeUpStudy({ levels, resources });
        const sizes = levelSizes(study, hostCpus);
        const measured = measuredSizes(study, hostCpus);
        expect([sizes.length, measured.length]).toEqual([levels + 1, levels + 1]);
        for (const [level, one] of sizes.entries()) {
          const below = level === 0 ? hostCpus : (sizes[level - 1]?.cpus ?? 0);
          expect(one.cpus).toBeLessThanOrEqual(below);
          expect(one.cpus).toBeGreaterThanOrEqual(1);
          expect(measured[level]?.cpus).toBeLessThanOrEqual(one.cpus);
          expect(measured[level]?.memoryBytes).toBeLessThanOrEqual(one.memoryBytes);
        }
        if (resources.policy === "constant-guest") {
          expect(new Set(measured.map((one) => JSON.stringify(one))).size).toBe(1);
        }
        // Only an over-committed level may be as large as its host.
        if (resources.policy === "over-committed") return;
        for (const [level, one] of sizes.slice(1).entries()) {
          expect(one.memoryBytes).toBeLessThan(sizes[level]?.memoryBytes ?? 0);
        }
      }),
    );
  });
});

describe("a study under another policy", () => {
  const both = { guest: { cpus: 1, memoryBytes: GIB }, reserve: { cpus: 1, memoryBytes: 2 * GIB } };

  test("keeps its sizes between constant guest and reserved, and its L0 when it is over-committed", () => {
    expect(underPolicy({ policy: "reserved", ...both, pin: true }, "constant-guest", 2)).toEqual({
      policy: "constant-guest",
      ...both,
      pin: true,
    });
    expect(underPolicy({ policy: "constant-guest", ...both }, "over-committed", 2)).toEqual({
      policy: "over-committed",
      host: { cpus: 3, memoryBytes: 5 * GIB },
      memoryShare: 1,
    });
  });

  test("is none where it says nothing of a guest", () => {
    const resources = {
      policy: "over-committed",
      host: { cpus: 1, memoryBytes: GIB },
      memoryShare: 1,
    } as const;
    expect(underPolicy(resources, "reserved", 2)).toBeUndefined();
    expect(underPolicy(resources, "over-committed", 2)).toBe(resources);
  });
});

describe("expressions on this host", () => {
  const host = { cpus: 1, availableMemoryBytes: 64 * GIB, freeDiskBytes: 64 * GIB };
  const study = madeUpStudy({
    resources: {
      policy: "reserved",
      guest: { cpus: 2, memoryBytes: GIB },
      reserve: { cpus: 1, memoryBytes: GIB },
    },
    workloads: [workload("cpu", { threads: "cpus - 1" }, { cpus: 2, memoryBytes: GIB })],
  });

  test("are judged by the CPUs that it has, before any boot", () => {
    expect(resourceProblems(study, on("real"), { ...host, cpus: 4 })).toEqual([]);
    expect(resourceProblems(study, on("real"), host)).toEqual([
      {
        code: "expression-does-not-fit",
        at: "made-up",
        what: "cpu.threads: with 1 CPU(s) and 1 GiB this is 0: 1 is the least",
        hint: "a host with more CPUs, or another expression",
      },
    ]);
  });
});

describe("resources that do not fit", () => {
  const study = studyOf(2, { cpus: 1, memoryBytes: 768 * MIB }, { cpus: 1, memoryBytes: 768 * MIB });
  const plenty = { cpus: 4, availableMemoryBytes: 64 * GIB, freeDiskBytes: 64 * GIB };

  test("are no problem on a large host", () => {
    expect(resourceProblems(study, on("emulated"), plenty)).toEqual([]);
    expect(resourceProblems(study, on("real"), plenty)).toEqual([]);
  });

  test("of memory are told with what each level needs and what there is", () => {
    const problems = resourceProblems(study, on("real"), { ...plenty, availableMemoryBytes: 2 * GIB });
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
    expect(resourceProblems(even, on("real"), host)).toEqual([]);
    expect(resourceProblems(even, on("emulated"), host)).toMatchObject([
      {
        code: "memory-does-not-fit",
        what: "the levels need 4.3 GiB of memory (L0 3 GiB, L1 2 GiB, L2 1 GiB, the emulator 1.3 GiB), and 4 GiB are available",
      },
    ]);
  });

  test("of memory start one byte below the need", () => {
    const need = 3 * 768 * MIB;
    expect(resourceProblems(study, on("real"), { ...plenty, availableMemoryBytes: need })).toEqual([]);
    expect(resourceProblems(study, on("real"), { ...plenty, availableMemoryBytes: need - 1 })).toHaveLength(
      1,
    );
  });

  test("of disk are told with what is needed and what is free", () => {
    const problems = resourceProblems(study, on("real"), { ...plenty, freeDiskBytes: 100 * MIB });
    expect(problems).toEqual([
      {
        code: "disk-full",
        at: "made-up",
        what: "the scratch disk needs 128 MiB, and 100 MiB are free in the cache folder",
        hint: "free some space, or point XDG_CACHE_HOME at a larger disk",
      },
    ]);
  });

  test("are all told at once", () => {
    const small = studyOf(1, { cpus: 1, memoryBytes: 256 * MIB }, { cpus: 1, memoryBytes: GIB });
    const nothing = { cpus: 1, availableMemoryBytes: 0, freeDiskBytes: 0 };
    expect(resourceProblems(small, on("emulated"), nothing).map((problem) => problem.code)).toEqual([
      "memory-does-not-fit",
      "disk-full",
    ]);
  });
});
