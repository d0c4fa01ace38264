import Database from "libsql";
import { beforeEach, describe, expect, test } from "vitest";
import { isAlive, thisProcess } from "../../src/adapters/process-life.ts";
import { openLibrary } from "../../src/adapters/store/library.ts";
import { openLiveBoard } from "../../src/adapters/store/live-board.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Result } from "../../src/core/problem.ts";
import { studyData } from "../../src/core/study.ts";
import type { Library } from "../../src/lab/library.ts";
import type { RunRecord, Store } from "../../src/lab/ports.ts";
import { summaryOf } from "../../src/lab/summary.ts";
import { madeUpObservation } from "../unit/made-up/observation.ts";
import { madeUpTrial } from "../unit/made-up/trial.ts";
import { type Place, placeForTest } from "./place.ts";
import { studyOf } from "./simulated-study.ts";

const RUN: RunRecord = {
  id: "run",
  createdAt: "2026-11-23T10:00:00.000Z",
  study: studyData(studyOf({ levels: 1, boots: 1 })),
  seed: 1,
  hardware: "simulated",
  timing: "wall",
  record: {},
};

let place: Place;
let store: Store;
let library: Library;
beforeEach(async () => {
  place = await placeForTest();
  store = got(await openSqliteStore(place.store));
  await store.addRun(RUN);
  library = got(await openLibrary(place.store));
  return async () => {
    await library.close();
    await store.close();
  };
});

function got<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

async function measured(level: number, throughputPerSecond: number): Promise<void> {
  const trial = madeUpTrial({ level });
  await store.addObservation(RUN.id, madeUpObservation({ trial }));
  const reading = { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond, more: {} };
  const verdict = { kind: "measured", reading, nestedEntries: [], doubts: [], unknown: [] } as const;
  await store.addVerdict(RUN.id, { trial: trial.id, attempt: 1 }, verdict);
}

describe("a summary", () => {
  const keep = async () =>
    library.keepSummary(RUN, library.basis(RUN.id), await summaryOf(RUN, library.store));
  const line = () => library.list({ words: [] }, { from: 0, count: 10 })[0];

  test("is kept, found by its words, and gone with the next verdict", async () => {
    await measured(0, 100);
    await measured(1, 80);
    expect(library.unsummarised(10)).toEqual([RUN.id]);
    await keep();
    expect(library.unsummarised(10)).toEqual([]);
    expect(line()?.summary).toMatchObject({
      state: "open",
      settled: 2,
      costs: [{ level: 1, ratio: expect.closeTo(0.8) }],
    });
    expect(library.count({ words: ["l1 costs 20.0%"] })).toBe(1);
    expect(library.count({ words: [], state: "complete" })).toBe(0);
    await store.addObservation(RUN.id, madeUpObservation({ trial: madeUpTrial({ direction: "down" }) }));
    const failed = { kind: "failed", problem: { code: "x", what: "y" } } as const;
    await store.addVerdict(RUN.id, { trial: "b1-down-L0-cpu-1", attempt: 1 }, failed);
    expect(line()).not.toHaveProperty("summary");
  });

  test("of rows that are not the newest any more is not kept", async () => {
    await measured(0, 100);
    const basis = library.basis(RUN.id);
    const summary = await summaryOf(RUN, library.store);
    await measured(1, 80);
    library.keepSummary(RUN, basis, summary);
    expect(library.unsummarised(10)).toEqual([RUN.id]);
  });

  test("says the same when it is thrown away and made again", async () => {
    await measured(0, 100);
    await keep();
    const first = line();
    const database = new Database(place.store);
    database.exec("DELETE FROM summaries");
    database.close();
    await keep();
    expect(line()).toEqual(first);
  });
});

test("what pages read with cannot write", async () => {
  await expect(library.store.addRun({ ...RUN, id: "other" })).rejects.toThrow(/readonly/);
});

test("attempts are listed from any row on, and by what they are of", async () => {
  await measured(0, 100);
  await measured(1, 80);
  const [first, second] = library.attempts(RUN.id, {}, 0, 10);
  expect([first?.level, second?.level]).toEqual([0, 1]);
  expect(library.attempts(RUN.id, {}, first?.row ?? 0, 10)).toEqual([second]);
  expect(library.attempts(RUN.id, { level: 1, workload: "cpu" }, 0, 10)).toEqual([second]);
  expect(library.attempts(RUN.id, { only: "failed" }, 0, 10)).toEqual([]);
  expect(library.newest(RUN.id, 1)).toEqual([second]);
  expect(library.trial(RUN.id, first?.trial ?? "")).toMatchObject([{ verdict: { kind: "measured" } }]);
});

test("how far a run is can be read by others, at once, and is gone when it has ended", async () => {
  const board = got(await openLiveBoard(place.store));
  const before = library.version();
  board.show({
    ...{ run: RUN.id, process: thisProcess(), since: "a", at: "b", machines: [], done: 1, total: 2 },
    ...{ extent: "all", leftSeconds: 3 },
  });
  expect(library.version()).not.toBe(before);
  expect(library.live()).toMatchObject([{ run: RUN.id, done: 1 }]);
  board.clear(RUN.id);
  expect(library.live()).toEqual([]);
  board.close();
});

test("a process is told from one that has ended and from one of the same number", () => {
  const own = thisProcess();
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, started: `${own.started}0` })).toBe(false);
  expect(isAlive({ pid: 2 ** 22 + 1, started: own.started })).toBe(false);
});
