import { expect, test } from "vitest";
import type { LabEvent } from "../../../src/lab/events.ts";
import { type LiveState, nextLiveState } from "../../../src/lab/live.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const REMAINING = { done: () => 3, total: () => 10, leftSeconds: () => 42 };
const BEGUN: LiveState = {
  ...{ run: "r", process: { pid: 1, started: "x" }, since: "t0", at: "t0", machines: [] },
  ...{ done: 0, total: 0, extent: "all", leftSeconds: 0 },
};
const trial = madeUpTrial({ level: 1 });

function after(...events: readonly LabEvent[]): LiveState {
  return events.reduce(
    (state, event, index) => nextLiveState(state, event, REMAINING, `t${index + 1}`),
    BEGUN,
  );
}

const UP: readonly LabEvent[] = [
  { kind: "boot-started", boot: 2, pending: 5, bringUp: 3 },
  { kind: "machine-starting", level: 0, driver: "qemu-tcg" },
  { kind: "machine-ready", level: 0, readySeconds: 4, sinceLaunchSeconds: 4 },
  { kind: "machine-starting", level: 1, driver: "qemu-kvm" },
];

test("machines come up one on the other", () => {
  expect(after(...UP)).toMatchObject({
    boot: { index: 2, bringUp: 3 },
    machines: [
      { level: 0, driver: "qemu-tcg", state: "ready", readySeconds: 4 },
      { level: 1, driver: "qemu-kvm", state: "starting", since: "t4" },
    ],
    ...{ at: "t4", done: 3, total: 10, leftSeconds: 42 },
  });
});

test("a stack that is lost says why, and its machine stands there once when it is started again", () => {
  const problem = { code: "no-answer", what: "it said nothing" };
  const state = after(
    ...UP,
    { kind: "stack-lost", problem, again: true },
    { kind: "machine-stopped", level: 0 },
    { kind: "machine-starting", level: 0, driver: "qemu-tcg" },
  );
  expect(state.machines.map(({ level }) => level)).toEqual([0]);
  expect(state.problem).toContain("it said nothing");
});

test("a trial is there while it is executed, and machines go with the level that is stopped", () => {
  const measuring: readonly LabEvent[] = [
    ...UP,
    { kind: "machine-ready", level: 1, readySeconds: 9, sinceLaunchSeconds: 13 },
    { kind: "trial-started", trial },
  ];
  expect(after(...measuring).trial).toMatchObject({ id: trial.id, since: "t6" });
  const verdict = { kind: "failed", problem: { code: "x", what: "y" } } as const;
  const ended = after(...measuring, {
    kind: "trial-ended",
    trial,
    lost: false,
    again: false,
    verdict,
    seconds: 1,
  });
  expect(ended).not.toHaveProperty("trial");
  expect(ended.machines).toHaveLength(2);
  expect(after(...measuring, { kind: "machine-stopped", level: 1 }).machines).toHaveLength(1);
  expect(after(...measuring, { kind: "boot-started", boot: 3, pending: 1, bringUp: 4 }).machines).toEqual([]);
});

test("what went wrong is cut off before it fills the row", () => {
  const problem = { code: "x", what: "y", evidence: "z".repeat(1e6) };
  expect(after({ kind: "stack-lost", problem, again: true }).problem?.length).toBeLessThan(3000);
});
