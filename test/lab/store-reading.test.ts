import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Completed } from "../../src/core/base/command.ts";
import { allOf } from "../../src/core/report/parts/report.ts";
import { studyData } from "../../src/core/study/study.ts";
import { summarise } from "../../src/core/trial/doubts.ts";
import { ATTEMPTS, type Observation, type Outcome, trialLost } from "../../src/core/trial/observation.ts";
import { planBoots, type Trial } from "../../src/core/trial/plan.ts";
import type { RunRecord } from "../../src/lab/ports.ts";
import type { JudgedObservation, Store } from "../../src/lab/store.ts";
import { madeUpProvenance } from "../unit/made-up/provenance.ts";
import { memoryStore } from "./memory-store.ts";
import { createPlace, type Place } from "./place.ts";
import { studyOf } from "./simulated-study.ts";
import { modelOf } from "./store-model.ts";

const STUDY = studyOf({ levels: 2, boots: 2 });
const TRIALS = planBoots(STUDY, 1).flatMap(({ trials }) => trials);
const RUN: RunRecord = {
  id: "run",
  createdAt: "2026-11-23T10:00:00.000Z",
  study: studyData(STUDY),
  seed: 1,
  hardware: "simulated",
  timing: "wall",
  provenance: madeUpProvenance(),
};

/** One attempt at a trial: how it ended, and what was made of it; undefined where nobody has judged it yet. */
interface Attempt {
  readonly trial: Trial;
  readonly end: Completed["end"];
  readonly outcome: Outcome | undefined;
}

function problem(what: string): Outcome {
  const code = "workload-failed";
  return { kind: "failed", problem: { code, at: "L1", what: `it is "${what}"`, evidence: "two\nlines" } };
}

const anyMeasured: fc.Arbitrary<Outcome> = fc.record({
  kind: fc.constant("measured"),
  reading: fc.record(
    {
      metrics: fc.record(
        {
          throughput: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
          response: fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
        },
        { requiredKeys: ["throughput"] },
      ),
      more: fc.constantFrom({}, { events: 10_000, threads: 1 }),
      resolution: fc.constantFrom({ throughput: 0.25, response: 1e-5 }, { throughput: 3e-7 }, {}),
    },
    { requiredKeys: ["metrics", "more"] },
  ),
  nestedEntries: fc.uniqueArray(fc.record({ level: fc.nat(2), count: fc.nat(1e9) }), {
    selector: ({ level }) => level,
  }),
  kvm: fc.constant([]),
  doubts: fc.subarray([
    { guard: "steal", sentence: "L1 was not let run" },
    { guard: "kernel-log", sentence: 'L0: the kernel said "no"' },
  ]),
  unknown: fc.subarray(["cpu-frequency", "depth"]),
});

const anyAttempt: fc.Arbitrary<Attempt> = fc
  .record({
    trial: fc.constantFrom(...TRIALS),
    outcome: fc.oneof(
      fc.record({
        end: fc.constantFrom<Completed["end"]>(
          { kind: "lost", what: "the hypervisor ended" },
          { kind: "timed-out", limitSeconds: 60 },
        ),
        outcome: fc.constantFrom(undefined, problem("workload-failed")),
      }),
      fc.record({
        end: fc.constant<Completed["end"]>({ kind: "exited", code: 0 }),
        outcome: fc.oneof(
          { weight: 3, arbitrary: anyMeasured },
          fc.constantFrom(undefined, problem("unexpected-output")),
        ),
      }),
    ),
  })
  .map(({ trial, outcome }) => ({ trial, ...outcome }));

/** Attempts one after the other, as a run makes them: none at a trial that is settled. */
function observationsOf(
  attempts: readonly Attempt[],
): readonly (readonly [Observation, Outcome | undefined])[] {
  const made: [Observation, Outcome | undefined][] = [];
  for (const { trial, end, outcome } of attempts) {
    const before = made.filter(([one]) => one.trial.id === trial.id);
    const last = before.at(-1)?.[0];
    if (last !== undefined && (!trialLost(last) || last.attempt === ATTEMPTS)) continue;
    const index = made.length;
    const observation: Observation = {
      trial,
      attempt: before.length + 1,
      bringUp: trial.boot + before.length,
      startedAt: new Date(1_800_000_000_000 + index * 1000).toISOString(),
      argv: ["sysbench"],
      completed: { end, stdout: `output ${index}`, stderr: "", seconds: 0.5 + index },
      setupSteps: [],
      evidence: [],
    };
    made.push([observation, outcome]);
  }
  return made;
}

async function fill(store: Store, run: RunRecord, attempts: readonly Attempt[]): Promise<void> {
  await store.addRun(run);
  for (const [observation, outcome] of observationsOf(attempts)) {
    await store.addObservation(run.id, observation);
    if (outcome === undefined) continue;
    await store.addOutcome(run.id, { trial: observation.trial.id, attempt: observation.attempt }, outcome);
  }
}

/** All that a report takes from a store, and what goes on with a run. */
async function read(store: Store, run: string) {
  const { judged, doubted } = await store.guardEvidence(run);
  return {
    readings: (await allOf(store.readings(run))).map(({ trial, reading, doubted }) => ({
      doubted,
      boot: trial.boot,
      direction: trial.direction,
      level: trial.level,
      workload: trial.workload,
      metrics: reading.metrics,
      resolution: reading.resolution,
    })),
    trials: await allOf(store.trials(run)),
    failures: await store.failures(run),
    counts: await Promise.all([0, 1, 2].map((repeat) => store.counts(run, repeat))),
    guards: await summarise({ judged, doubted }),
    nestedEntries: await store.nestedEntries(run),
    unjudged: (await allOf(store.unjudged(run))).map(
      ({ observation }) => observation.ok && observation.value,
    ),
  };
}

async function opened(path: string): Promise<Store> {
  const result = await openSqliteStore(path);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

const measured = (throughput: number, ...counts: readonly number[]): Outcome => ({
  kind: "measured",
  reading: { metrics: { throughput, response: 1 / throughput }, more: { events: 5 } },
  nestedEntries: counts.map((count, level) => ({ level, count })),
  kvm: [],
  doubts: [],
  unknown: [],
});

const trialNamed = (id: string): Trial => {
  const found = TRIALS.find((trial) => trial.id === id);
  if (found === undefined) throw new Error(`the plan has no ${id}`);
  return found;
};

const fine = { kind: "exited", code: 0 } as const;
const lost = { kind: "lost", what: "the hypervisor ended" } as const;

/** A run with every case in it: measured at once and again, failed, lost for good, lost so far, not judged yet. */
const ATTEMPTED: readonly Attempt[] = [
  { trial: trialNamed("b1-up-L0-cpu-1"), end: fine, outcome: measured(1000) },
  { trial: trialNamed("b1-up-L1-cpu-1"), end: lost, outcome: problem("lost once") },
  { trial: trialNamed("b1-up-L1-cpu-1"), end: fine, outcome: measured(800, 3) },
  { trial: trialNamed("b1-up-L2-cpu-1"), end: fine, outcome: measured(600, 2900, 7) },
  { trial: trialNamed("b2-up-L2-cpu-1"), end: fine, outcome: measured(610, 2700, 9) },
  { trial: trialNamed("b1-up-L1-oltp-1"), end: fine, outcome: problem("failed") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, outcome: problem("lost for good, 1") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, outcome: problem("lost for good, 2") },
  { trial: trialNamed("b2-up-L0-cpu-1"), end: lost, outcome: problem("lost so far") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, outcome: problem("lost for good, 3") },
  { trial: trialNamed("b2-up-L1-cpu-1"), end: fine, outcome: undefined },
];

describe("what a report takes from a store", () => {
  let place: Place;
  let store: Store;
  beforeAll(async () => {
    place = await createPlace();
    store = await opened(place.store);
    await fill(store, RUN, ATTEMPTED);
    await fill(store, { ...RUN, id: "run 2" }, ATTEMPTED.slice(0, 1));
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  test("are the readings of all that was measured, in the order of judging", async () => {
    const readings = await allOf(store.readings("run"));
    expect(readings.map(({ trial, reading }) => [trial, reading])).toEqual(
      [
        { boot: 1, level: 0, throughput: 1000 },
        { boot: 1, level: 1, throughput: 800 },
        { boot: 1, level: 2, throughput: 600 },
        { boot: 2, level: 2, throughput: 610 },
      ].map(({ boot, level, throughput }) => [
        { boot, direction: "up", level, workload: "cpu" },
        { metrics: { throughput, response: 1 / throughput } },
      ]),
    );
  });

  test("are the trials, each by the attempt that speaks for it", async () => {
    const trials = await allOf(store.trials("run"));
    const rows = trials.map(({ trial, attempt, bringUp, reading, problem }) => [
      trial.id,
      attempt,
      bringUp,
      reading?.metrics.throughput ?? problem?.what,
    ]);
    expect(rows).toEqual([
      ["b1-up-L0-cpu-1", 1, 1, 1000],
      ["b1-up-L1-cpu-1", 2, 2, 800],
      ["b1-up-L2-cpu-1", 1, 1, 600],
      ["b2-up-L2-cpu-1", 1, 2, 610],
      ["b1-up-L1-oltp-1", 1, 1, 'it is "failed"'],
      ["b2-up-L0-cpu-1", 1, 2, 'it is "lost so far"'],
      ["b1-up-L2-oltp-1", 3, 3, 'it is "lost for good, 3"'],
      ["b2-up-L1-cpu-1", 1, 2, undefined],
    ]);
  });

  test("are the failures of trials that no attempt measured", async () => {
    expect((await store.failures("run")).map(({ trial, problem }) => [trial.id, problem.what])).toEqual([
      ["b1-up-L1-oltp-1", 'it is "failed"'],
      ["b2-up-L0-cpu-1", 'it is "lost so far"'],
      ["b1-up-L2-oltp-1", 'it is "lost for good, 3"'],
    ]);
  });

  test("are counts: what was executed, how often again, and what need not be", async () => {
    // Eight trials; one had a second attempt, one a second and a third; one was lost and has attempts left.
    expect(await store.counts("run", 0)).toEqual({ executed: 8, repeats: 3, doubtRepeats: 0, settled: 7 });
    expect(await store.counts("run 2", 0)).toEqual({ executed: 1, repeats: 0, doubtRepeats: 0, settled: 1 });
    expect(await store.counts("none", 0)).toEqual({ executed: 0, repeats: 0, doubtRepeats: 0, settled: 0 });
  });

  test("are the least and the most entries into guests of guests, of what was measured", async () => {
    expect(await store.nestedEntries("run")).toEqual([
      { workload: "cpu", level: 1, host: 0, least: 3, most: 3 },
      { workload: "cpu", level: 2, host: 0, least: 2700, most: 2900 },
      { workload: "cpu", level: 2, host: 1, least: 7, most: 9 },
    ]);
    expect(await store.nestedEntries("run 2")).toEqual([]);
  });

  test("can be read again, also after a reading that was broken off, and while another one is under way", async () => {
    const begun = store.readings("run")[Symbol.asyncIterator]();
    await begun.next();
    for await (const { trial } of store.trials("run")) {
      expect(trial.id).toBe("b1-up-L0-cpu-1");
      break;
    }
    expect(await allOf(store.readings("run"))).toHaveLength(4);
    expect(await allOf(store.trials("run"))).toHaveLength(8);
    expect((await begun.next()).value).toMatchObject({ reading: { metrics: { throughput: 800 } } });
  });
});

test("whatever was attempted, in whatever order, over two runs at once, is read as by going through all of it", async () => {
  const attempts = fc.array(fc.record({ to: fc.nat(1), attempt: anyAttempt }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(attempts, async (made) => {
      const store = memoryStore();
      // One name begins with the other, as names of runs do.
      const runs = ["run", "run b"].map((id, index) => ({
        id,
        waiting: observationsOf(made.filter(({ to }) => to === index).map(({ attempt }) => attempt)).values(),
        kept: [] as JudgedObservation[],
      }));
      for (const { id } of runs) await store.addRun({ ...RUN, id });
      // The two runs take turns as the attempts do, so that their rows lie among each other.
      for (const { to } of made) {
        const run = runs[to];
        const next = run?.waiting.next();
        if (run === undefined || next === undefined || next.done === true) continue;
        const [observation, outcome] = next.value;
        run.kept.push({ observation, outcome });
        await store.addObservation(run.id, observation);
        const key = { trial: observation.trial.id, attempt: observation.attempt };
        if (outcome !== undefined) await store.addOutcome(run.id, key, outcome);
      }
      for (const { id, kept } of runs) {
        const { guards, ...model } = modelOf(kept);
        expect(await read(store, id)).toEqual({ ...model, guards: await summarise(guards) });
      }
      await store.close();
    }),
    { numRuns: 60 },
  );
});

test("thousands of trials are read page by page: none is left out or told twice", async () => {
  const plan = planBoots({ ...STUDY, repetitions: { kind: "fixed", boots: 86, runs: 1 } }, 1).flatMap(
    ({ trials }) => trials,
  );
  const attempts = plan.flatMap((trial, index): readonly Attempt[] => [
    ...(index % 7 === 0 ? [{ trial, end: lost, outcome: problem("lost") }] : []),
    { trial, end: fine, outcome: index % 11 === 0 ? problem("failed") : measured(1000 + index) },
  ]);
  const store = memoryStore();
  const other = { ...RUN, id: "run 2" };
  await fill(store, other, ATTEMPTED);
  await fill(store, RUN, attempts);
  expect(plan.length, "more than a page").toBeGreaterThan(1000);
  expect((await allOf(store.trials("run"))).map(({ trial }) => trial)).toEqual(plan);
  expect((await allOf(store.readings("run"))).map(({ reading }) => reading.metrics.throughput)).toEqual(
    plan.flatMap((_, index) => (index % 11 === 0 ? [] : [1000 + index])),
  );
  expect(await allOf(store.trials("run 2"))).toHaveLength(8);
  expect(await store.counts("run", 0)).toEqual({
    executed: plan.length,
    repeats: Math.ceil(plan.length / 7),
    doubtRepeats: 0,
    settled: plan.length,
  });
  await store.close();
});
