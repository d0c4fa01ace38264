import { describe, expect, test } from "vitest";
import type { Problem } from "../../../../src/core/base/problem.ts";
import { levelSizes, measuredSizes, PLENTY } from "../../../../src/core/study/level-sizes.ts";
import { type ResourcesPolicy, underPolicy } from "../../../../src/core/study/resources-policy.ts";
import {
  parseStudy,
  type Study,
  studyData,
  studyDocument,
  studyFromData,
} from "../../../../src/core/study/study.ts";
import { workloadAt } from "../../../../src/core/study/workload.ts";
import { workloads } from "../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../made-up/platform.ts";

const GIB = 2 ** 30;

function text(resources: string, ...workload: readonly string[]): string {
  const own = workload.length === 0 ? ["{ name: cpu, threads: cpus }"] : workload;
  return `study: mine
title: Mine
platform: x86_64-kvm
levels: 2
repetitions: { boots: 3 }
resources: ${resources}
scratch: { size: 1GiB }
workloads:
${own.map((one) => `  - ${one}`).join("\n")}
`;
}

const read = (source: string) =>
  parseStudy(source, "mine.yaml", { workloads, platforms: [madeUpPlatform("x86_64-kvm")] });

function parsed(source: string): Study {
  const result = read(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problems(source: string): readonly Problem[] {
  const result = read(source);
  return result.ok ? [] : result.problems;
}

const SIZES = "guest: { cpus: 2, memory: 2GiB }, reserve: { cpus: 1, memory: 1GiB }";
const sizes = { guest: { cpus: 2, memoryBytes: 2 * GIB }, reserve: { cpus: 1, memoryBytes: GIB } };

describe("stated sizes", () => {
  const stated = {
    policy: "stated",
    sizes: [
      { cpus: 8, memoryBytes: 8 * GIB },
      { cpus: 2, memoryBytes: GIB },
    ],
  } as const;

  test("are each level's own, measured whole, and no more CPUs than there are", () => {
    const study = { levels: 1, resources: stated };
    expect(levelSizes(study, PLENTY)).toEqual(stated.sizes);
    expect(measuredSizes(study, PLENTY)).toEqual(stated.sizes);
    expect(levelSizes(study, 4)[0]).toEqual({ cpus: 4, memoryBytes: 8 * GIB });
  });

  test("become no other policy, and no other becomes them", () => {
    for (const policy of ["constant-guest", "reserved", "over-committed"] as const) {
      expect(underPolicy(stated, policy, 1)).toBeUndefined();
      expect(underPolicy({ policy: "reserved", ...sizes }, "stated", 1)).toBeUndefined();
    }
    expect(underPolicy(stated, "stated", 1)).toBe(stated);
  });
});

describe("a study's resources", () => {
  const cases: readonly (readonly [string, ResourcesPolicy])[] = [
    [`{ ${SIZES} }`, { policy: "constant-guest", ...sizes }],
    [`{ policy: constant-guest, ${SIZES}, pin: true }`, { policy: "constant-guest", ...sizes, pin: true }],
    [`{ policy: reserved, ${SIZES}, pin: false }`, { policy: "reserved", ...sizes }],
    [
      "{ policy: over-committed, host: { cpus: 4, memory: 16GiB }, memoryShare: 87.5% }",
      { policy: "over-committed", host: { cpus: 4, memoryBytes: 16 * GIB }, memoryShare: 0.875 },
    ],
  ];
  test.each(cases)("%s are read, and written so that they are read again", (source, resources) => {
    const study = parsed(text(source));
    expect(study.resources).toEqual(resources);
    const again = JSON.stringify(studyDocument(studyData(study))); // JSON is YAML
    expect(parsed(again).resources).toEqual(resources);
  });

  const bad: readonly (readonly [string, string, string, string])[] = [
    [
      "an unknown policy",
      `{ policy: fair, ${SIZES} }`,
      "bad-value",
      'resources.policy: no such policy; one of: constant-guest, reserved, over-committed, stated (found "fair")',
    ],
    [
      "over-committed memory without how far",
      "{ policy: over-committed, host: { cpus: 1, memory: 1GiB } }",
      "missing-key",
      "resources.memoryShare is missing: text is needed",
    ],
    [
      "a share that is no percentage",
      "{ policy: over-committed, host: { cpus: 1, memory: 1GiB }, memoryShare: all }",
      "bad-value",
      'resources.memoryShare: "all" is no share from 10% to 500%; write it like 100% (found "all")',
    ],
    [
      "a key of another policy",
      `{ policy: reserved, ${SIZES}, memoryShare: 100% }`,
      "unknown-key",
      'resources has the unknown key "memoryShare"',
    ],
    [
      "no guest",
      "{ policy: constant-guest, reserve: { cpus: 1, memory: 1GiB } }",
      "missing-key",
      "resources.guest is missing: a map of keys and values is needed",
    ],
    [
      "no sizes at all",
      "all of it",
      "bad-value",
      'resources: a map of keys and values is needed (found "all of it")',
    ],
  ];
  test.each(bad)("are refused for %s", (_, source, code, what) => {
    expect(problems(text(source))).toMatchObject([{ code, at: "mine.yaml:6", what }]);
  });
});

describe("expressions in a study", () => {
  const reserved = `{ policy: reserved, ${SIZES} }`;
  const place = { dataDisk: "/data", scratchDisk: "/scratch" };

  test("are stored as they stand, and come to what each level's machine makes of them", () => {
    const study = parsed(
      text(
        reserved,
        "{ name: memory-write, threads: cpus, blockSize: memory / 4, totalSize: 3 * memory - 100MiB }",
      ),
    );
    const [workload] = study.workloads;
    if (workload === undefined) throw new Error("no workload");
    expect(workload.params).toMatchObject({ threads: "cpus", blockSize: "memory / 4" });
    expect(workloadAt(workload, 1).values).toEqual({
      threads: 3,
      blockSize: "768MiB",
      totalSize: "9116MiB",
    });
    expect(workloadAt(workload, 1).commands(place).measured.argv).toEqual(
      expect.arrayContaining(["--threads=3", `--memory-block-size=${768 * 2 ** 20}`]),
    );
    const stored = studyData(study);
    expect(stored.workloads).toEqual([
      {
        name: "memory-write",
        kind: "memory-write",
        params: { threads: "cpus", blockSize: "memory / 4", totalSize: "3 * memory - 100MiB" },
      },
    ]);
    expect(studyData(studyFromData(stored, workloads) ?? study)).toEqual(stored);
  });

  const bad: readonly (readonly [string, string, string])[] = [
    [
      "a name that means nothing",
      "{ name: cpu, threads: cores }",
      'workloads.0.threads: "cores" means nothing here; numbers, sizes such as 256MiB, cpus, memory, + - * / and parentheses are allowed (found "cores")',
    ],
    [
      "a size where a number should stand",
      "{ name: cpu, threads: memory }",
      'workloads.0.threads: with 2 CPU(s) and 2 GiB this is 2GiB: a whole number is needed (found "memory")',
    ],
    [
      "a number where a size should stand",
      "{ name: memory-read, threads: 1, blockSize: cpus }",
      'workloads.0.blockSize: with 2 CPU(s) and 2 GiB this is 2: text is needed (found "cpus")',
    ],
    [
      "too little at the deepest level",
      "{ name: cpu, threads: cpus - 2 }",
      'workloads.0.threads: with 2 CPU(s) and 2 GiB this is 0: 1 is the least (found "cpus - 2")',
    ],
    [
      "too little elsewhere",
      "{ name: cpu, threads: 4 - cpus }",
      'workloads.0.threads: with 4 CPU(s) and 4 GiB this is 0: 1 is the least (found "4 - cpus")',
    ],
    [
      "sizes and numbers mixed",
      "{ name: cpu, threads: cpus + 1MiB }",
      'workloads.0.threads: a size and a number cannot be joined by + (found "cpus + 1MiB")',
    ],
    [
      "data sets that differ",
      "{ name: oltp, threads: 1, rows: 1000 * cpus }",
      "workloads.0: the levels would work on different data sets, because an expression that shapes it differs from level to level",
    ],
  ];
  test.each(bad)("are refused for %s", (_, workload, what) => {
    const found = problems(text(reserved, workload));
    expect(found).toMatchObject([{ code: "bad-value", at: "mine.yaml:9" }]);
    expect(found[0]?.what.startsWith(what), found[0]?.what).toBe(true);
  });

  test("leave words of a choice, and plain sizes, as they are", () => {
    const [oltp] = parsed(
      text(reserved, "{ name: oltp, threads: 2 * cpus, bufferPool: memory / 8, flushMethod: fsync }"),
    ).workloads;
    expect(oltp?.params).toMatchObject({ threads: "2 * cpus", flushMethod: "fsync", logFile: "96MiB" });
    expect(oltp?.levels.at(-1)?.values).toMatchObject({ threads: 4, bufferPool: "256MiB" });
    expect(problems(text(reserved, "{ name: oltp, threads: 1, flushMethod: sometimes }"))[0]?.what).toMatch(
      /^workloads\.0\.flushMethod: one of O_DIRECT, fsync/,
    );
  });
});
