import { spawn } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MIGRATIONS } from "../../src/adapters/store/migrations.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Completed } from "../../src/core/command.ts";
import { summarise } from "../../src/core/doubts.ts";
import { ATTEMPTS, type Observation, trialLost, type Verdict } from "../../src/core/observation.ts";
import { planBoots, type Trial } from "../../src/core/plan.ts";
import { studyData } from "../../src/core/study.ts";
import { reportOf } from "../../src/lab/analyse.ts";
import type { RunRecord, Store } from "../../src/lab/ports.ts";
import { HOME } from "./built-program.ts";
import { memoryStore } from "./memory-store.ts";
import { createPlace, type Place, placeForTest } from "./place.ts";
import { studyOf } from "./simulated-study.ts";

const STUDY = studyOf({ levels: 2, boots: 2 });
const TRIALS = planBoots(STUDY, 1).flatMap(({ trials }) => trials);
const RUN: RunRecord = {
  id: "run",
  createdAt: "2026-11-23T10:00:00.000Z",
  study: studyData(STUDY),
  seed: 1,
  hardware: "simulated",
  timing: "wall",
  record: { dvirt: "0.1.0" },
};

/** One attempt at a trial: how it ended, and what was made of it; undefined where nobody has judged it yet. */
interface Attempt {
  readonly trial: Trial;
  readonly end: Completed["end"];
  readonly verdict: Verdict | undefined;
}

function problem(code: string): Verdict {
  return { kind: "failed", problem: { code, at: "L1", what: `it is "${code}"`, evidence: "two\nlines" } };
}

const anyMeasured: fc.Arbitrary<Verdict> = fc.record({
  kind: fc.constant("measured"),
  reading: fc.record({
    throughputPerSecond: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    responseMeanSeconds: fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
    more: fc.constantFrom({}, { events: 10_000, threads: 1 }),
  }),
  nestedEntries: fc.uniqueArray(fc.record({ level: fc.nat(2), count: fc.nat(1e9) }), {
    selector: ({ level }) => level,
  }),
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
        verdict: fc.constantFrom(undefined, problem("workload-failed")),
      }),
      fc.record({
        end: fc.constant<Completed["end"]>({ kind: "exited", code: 0 }),
        verdict: fc.oneof(
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
): readonly (readonly [Observation, Verdict | undefined])[] {
  const made: [Observation, Verdict | undefined][] = [];
  for (const { trial, end, verdict } of attempts) {
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
      steps: [],
      evidence: [],
    };
    made.push([observation, verdict]);
  }
  return made;
}

async function fill(store: Store, run: RunRecord, attempts: readonly Attempt[]): Promise<void> {
  await store.addRun(run);
  for (const [observation, verdict] of observationsOf(attempts)) {
    await store.addObservation(run.id, observation);
    if (verdict === undefined) continue;
    await store.addVerdict(run.id, { trial: observation.trial.id, attempt: observation.attempt }, verdict);
  }
}

/** All that a report takes from a store. */
async function read(store: Store, run: string) {
  return {
    readings: Array.from(store.readings(run), ({ trial, reading, doubted }) => ({
      doubted,
      boot: trial.boot,
      direction: trial.direction,
      level: trial.level,
      workload: trial.workload,
      throughputPerSecond: reading.throughputPerSecond,
      responseMeanSeconds: reading.responseMeanSeconds,
    })),
    trials: [...store.trials(run)],
    failures: await store.failures(run),
    counts: await Promise.all([0, 1, 2].map((repeat) => store.counts(run, repeat))),
    doubts: summarise(await store.guardOutcomes(run)),
    nestedEntries: await store.nestedEntries(run),
  };
}

async function opened(path: string): Promise<Store> {
  const result = await openSqliteStore(path);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

const measured = (throughputPerSecond: number, ...counts: readonly number[]): Verdict => ({
  kind: "measured",
  reading: { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond, more: { events: 5 } },
  nestedEntries: counts.map((count, level) => ({ level, count })),
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
  { trial: trialNamed("b1-up-L0-cpu-1"), end: fine, verdict: measured(1000) },
  { trial: trialNamed("b1-up-L1-cpu-1"), end: lost, verdict: problem("lost once") },
  { trial: trialNamed("b1-up-L1-cpu-1"), end: fine, verdict: measured(800, 3) },
  { trial: trialNamed("b1-up-L2-cpu-1"), end: fine, verdict: measured(600, 2900, 7) },
  { trial: trialNamed("b2-up-L2-cpu-1"), end: fine, verdict: measured(610, 2700, 9) },
  { trial: trialNamed("b1-up-L1-oltp-1"), end: fine, verdict: problem("failed") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, verdict: problem("lost for good, 1") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, verdict: problem("lost for good, 2") },
  { trial: trialNamed("b2-up-L0-cpu-1"), end: lost, verdict: problem("lost so far") },
  { trial: trialNamed("b1-up-L2-oltp-1"), end: lost, verdict: problem("lost for good, 3") },
  { trial: trialNamed("b2-up-L1-cpu-1"), end: fine, verdict: undefined },
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

  test("are the readings of all that was measured, in the order of judging", () => {
    expect(Array.from(store.readings("run"), ({ trial, reading }) => [trial, reading])).toEqual(
      [
        { boot: 1, level: 0, throughputPerSecond: 1000 },
        { boot: 1, level: 1, throughputPerSecond: 800 },
        { boot: 1, level: 2, throughputPerSecond: 600 },
        { boot: 2, level: 2, throughputPerSecond: 610 },
      ].map(({ boot, level, throughputPerSecond }) => [
        { boot, direction: "up", level, workload: "cpu" },
        { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond },
      ]),
    );
  });

  test("are the trials, each by the attempt that speaks for it", () => {
    const rows = Array.from(store.trials("run"), ({ trial, attempt, bringUp, reading, problem }) => [
      trial.id,
      attempt,
      bringUp,
      reading?.throughputPerSecond ?? problem?.code,
    ]);
    expect(rows).toEqual([
      ["b1-up-L0-cpu-1", 1, 1, 1000],
      ["b1-up-L1-cpu-1", 2, 2, 800],
      ["b1-up-L2-cpu-1", 1, 1, 600],
      ["b2-up-L2-cpu-1", 1, 2, 610],
      ["b1-up-L1-oltp-1", 1, 1, "failed"],
      ["b2-up-L0-cpu-1", 1, 2, "lost so far"],
      ["b1-up-L2-oltp-1", 3, 3, "lost for good, 3"],
      ["b2-up-L1-cpu-1", 1, 2, undefined],
    ]);
  });

  test("are the failures of trials that no attempt measured", async () => {
    expect((await store.failures("run")).map(({ trial, problem }) => [trial.id, problem.code])).toEqual([
      ["b1-up-L1-oltp-1", "failed"],
      ["b2-up-L0-cpu-1", "lost so far"],
      ["b1-up-L2-oltp-1", "lost for good, 3"],
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

  test("can be read again, also after a reading that was broken off, and while another one is under way", () => {
    const begun = store.readings("run")[Symbol.iterator]();
    begun.next();
    for (const { trial } of store.trials("run")) {
      expect(trial.id).toBe("b1-up-L0-cpu-1");
      break;
    }
    expect([...store.readings("run")]).toHaveLength(4);
    expect([...store.trials("run")]).toHaveLength(8);
    expect(begun.next().value).toMatchObject({ reading: { throughputPerSecond: 800 } });
  });
});

test("whatever was attempted, in whatever order, over two runs at once, is read as by going through all of it", async () => {
  const place = await placeForTest();
  const store = await opened(place.store);
  let count = 0;
  const attempts = fc.array(fc.record({ to: fc.nat(1), attempt: anyAttempt }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(attempts, async (made) => {
      count += 1;
      // One name begins with the other, as names of runs do.
      const runs = [`run ${count}`, `run ${count} b`].map((id) => ({ ...RUN, id }));
      const model = memoryStore();
      const waiting = runs.map((_, index) =>
        observationsOf(made.filter(({ to }) => to === index).map(({ attempt }) => attempt)).values(),
      );
      for (const run of runs) for (const each of [store, model]) await each.addRun(run);
      // The two runs take turns as the attempts do, so that their rows lie among each other.
      for (const { to } of made) {
        const next = waiting[to]?.next();
        const run = runs[to];
        if (next === undefined || next.done === true || run === undefined) continue;
        const [observation, verdict] = next.value;
        for (const each of [store, model]) {
          await each.addObservation(run.id, observation);
          const key = { trial: observation.trial.id, attempt: observation.attempt };
          if (verdict !== undefined) await each.addVerdict(run.id, key, verdict);
        }
      }
      for (const { id } of runs) expect(await read(store, id)).toEqual(await read(model, id));
    }),
    { numRuns: 60 },
  );
  await store.close();
});

/** Brings a store up to date, slowly: it says when it has begun, and ends some time later. */
const OTHER_DVIRT = `
  import Database from "libsql";
  const [path, migrations, version] = process.argv.slice(1);
  const database = new Database(path);
  database.exec("BEGIN IMMEDIATE; " + migrations + "; PRAGMA user_version = " + version);
  process.stdout.write("begun");
  setTimeout(() => {
    database.exec("COMMIT");
    database.close();
  }, 700);`;

describe("a store of the first version", () => {
  /** Writes a run as the first version did: verdicts as text alone, and no nested entries in them. */
  function writeOldStore(path: string, runs: readonly (readonly [RunRecord, readonly Attempt[]])[]): void {
    const database = new Database(path);
    database.exec(`PRAGMA journal_mode = WAL; ${MIGRATIONS[0]}; PRAGMA user_version = 1`);
    const insert = (table: string, row: Readonly<Record<string, string | number>>) => {
      const names = Object.keys(row);
      database
        .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => "?").join()})`)
        .run(...Object.values(row));
    };
    database.exec("BEGIN");
    for (const [run, attempts] of runs) {
      const { margin: _, ...study } = run.study;
      insert("runs", {
        id: run.id,
        created_at: run.createdAt,
        study: JSON.stringify(study),
        seed: run.seed,
        hardware: run.hardware,
        record: JSON.stringify(run.record),
      });
      for (const [observation, verdict] of observationsOf(attempts)) {
        const { stdout, stderr, ...completed } = observation.completed;
        const { id, boot, level, workload } = observation.trial;
        const key = { run: run.id, trial: id, attempt: observation.attempt };
        insert("observations", {
          ...key,
          lost: trialLost(observation) ? 1 : 0,
          boot,
          level,
          workload,
          observation: JSON.stringify({ ...observation, completed }),
          stdout,
          stderr,
        });
        if (verdict === undefined) continue;
        const old = verdict.kind === "measured" ? { kind: verdict.kind, reading: verdict.reading } : verdict;
        insert("verdicts", { ...key, verdict: JSON.stringify(old) });
      }
    }
    database.exec("COMMIT");
    database.close();
  }

  test("is read as a store of this one, except for nested entries, which it did not judge", async () => {
    const place = await placeForTest();
    const other = { ...RUN, id: "run 2" };
    writeOldStore(place.store, [
      [RUN, ATTEMPTED],
      [other, ATTEMPTED.slice(0, 3)],
    ]);
    const model = memoryStore();
    await fill(model, RUN, ATTEMPTED);
    await fill(model, other, ATTEMPTED.slice(0, 3));
    for (const life of ["brought up to date", "opened again"]) {
      const store = await opened(place.store);
      for (const { id } of [RUN, other]) {
        const wanted = { ...(await read(model, id)), nestedEntries: [], doubts: expect.anything() };
        expect(await read(store, id), `${id}, ${life}`).toEqual(wanted);
      }
      await store.close();
    }
  });

  test("gives the same report, with the usual margin", async () => {
    const place = await placeForTest();
    writeOldStore(place.store, [[RUN, ATTEMPTED]]);
    const store = await opened(place.store);
    const model = memoryStore();
    await fill(model, RUN, ATTEMPTED);
    const [run] = await store.runs();
    expect(run?.study).not.toHaveProperty("margin");
    const [report, wanted] = [await reportOf(run ?? RUN, store), await reportOf(RUN, model)];
    expect(report.analysis).toEqual(wanted.analysis);
    expect(report.analysis.margin).toBe(0.02);
    expect(report.notes).toEqual(wanted.notes);
    await store.close();
  });

  test("may be large: none of thousands of trials is left out or told twice", async () => {
    const place = await placeForTest();
    const plan = planBoots({ ...STUDY, repetitions: { kind: "fixed", boots: 215, runs: 1 } }, 1).flatMap(
      ({ trials }) => trials,
    );
    const attempts = plan.flatMap((trial, index): readonly Attempt[] => [
      ...(index % 7 === 0 ? [{ trial, end: lost, verdict: problem("lost") }] : []),
      { trial, end: fine, verdict: index % 11 === 0 ? problem("failed") : measured(1000 + index) },
    ]);
    const other = { ...RUN, id: "run 2" };
    writeOldStore(place.store, [
      [other, ATTEMPTED],
      [RUN, attempts],
    ]);
    const store = await opened(place.store);
    const found = [...store.trials("run")];
    expect(plan.length).toBeGreaterThan(2500);
    expect(found.map(({ trial }) => trial)).toEqual(plan);
    expect(Array.from(store.readings("run"), ({ reading }) => reading.throughputPerSecond)).toEqual(
      plan.flatMap((_, index) => (index % 11 === 0 ? [] : [1000 + index])),
    );
    expect([...store.trials("run 2")]).toHaveLength(8);
    expect(await store.counts("run", 0)).toEqual({
      executed: plan.length,
      repeats: Math.ceil(plan.length / 7),
      doubtRepeats: 0,
      settled: plan.length,
    });
    await store.close();
  });

  test("keeps every observation and every verdict as it was, and takes new ones", async () => {
    const place = await placeForTest();
    writeOldStore(place.store, [[RUN, ATTEMPTED]]);
    const store = await opened(place.store);
    const made = observationsOf(ATTEMPTED);
    expect(await store.observations("run")).toEqual(made.map(([observation]) => observation));
    const verdicts = await store.verdicts("run");
    expect(verdicts.size).toBe(10);
    expect(verdicts.get("b1-up-L2-cpu-1#1")).toMatchObject({
      reading: { throughputPerSecond: 600, more: { events: 5 } },
    });
    await store.addVerdict("run", { trial: "b2-up-L1-cpu-1", attempt: 1 }, measured(790, 5));
    expect([...store.readings("run")].at(-1)).toMatchObject({
      trial: { boot: 2, direction: "up", level: 1, workload: "cpu" },
      reading: { throughputPerSecond: 790 },
    });
    expect(await store.nestedEntries("run")).toEqual([
      { workload: "cpu", level: 1, host: 0, least: 5, most: 5 },
    ]);
    await store.close();
  });

  test("that another dvirt is just bringing up to date is waited for, and then used", async () => {
    const place = await placeForTest();
    writeOldStore(place.store, [[RUN, ATTEMPTED]]);
    const rest = MIGRATIONS.slice(1).join(";");
    const other = spawn(
      process.execPath,
      ["--input-type=module", "--eval", OTHER_DVIRT, place.store, rest, String(MIGRATIONS.length)],
      { cwd: HOME, stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(other, "close");
    await once(other.stdout, "data");
    // From here on the other one holds the lock, and has not committed.
    const store = await opened(place.store);
    expect(await ended).toEqual([0, null]);
    expect([...store.readings("run")]).toHaveLength(4);
    await store.close();
  });

  test("that holds nothing is brought up to date", async () => {
    const place = await placeForTest();
    writeOldStore(place.store, []);
    const store = await opened(place.store);
    expect(await store.runs()).toEqual([]);
    await store.close();
    const database = new Database(place.store);
    expect(database.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: MIGRATIONS.length });
    database.close();
  });
});
