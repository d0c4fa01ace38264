import { beforeEach, describe, expect, test } from "vitest";
import type { Trial } from "../../../src/core/trial/plan.ts";
import type { LabEvent, StackEvent } from "../../../src/lab/events.ts";
import { createRemaining, type Remaining } from "../../../src/lab/remaining.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const BRING_UP = 100;
const TRIAL = 10;
const WHOLE_BOOT = 2 * (BRING_UP + TRIAL);

const boot = (index: number) => [0, 1].map((level) => madeUpTrial({ boot: index, level }));
const FIRST = boot(1);
const [AT_L0 = madeUpTrial(), AT_L1 = madeUpTrial()] = FIRST;

let seconds = 0;
let seen: string[] = [];
beforeEach(() => {
  seconds = 0;
  seen = [];
});

/** Boots of a trial at L0 and one at L1; every bring-up takes 100 s and every trial 10 s. */
function remaining(done: readonly Trial[] = [], count = 2, stacks = 1): Remaining {
  return createRemaining({
    boots: Array.from({ length: count }, (_, at) => ({ index: at + 1, trials: boot(at + 1) })),
    stacks,
    done: new Set(done.map(({ id }) => id)),
    estimator: {
      trialSeconds: () => TRIAL,
      bringUpSeconds: () => BRING_UP,
      sawTrial: ({ level }, took) => seen.push(`trial at L${level}: ${took}`),
      sawBringUp: (level, took) => seen.push(`bring-up of L${level}: ${took}`),
    },
    clock: { now: () => "", seconds: () => seconds },
  });
}

/** What happens to a boot's stack. */
const of = (index: number, event: StackEvent): LabEvent => ({ ...event, boot: index });
const starting = (level: number): StackEvent => ({ kind: "machine-starting", level, driver: "qemu-tcg" });
const ready = (level: number): StackEvent => ({
  kind: "machine-ready",
  level,
  readySeconds: 90,
  sinceLaunchSeconds: 95,
});

function ended(trial: Trial, how: { readonly lost?: boolean; readonly again?: boolean } = {}): StackEvent {
  const outcome = { kind: "failed", problem: { code: "workload-failed", what: "made up" } } as const;
  return { kind: "trial-ended", trial, lost: false, again: false, outcome, seconds: 12, ...how };
}

function leftAfter(events: readonly LabEvent[], done: readonly Trial[] = []) {
  const left = remaining(done);
  for (const event of events) left.event(event);
  return { done: left.done(), total: left.total(), seconds: left.leftSeconds() };
}

test("at first all is left: both levels of each boot come up, and each trial is executed", () => {
  expect(leftAfter([])).toEqual({ done: 0, total: 4, seconds: 2 * WHOLE_BOOT });
});

test("what the store holds already is neither counted nor waited for", () => {
  expect(leftAfter([], FIRST)).toEqual({ done: 0, total: 2, seconds: WHOLE_BOOT });
});

test("a machine that is up is not waited for again, until it is stopped or brought up afresh", () => {
  const first = (...events: readonly StackEvent[]) => leftAfter(events.map((event) => of(1, event))).seconds;
  expect(first(ready(0))).toBe(BRING_UP + 2 * TRIAL + WHOLE_BOOT);
  expect(first(ready(0), ready(1))).toBe(2 * TRIAL + BRING_UP + WHOLE_BOOT);
  expect(first(ready(0), { kind: "machine-stopped", level: 0 })).toBe(2 * WHOLE_BOOT);
  expect(first(ready(0), { kind: "boot-started", pending: 2, bringUp: 2 })).toBe(2 * WHOLE_BOOT);
  expect(leftAfter([of(1, ready(0)), of(1, { kind: "boot-ended" })], FIRST).seconds).toBe(WHOLE_BOOT);
});

describe("a trial that ended", () => {
  test("is done, whatever became of it", () => {
    expect(leftAfter([of(1, ended(AT_L0))])).toMatchObject({ done: 1, total: 4 });
    expect(seen).toEqual(["trial at L0: 12"]);
  });

  test("with its machine lost, or doubted and made again, is left, and only a loss teaches nothing", () => {
    expect(leftAfter([of(1, ended(AT_L0, { again: true }))])).toMatchObject({ done: 0, total: 4 });
    expect(leftAfter([of(1, ended(AT_L1, { lost: true }))])).toMatchObject({ done: 0, total: 4 });
    expect(seen).toEqual(["trial at L0: 12"]);
  });
});

test("a boot that is decided while the run is under way adds the trials that nobody knew of", () => {
  const known: LabEvent = { kind: "boot-planned", trials: FIRST };
  const third: LabEvent = { kind: "boot-planned", trials: boot(3) };
  expect(leftAfter([known])).toMatchObject({ total: 4 });
  expect(leftAfter([third, third])).toMatchObject({ done: 0, total: 6 });
  expect(leftAfter([third], boot(3))).toMatchObject({ done: 0, total: 4 });
});

describe("with two boots side by side", () => {
  test("two take as long as one, and the third waits for a place", () => {
    expect(remaining([], 2, 2).leftSeconds()).toBe(WHOLE_BOOT);
    expect(remaining([], 3, 2).leftSeconds()).toBe(2 * WHOLE_BOOT);
  });

  test("the third comes where a place is free first, and the last to end counts", () => {
    const left = remaining([], 3, 2);
    for (const index of [1, 2]) left.event(of(index, { kind: "boot-started", pending: 2, bringUp: index }));
    for (const event of [ready(0), ended(AT_L0)]) left.event(of(1, event));
    const first = BRING_UP + TRIAL;
    expect(left.leftSeconds()).toBe(Math.max(WHOLE_BOOT, first + WHOLE_BOOT));
    left.event(of(1, ready(1)));
    left.event(of(1, ended(AT_L1)));
    left.event(of(1, { kind: "boot-ended" }));
    expect(left.leftSeconds()).toBe(WHOLE_BOOT);
  });

  test("each says what it waits for, and what it waited is taken from its own time", () => {
    const left = remaining([], 2, 2);
    left.event(of(2, starting(0)));
    seconds = 30;
    left.event(of(1, starting(0)));
    seconds = 40;
    expect(left.waiting()).toEqual([
      { boot: 1, what: "waiting for L0 to answer (qemu-tcg)", seconds: 10 },
      { boot: 2, what: "waiting for L0 to answer (qemu-tcg)", seconds: 40 },
    ]);
    expect(left.leftSeconds()).toBe(WHOLE_BOOT - 10);
    left.event(of(1, ready(0)));
    expect(left.waiting().map((one) => one.boot)).toEqual([2]);
  });
});

describe("while something is waited for", () => {
  test("it has a name and its seconds, which are taken from what is left, up to what was expected", () => {
    const left = remaining();
    const whole = left.leftSeconds();
    expect(left.waiting()).toEqual([]);
    left.event(of(1, starting(0)));
    seconds = 60;
    expect(left.waiting()).toEqual([{ boot: 1, what: "waiting for L0 to answer (qemu-tcg)", seconds: 60 }]);
    expect(left.leftSeconds()).toBe(whole - 60);
    seconds = 500;
    expect(left.leftSeconds()).toBe(whole - BRING_UP);
    left.event(of(1, ready(0)));
    expect(left.waiting()).toEqual([]);
    expect(seen).toEqual(["bring-up of L0: 90"]);
    left.event(of(1, { kind: "trial-started", trial: AT_L0 }));
    seconds = 504;
    expect(left.waiting()).toEqual([{ boot: 1, what: "up L0 cpu", seconds: 4 }]);
  });

  const problem = { code: "machine-lost", what: "made up" } as const;
  test.each<LabEvent>([
    of(1, ended(AT_L0)),
    of(1, { kind: "stack-lost", problem, again: true }),
    of(1, { kind: "boot-ended" }),
    { kind: "run-ended", run: "made-up" },
  ])("$kind ends it", (event) => {
    const left = remaining();
    left.event(of(1, { kind: "trial-started", trial: AT_L0 }));
    expect(left.waiting()).toHaveLength(1);
    left.event(event);
    expect(left.waiting()).toEqual([]);
  });
});
