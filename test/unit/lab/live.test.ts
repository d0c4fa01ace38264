import { expect, test } from "vitest";
import type { Problem } from "../../../src/core/base/problem.ts";
import type { LabEvent, StackEvent } from "../../../src/lab/events.ts";
import { type LiveState, nextLiveState } from "../../../src/lab/live.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const REMAINING = { done: () => 3, total: () => 10, leftSeconds: () => 42 };
const BEGUN: LiveState = {
  ...{ run: "r", process: { pid: 1, started: "x" }, since: "t0", at: "t0", boots: [] },
  ...{ done: 0, total: 0, extent: "all", leftSeconds: 0 },
};
const trial = madeUpTrial({ boot: 2, level: 1 });

function after(...events: readonly LabEvent[]): LiveState {
  return events.reduce(
    (state, event, index) => nextLiveState(state, event, REMAINING, `t${index + 1}`),
    BEGUN,
  );
}

/** What happens to the stack of one boot. */
const of = (boot: number, ...events: readonly StackEvent[]): readonly LabEvent[] =>
  events.map((event) => ({ ...event, boot }));

/** The only boot that goes on. */
function boot(...events: readonly StackEvent[]) {
  const { boots } = after(...of(2, ...events));
  expect(boots).toHaveLength(1);
  return boots[0];
}

const UP: readonly StackEvent[] = [
  { kind: "boot-started", pending: 5, bringUp: 3 },
  { kind: "machine-starting", level: 0, driver: "qemu-tcg" },
  { kind: "machine-ready", level: 0, readySeconds: 4, sinceLaunchSeconds: 4 },
  { kind: "machine-starting", level: 1, driver: "qemu-kvm" },
];
const outcome = { kind: "failed", problem: { code: "workload-failed", what: "y" } } as const;

test("machines come up one on the other", () => {
  expect(after(...of(2, ...UP))).toMatchObject({ at: "t4", done: 3, total: 10, leftSeconds: 42 });
  expect(boot(...UP)).toEqual({
    index: 2,
    bringUp: 3,
    machines: [
      { level: 0, driver: "qemu-tcg", state: "ready", since: "t3", readySeconds: 4 },
      { level: 1, driver: "qemu-kvm", state: "starting", since: "t4" },
    ],
  });
});

test("a stack that is lost says why, and its machine stands there once when it is started again", () => {
  const problem: Problem = { code: "no-answer", what: "it said nothing" };
  const again: readonly StackEvent[] = [
    ...UP,
    { kind: "stack-lost", problem, again: true },
    { kind: "machine-stopped", level: 0 },
    { kind: "machine-starting", level: 0, driver: "qemu-tcg" },
  ];
  expect(boot(...again)?.machines.map(({ level }) => level)).toEqual([0]);
  expect(after(...of(2, ...again)).problem).toContain("it said nothing");
});

test("a trial is there while it is executed, and machines go with the level that is stopped", () => {
  const measuring: readonly StackEvent[] = [
    ...UP,
    { kind: "machine-ready", level: 1, readySeconds: 9, sinceLaunchSeconds: 13 },
    { kind: "trial-started", trial },
  ];
  expect(boot(...measuring)?.trial).toMatchObject({ id: trial.id, since: "t6" });
  const ended: StackEvent = { kind: "trial-ended", trial, lost: false, again: false, outcome, seconds: 1 };
  expect(boot(...measuring, ended)).not.toHaveProperty("trial");
  expect(boot(...measuring, ended)?.machines).toHaveLength(2);
  expect(boot(...measuring, { kind: "machine-stopped", level: 1 })?.machines).toHaveLength(1);
  expect(boot(...measuring, { kind: "boot-started", pending: 1, bringUp: 4 })?.machines).toEqual([]);
  expect(after(...of(2, ...measuring, { kind: "boot-ended" })).boots).toEqual([]);
});

test("what happens to one boot changes no other, and they stand in the order of their numbers", () => {
  const both = [...of(2, ...UP), ...of(1, ...UP.slice(0, 2)), ...of(2, { kind: "trial-started", trial })];
  const { boots } = after(...both);
  expect(boots.map(({ index, machines }) => [index, machines.length])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(boots[0]).not.toHaveProperty("trial");
  expect(boots[1]?.trial?.id).toBe(trial.id);
  const lost = after(...both, ...of(1, { kind: "machine-stopped", level: 0 }, { kind: "boot-ended" }));
  expect(lost.boots).toEqual([boots[1]]);
});

test("what went wrong is cut off before it fills the row", () => {
  const problem: Problem = { code: "no-boot", what: "y", evidence: "z".repeat(1e6) };
  const state = after(...of(2, { kind: "stack-lost", problem, again: true }));
  expect(state.problem?.length).toBeGreaterThan(1000);
  expect(state.problem?.length).toBeLessThan(3000);
});
