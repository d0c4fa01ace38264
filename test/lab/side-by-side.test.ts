import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../src/core/base/problem.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import type { Store } from "../../src/lab/store.ts";
import { DEFAULT_TRUTH, setUpSimulated } from "../../src/platforms/simulated.ts";
import { observationsOf, outcomesOf } from "./kept.ts";
import { type Lab, type LabOptions, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { CPU, OLTP, plannedIds, studyOf } from "./simulated-study.ts";

const SHAPE = { levels: 2, boots: 5, runs: 1 };
const STUDY = studyOf({ ...SHAPE, workloads: [CPU, OLTP] });
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);
const BOOTS = [1, 2, 3, 4, 5];
const COMPLETE = { ok: true, value: "complete" };
const NEVER = new AbortController().signal;
const ignored = () => {};

/** A lab in which time passes, so that boots side by side come between each other. */
const lively = (options: LabOptions = {}) => madeUpLab(STUDY, { commandSeconds: 0.001, ...options });

/** The greatest number of boots that went on at a time. */
function mostAtOnce(events: readonly LabEvent[]): number {
  const going = new Set<number>();
  let most = 0;
  for (const event of events) {
    if (event.kind === "boot-started") going.add(event.boot);
    if (event.kind === "boot-ended") going.delete(event.boot);
    most = Math.max(most, going.size);
  }
  return most;
}

/** Trials of one boot, in the order of their beginning. */
const begunIn = (events: readonly LabEvent[], boot: number) =>
  events.flatMap((event) => (event.kind === "trial-started" && event.boot === boot ? [event.trial.id] : []));

/** What each attempt gave, by its name. */
async function readingsIn(store: Store): Promise<Readonly<Record<string, unknown>>> {
  const outcomes = [...(await outcomesOf(store, RUN))].map(([key, outcome]) => [
    key,
    outcome.kind === "measured" ? outcome.reading.metrics : outcome.problem,
  ]);
  return Object.fromEntries(outcomes);
}

/** Every trial of the plan was measured once, and judged once. */
async function expectAllOnce(store: Store): Promise<void> {
  expect((await observationsOf(store, RUN)).map(({ trial }) => trial.id).sort()).toEqual(PLAN);
  expect(Object.keys(await readingsIn(store)).sort()).toEqual(PLAN.map((id) => `${id}#1`));
}

function expectTornDown(lab: Lab): void {
  for (const boot of BOOTS) {
    const up: string[] = [];
    for (const entry of lab.logOf(boot)) {
      const [what, machine = ""] = entry.split(" ");
      if (what === "up") up.push(machine);
      else expect(up.pop(), `boot ${boot}: ${lab.logOf(boot).join(", ")}`).toBe(machine);
    }
    expect(up, `boot ${boot}: ${lab.logOf(boot).join(", ")}`).toEqual([]);
  }
}

describe("boots side by side", () => {
  async function simulated(stacks: number) {
    const store = memoryStore();
    const platform = setUpSimulated(STUDY, 3, DEFAULT_TRUTH, 0.001);
    const { result, events } = await measure(STUDY, platform, store, 3, ignored, NEVER, stacks);
    expect(result).toEqual(COMPLETE);
    return { store, events, readings: await readingsIn(store) };
  }

  test("give the figures that the same seed gives with one at a time, in the same order within each boot", async () => {
    const [one, three] = [await simulated(1), await simulated(3)];
    expect(mostAtOnce(one.events)).toBe(1);
    expect(mostAtOnce(three.events)).toBe(3);
    expect(three.readings).toEqual(one.readings);
    expect(Object.keys(three.readings)).toHaveLength(PLAN.length);
    for (const boot of BOOTS) expect(begunIn(three.events, boot)).toEqual(begunIn(one.events, boot));
    // Figures that do not differ between boots would agree whatever was mixed up.
    const values = Object.values(one.readings).map((value) => JSON.stringify(value));
    expect(new Set(values).size).toBe(values.length);
  });

  test("have each a stack and a bring-up of their own", async () => {
    const lab = lively();
    const store = memoryStore();
    const { result, events } = await measure(STUDY, lab.platform, store, 1, ignored, NEVER, 3);
    expect(result).toEqual(COMPLETE);
    expect(mostAtOnce(events)).toBe(3);
    await expectAllOnce(store);
    expectTornDown(lab);
    for (const { trial, bringUp } of await observationsOf(store, RUN)) {
      const machines = (await store.machines(RUN)).filter((one) => one.bringUp === bringUp);
      expect(machines.map(({ boot }) => boot)).toEqual(machines.map(() => trial.boot));
      expect(machines.filter(({ level }) => level === 0)).toHaveLength(1);
    }
  });

  test("more places than boots are no harm", async () => {
    const store = memoryStore();
    const { events } = await measure(STUDY, lively().platform, store, 1, ignored, NEVER, 50);
    expect(mostAtOnce(events)).toBe(SHAPE.boots);
    await expectAllOnce(store);
  });
});

describe("a run of several boots at a time that is stopped", () => {
  test.each([0, 1, 7, 20, 41])(
    "after %i trials takes every stack down, deepest first, and is resumed without loss or repeat",
    async (after) => {
      const store = memoryStore();
      const lab = lively();
      const stop = new AbortController();
      const reason = new Error("SIGINT");
      let ended = 0;
      const stopAfter = (event: LabEvent) => {
        if (event.kind === "trial-ended") ended++;
        if (event.kind === "trial-started" && ended === after) stop.abort(reason);
      };
      const running = measure(STUDY, lab.platform, store, 1, stopAfter, stop.signal, 3);
      await expect(running).rejects.toBe(reason);
      expectTornDown(lab);
      const kept = await observationsOf(store, RUN);
      expect(kept.length).toBeGreaterThanOrEqual(after);
      expect(kept.length).toBeLessThan(PLAN.length);

      const again = lively();
      const { result } = await measure(STUDY, again.platform, store, 1, ignored, NEVER, 2);
      expect(result).toEqual(COMPLETE);
      await expectAllOnce(store);
      const before = kept.map(({ trial }) => trial.id);
      const now = (await observationsOf(store, RUN)).map(({ trial }) => trial.id);
      expect(now.slice(0, before.length)).toEqual(before);
      expectTornDown(again);
    },
  );
});

describe("when one of several stacks fails", () => {
  test("its boot is brought up afresh, and the others are not touched", async () => {
    const id = "b2-up-L1-cpu-1";
    let lost = 0;
    const lab = lively({
      answer: ({ boot, level, workload }) =>
        boot === 2 && level === 1 && workload === "cpu" && lost++ === 0
          ? { end: { kind: "lost", what: "killed by SIGSEGV" }, stdout: "half", stderr: "" }
          : undefined,
    });
    const store = memoryStore();
    const { result, events } = await measure(STUDY, lab.platform, store, 1, ignored, NEVER, 2);
    expect(result).toEqual(COMPLETE);
    expect(events.filter(({ kind }) => kind === "stack-lost")).toMatchObject([
      { boot: 2, again: true, problem: { code: "machine-lost", at: id } },
    ]);
    const bringUps = BOOTS.map((boot) => lab.logOf(boot).filter((entry) => entry === "up L0").length);
    expect(bringUps).toEqual([1, 2, 1, 1, 1]);
    const readings = await readingsIn(store);
    expect(Object.keys(readings).sort()).toEqual([...PLAN.map((one) => `${one}#1`), `${id}#2`].sort());
    expectTornDown(lab);
  });

  const noBoot: Problem = { code: "no-boot", at: "L1", what: "L1 did not boot" };

  test("three times in a row the run ends: it says which boot, and all stacks are taken down", async () => {
    const lab = lively({ obstacle: ({ boot, level }) => (boot === 2 && level === 1 ? noBoot : undefined) });
    const store = memoryStore();
    const { result, events } = await measure(STUDY, lab.platform, store, 1, ignored, NEVER, 2);
    expect(result).toEqual({ ok: false, problems: [{ ...noBoot, at: "boot 2, L1" }] });
    const lost = events.flatMap((event) => (event.kind === "stack-lost" ? [[event.boot, event.again]] : []));
    expect(lost).toEqual([
      [2, true],
      [2, true],
      [2, false],
    ]);
    expectTornDown(lab);
    const kept = await observationsOf(store, RUN);
    expect(new Set(kept.map(({ trial }) => trial.boot))).toEqual(new Set([1, 2]));

    const mended = await measure(STUDY, lively().platform, store, 1, ignored, NEVER, 2);
    expect(mended.result).toEqual(COMPLETE);
    await expectAllOnce(store);
  });

  test("for good the others do not go on to the end of their boots", async () => {
    const missing: Problem = { code: "no-nested-kvm", at: "L1", what: "kvm_intel.nested is N" };
    const lab = lively({ obstacle: ({ boot, level }) => (boot === 2 && level === 1 ? missing : undefined) });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store, 1, ignored, NEVER, 3);
    expect(result).toMatchObject({ ok: false, problems: [{ code: "no-nested-kvm", at: "boot 2, L1" }] });
    const kept = await observationsOf(store, RUN);
    for (const boot of [1, 3]) {
      expect(lab.logOf(boot).filter((entry) => entry === "up L0")).toHaveLength(1);
      expect(kept.filter(({ trial }) => trial.boot === boot).length).toBeLessThan(PLAN.length / SHAPE.boots);
    }
    expectTornDown(lab);
  });

  test("a bug in one is thrown on when the stacks of all are down", async () => {
    const lab = lively({
      obstacle: ({ boot, level }) => {
        if (boot === 3 && level === 2) throw new Error("a bug in the driver");
        return undefined;
      },
    });
    const running = measure(STUDY, lab.platform, memoryStore(), 1, ignored, NEVER, 3);
    await expect(running).rejects.toThrow("a bug in the driver");
    for (const boot of [1, 2, 3]) expect(lab.logOf(boot)).toContain("up L1");
    expect(lab.logOf(4)).toEqual([]);
    expectTornDown(lab);
  });

  test("because its machine is unlike the first that came up, it is the second that is refused, however slow the store is", async () => {
    const lab = lively({
      obstacle: async ({ bringUp, level }) => {
        if (bringUp === 2 && level === 0) await wait(20);
        return undefined;
      },
      answer: ({ boot, bringUp, command: { argv } }) =>
        argv.some((part) => part.includes("section kernel"))
          ? `== kernel\n6.1.${boot === 2 && bringUp === 2 ? 1 : 0}\n`
          : undefined,
    });
    const kept = memoryStore();
    const store: Store = {
      ...kept,
      addMachine: async (run, machine) => {
        if (machine.boot === 1) await wait(100);
        await kept.addMachine(run, machine);
      },
    };
    const { result, events } = await measure(STUDY, lab.platform, store, 1, ignored, NEVER, 2);
    expect(result).toEqual(COMPLETE);
    expect(events.filter(({ kind }) => kind === "stack-lost")).toMatchObject([
      { boot: 2, again: true, problem: { code: "facts-changed" } },
    ]);
    expect((await observationsOf(store, RUN)).filter(({ bringUp }) => bringUp === 2)).toEqual([]);
    await expectAllOnce(store);
  });
});

test("of a study that ends when it knows enough, the pilot alone is side by side", async () => {
  const study = {
    ...studyOf({ levels: 1, workloads: [CPU] }),
    repetitions: {
      kind: "until",
      ratioHalfWidth: 0.001,
      boots: { minimum: 4, maximum: 7 },
      runs: { maximum: 1 },
    },
  } as const;
  const measured = async (stacks: number) => {
    const store = memoryStore();
    const platform = setUpSimulated(study, 3, DEFAULT_TRUTH, 0.001);
    const { result, events } = await measure(study, platform, store, 3, ignored, NEVER, stacks);
    expect(result).toEqual(COMPLETE);
    return { events, readings: await readingsIn(store) };
  };
  const [one, many] = [await measured(1), await measured(3)];
  expect(many.readings).toEqual(one.readings);
  const later = many.events.findIndex((event) => event.kind === "boot-started" && event.boot > 4);
  expect(mostAtOnce(many.events.slice(0, later))).toBe(3);
  expect(mostAtOnce(many.events.slice(later))).toBe(1);
  expect(many.events.filter(({ kind }) => kind === "boot-started")).toHaveLength(7);
});
