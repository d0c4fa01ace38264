import { expect, test } from "vitest";
import type { MachineRecord } from "../../../src/lab/ports.ts";
import { bootSecondsOf } from "../../../src/lab/so-far.ts";

/** A time, in seconds after the first launch of all. */
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

function machine(boot: number, bringUp: number, level: number, launched: number): MachineRecord {
  return {
    ...{ boot, bringUp, level, driver: "simulated", argv: [], launchedAt: at(launched), readySeconds: 5 },
    ...{
      sinceLaunchSeconds: 5,
      settleSeconds: 0,
      facts: "",
      snapshot: { text: "", fromSeconds: 0, toSeconds: 0 },
    },
  };
}

/** The last trial of a bring-up, which ends then. */
const lastTrial = (bringUp: number, ended: number) => ({ bringUp, startedAt: at(ended - 2), seconds: 2 });

test("boots one after the other add all that they take", () => {
  const machines = [machine(1, 1, 0, 0), machine(1, 1, 1, 10), machine(2, 2, 0, 50)];
  expect([...bootSecondsOf(machines, [lastTrial(1, 40), lastTrial(2, 80)])]).toEqual([
    [1, { all: 40, added: 40, bringUp: 10 }],
    [2, { all: 30, added: 30, bringUp: 5 }],
  ]);
});

test("a boot with several bring-ups costs their sum, and one without a trial its machines' coming up", () => {
  const machines = [machine(1, 1, 0, 0), machine(1, 2, 0, 100)];
  expect([...bootSecondsOf(machines, [lastTrial(2, 130)])]).toEqual([
    [1, { all: 35, added: 35, bringUp: 10 }],
  ]);
});

test("of boots side by side each adds the time in which none before it was up", () => {
  const machines = [machine(3, 3, 0, 25), machine(2, 2, 0, 1), machine(1, 1, 0, 0)];
  const trials = [lastTrial(1, 20), lastTrial(2, 30), lastTrial(3, 60)];
  expect([...bootSecondsOf(machines, trials)]).toEqual([
    [1, { all: 20, added: 20, bringUp: 5 }],
    [2, { all: 29, added: 10, bringUp: 5 }],
    [3, { all: 35, added: 30, bringUp: 5 }],
  ]);
});

test("what the boots add is the time in which any was up, with gaps between them left out", () => {
  const machines = [machine(1, 1, 0, 0), machine(1, 2, 0, 40), machine(2, 3, 0, 10)];
  const trials = [lastTrial(1, 20), lastTrial(2, 60), lastTrial(3, 50)];
  const added = [...bootSecondsOf(machines, trials).values()].map((one) => one.added);
  expect(added).toEqual([40, 20]);
});
