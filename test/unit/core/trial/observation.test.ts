import { describe, expect, test } from "vitest";
import type { Completed } from "../../../../src/core/base/command.ts";
import { failed, ok } from "../../../../src/core/base/problem.ts";
import { judge, type Observation, settledTrials } from "../../../../src/core/trial/observation.ts";
import { parseSysbench } from "../../../../src/workloads/sysbench.ts";
import { fixture } from "../../fixture.ts";
import { completed, madeUpObservation } from "../../made-up/observation.ts";
import { madeUpTrial } from "../../made-up/trial.ts";

const READING = { metrics: { throughput: 5, response: 0.2 }, more: {} };
const reads = () => ok(READING);
const noGuard = () => [];
const neverCalled = () => {
  throw new Error("output of a failed execution must not be read as figures");
};

describe("an observation is judged", () => {
  test("measured where the workload ended well and its output is understood", () => {
    expect(judge(madeUpObservation(), reads, noGuard)).toEqual({
      kind: "measured",
      reading: READING,
      when: expect.objectContaining({ bringUp: expect.any(Number) }),
      nestedEntries: [],
      kvm: [],
      doubts: [],
      unknown: [],
    });
  });

  test.each<[string, Parameters<typeof judge>[1], Parameters<typeof judge>[2], string]>([
    [
      "its parser",
      () => {
        throw new RangeError("too many");
      },
      noGuard,
      "too many",
    ],
    [
      "a guard",
      reads,
      () => {
        throw new TypeError("no such thing");
      },
      "no such thing",
    ],
    [
      "the figures, which are none",
      () => ok({ metrics: { throughput: Number.NaN }, more: {} }),
      noGuard,
      "no number for throughput",
    ],
    [
      "a figure beside them",
      () => ok({ ...READING, more: { events: Number.POSITIVE_INFINITY } }),
      noGuard,
      "no number for events",
    ],
  ])("failed, and not thrown, where the reason is %s", (_, parse, ask, why) => {
    expect(judge(madeUpObservation(), parse, ask)).toEqual({
      kind: "failed",
      problem: {
        code: "unexpected-output",
        at: "b1-up-L0-cpu-1",
        what: expect.stringContaining(why),
        hint: expect.stringContaining("show RUN TRIAL"),
      },
    });
  });

  test("failed where not all that it printed was kept, whatever the rest says", () => {
    const observation = madeUpObservation({
      completed: completed({ stdout: fixture("sysbench/cpu-L0.txt"), leftOutBytes: 5 }),
    });
    expect(judge(observation, neverCalled, neverCalled)).toMatchObject({
      problem: {
        code: "unexpected-output",
        what: expect.stringContaining("5 bytes of its output were not kept"),
      },
    });
  });

  test("without a counter of KVM that is no number", () => {
    const snapshot = (entries: string) => `== kvm-counters\nexits:5\nnested_run:${entries}\n`;
    const observation = madeUpObservation({
      trial: madeUpTrial({ level: 2 }),
      evidence: [{ level: 0, before: snapshot("1"), after: snapshot("5x") }],
    });
    expect(judge(observation, reads, noGuard)).toMatchObject({ kind: "measured", nestedEntries: [] });
  });

  test("with the middle of the workload on the host's clock, after what prepared it", () => {
    const observation = madeUpObservation({
      startedAt: "2026-01-02T03:04:05.000Z",
      bringUp: 3,
      completed: completed({ seconds: 10 }),
      setupSteps: [
        {
          phase: "prepare",
          command: { argv: ["cp"], timeoutSeconds: 9 },
          completed: completed({ seconds: 4 }),
        },
        {
          phase: "cleanup",
          command: { argv: ["rm"], timeoutSeconds: 9 },
          completed: completed({ seconds: 8 }),
        },
      ],
    });
    expect(judge(observation, reads, noGuard)).toMatchObject({
      when: { midSeconds: Date.parse("2026-01-02T03:04:14.000Z") / 1000, bringUp: 3 },
    });
  });

  test("from its standard output alone", () => {
    const observation = madeUpObservation({
      completed: completed({ stdout: fixture("sysbench/cpu-L0.txt") }),
    });
    expect(judge(observation, parseSysbench, noGuard)).toMatchObject({
      kind: "measured",
      reading: { metrics: { throughput: 10_000 / 1.8952 } },
    });
  });

  test.each<[Completed["end"], string]>([
    [{ kind: "exited", code: 1 }, "sysbench cpu: exit code 1"],
    [{ kind: "killed", signal: "SIGKILL" }, "sysbench cpu: killed by SIGKILL"],
    [{ kind: "timed-out", limitSeconds: 3600 }, "sysbench cpu: no end after 3600 s"],
    [{ kind: "lost", what: "the channel to L1 closed" }, "sysbench cpu: the channel to L1 closed"],
  ])("failed where the workload ended as %j", (end, what) => {
    const observation = madeUpObservation({ completed: completed({ end, stderr: "FATAL: no\n" }) });
    expect(judge(observation, neverCalled, neverCalled)).toEqual({
      kind: "failed",
      problem: { code: "workload-failed", at: "b1-up-L0-cpu-1", what, evidence: "FATAL: no" },
    });
  });

  test("failed by its preparation where that failed, with the end of what it said", () => {
    const lines = ["1", "2", "3", "4", "5", "6", "7", "8"];
    const observation = madeUpObservation({
      completed: completed({ end: { kind: "not-run", what: "not run, because the preparation failed" } }),
      setupSteps: [
        { phase: "prepare", command: { argv: ["mkdir", "-p"], timeoutSeconds: 1 }, completed: completed() },
        {
          phase: "prepare",
          command: { argv: ["sh", "-c", "set -e\nmount"], timeoutSeconds: 1 },
          completed: completed({ end: { kind: "exited", code: 32 }, stderr: `${lines.join("\n")}\n` }),
        },
      ],
    });
    expect(judge(observation, neverCalled, neverCalled)).toEqual({
      kind: "failed",
      problem: {
        code: "preparation-failed",
        at: "b1-up-L0-cpu-1",
        what: "sh -c: exit code 32",
        evidence: "3\n4\n5\n6\n7\n8",
      },
    });
  });

  test("with what was said on standard output where standard error is empty", () => {
    const broken = completed({ end: { kind: "exited", code: 2 }, stdout: "usage: sysbench\n" });
    expect(judge(madeUpObservation({ completed: broken }), neverCalled, neverCalled)).toMatchObject({
      problem: { evidence: "usage: sysbench" },
    });
  });

  test("measured even where the cleanup failed, for that came after the figures", () => {
    const observation = madeUpObservation({
      setupSteps: [
        {
          phase: "cleanup",
          command: { argv: ["umount", "/mnt/scratch"], timeoutSeconds: 1 },
          completed: completed({ end: { kind: "exited", code: 32 } }),
        },
      ],
    });
    expect(judge(observation, reads, noGuard)).toMatchObject({ kind: "measured" });
  });

  test("failed where the output is not understood, with the parser's reason and where the raw text is", () => {
    expect(
      judge(madeUpObservation(), () => failed({ code: "no-events", what: "0 events" }), neverCalled),
    ).toEqual({
      kind: "failed",
      problem: {
        code: "no-events",
        at: "b1-up-L0-cpu-1",
        what: "0 events",
        hint: "dvirt show RUN TRIAL prints the raw text, which is kept",
      },
    });
  });

  test("failed where the parser gives no reason", () => {
    expect(judge(madeUpObservation(), () => failed(), neverCalled)).toMatchObject({
      kind: "failed",
      problem: { code: "unexpected-output", what: "the output was not understood" },
    });
  });
});

describe("nested entries", () => {
  function nestedEntries(observation: Observation) {
    const outcome = judge(observation, reads, noGuard);
    if (outcome.kind !== "measured") throw new Error("the observation is sound");
    return outcome.nestedEntries;
  }

  const evidence = [0, 1, 2].map((level) => ({
    level,
    before: fixture(`snapshot/L2-trial-L${level}-before.txt`),
    after: fixture(`snapshot/L2-trial-L${level}-after.txt`),
  }));

  test("of a captured L2 trial were counted at L0, and L1 ran no guest of a guest", () => {
    const observation = madeUpObservation({ trial: madeUpTrial({ level: 2 }), evidence });
    expect(nestedEntries(observation)).toEqual([
      { level: 0, count: 3730 },
      { level: 1, count: 0 },
    ]);
  });

  test("are looked for only at the levels that host the measured one", () => {
    const observation = madeUpObservation({ trial: madeUpTrial({ level: 0 }), evidence });
    expect(nestedEntries(observation)).toEqual([]);
  });

  test("are unknown, not zero, where a snapshot is missing", () => {
    const cut = evidence.map((one) => (one.level === 0 ? { ...one, after: "" } : one));
    const observation = madeUpObservation({ trial: madeUpTrial({ level: 2 }), evidence: cut });
    expect(nestedEntries(observation)).toEqual([{ level: 1, count: 0 }]);
  });
});

describe("a trial is settled", () => {
  const attempts = (...kinds: readonly ("sound" | "doubted" | "lost")[]) =>
    kinds.map((kind, index) => ({
      trial: "one",
      attempt: index + 1,
      lost: kind === "lost",
      doubted: kind === "doubted",
    }));

  test.each([
    [attempts("sound"), 0, true],
    [attempts("doubted"), 0, true],
    [attempts("doubted"), 1, false],
    [attempts("doubted", "doubted"), 1, true],
    [attempts("doubted", "sound"), 5, true],
    [attempts("lost"), 0, false],
    [attempts("lost", "lost", "lost"), 0, true],
    [attempts("lost", "lost", "lost"), 5, true],
    [attempts("lost", "doubted"), 0, true],
    [attempts("doubted", "lost"), 1, false],
    [attempts("doubted", "lost", "lost", "lost"), 5, true],
  ])("or not: %j, to be made again %d time(s)", (made, repeat, settled) => {
    expect(settledTrials(made, repeat).has("one")).toBe(settled);
  });
});
