import Database from "libsql";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { isAlive, thisProcess } from "../../src/adapters/process-life.ts";
import { openLibrary } from "../../src/adapters/store/library.ts";
import { openLiveBoard } from "../../src/adapters/store/live-board.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Result } from "../../src/core/base/problem.ts";
import { studyData } from "../../src/core/study/study.ts";
import type { Library } from "../../src/lab/library.ts";
import type { RunRecord } from "../../src/lab/ports.ts";
import type { Store } from "../../src/lab/store.ts";
import { summaryOf } from "../../src/lab/summary.ts";
import { madeUpObservation } from "../unit/made-up/observation.ts";
import { madeUpProvenance } from "../unit/made-up/provenance.ts";
import { madeUpTrial } from "../unit/made-up/trial.ts";
import { type Place, placeForTest } from "./place.ts";
import { studyOf } from "./simulated-study.ts";

/** The connections that were opened, in that order. */
const connections = vi.hoisted((): Database.Database[] => []);

vi.mock("libsql", async (original) => {
  const { default: Original } = await original<{ default: typeof Database }>();
  return {
    default: class extends Original {
      constructor(...given: ConstructorParameters<typeof Database>) {
        super(...given);
        connections.push(this);
      }
    },
  };
});

const RUN: RunRecord = {
  id: "run",
  createdAt: "2026-11-23T10:00:00.000Z",
  study: studyData(studyOf({ levels: 1, boots: 1 })),
  seed: 1,
  hardware: "simulated",
  timing: "wall",
  provenance: madeUpProvenance(),
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

async function measured(level: number, throughput: number): Promise<void> {
  const trial = madeUpTrial({ level });
  await store.addObservation(RUN.id, madeUpObservation({ trial }));
  const reading = { metrics: { throughput, response: 1 / throughput }, more: {} };
  const outcome = { kind: "measured", reading, nestedEntries: [], kvm: [], doubts: [], unknown: [] } as const;
  await store.addOutcome(RUN.id, { trial: trial.id, attempt: 1 }, outcome);
}

describe("a summary", () => {
  const keep = async () =>
    library.keepSummary(RUN, await library.basis(RUN.id), await summaryOf(RUN, library));
  const line = async () => (await library.list({ words: [] }, { from: 0, count: 10 }))[0];

  test("is kept, found by its words, and gone with the next outcome", async () => {
    await measured(0, 100);
    await measured(1, 80);
    expect(await library.unsummarised(10)).toEqual([RUN.id]);
    await keep();
    expect(await library.unsummarised(10)).toEqual([]);
    expect((await line())?.summary).toMatchObject({
      state: "open",
      settled: 2,
      costs: [{ level: 1, ratio: expect.closeTo(0.8) }],
    });
    expect(await library.count({ words: ["l1 costs is not known yet"] })).toBe(1);
    expect(await library.count({ words: [], state: "complete" })).toBe(0);
    await store.addObservation(RUN.id, madeUpObservation({ trial: madeUpTrial({ direction: "down" }) }));
    const failed = { kind: "failed", problem: { code: "workload-failed", what: "y" } } as const;
    await store.addOutcome(RUN.id, { trial: "b1-down-L0-cpu-1", attempt: 1 }, failed);
    expect(await line()).not.toHaveProperty("summary");
  });

  test("of rows that are not the newest any more is not kept", async () => {
    await measured(0, 100);
    const basis = await library.basis(RUN.id);
    const summary = await summaryOf(RUN, library);
    await measured(1, 80);
    await library.keepSummary(RUN, basis, summary);
    expect(await library.unsummarised(10)).toEqual([RUN.id]);
  });

  test("says the same when it is thrown away and made again", async () => {
    await measured(0, 100);
    await keep();
    const first = await line();
    const database = new Database(place.store);
    database.exec("DELETE FROM summaries");
    database.close();
    await keep();
    expect(await line()).toEqual(first);
  });
});

test("what pages read with cannot write", async () => {
  const [reading, keeping] = connections.filter(({ open }) => open).slice(-2);
  expect(() => reading?.exec("DELETE FROM runs WHERE id = 'other'")).toThrow(/readonly/);
  expect(() => keeping?.exec("DELETE FROM summaries WHERE run = 'other'")).not.toThrow();
});

test("attempts are listed from any row on, and by what they are of", async () => {
  await measured(0, 100);
  await measured(1, 80);
  const [first, second] = await library.attemptLines(RUN.id, {}, { after: 0, count: 10 });
  expect([first?.level, second?.level]).toEqual([0, 1]);
  expect(await library.attemptLines(RUN.id, {}, { after: first?.row ?? 0, count: 10 })).toEqual([second]);
  expect(await library.attemptLines(RUN.id, { level: 1, workload: "cpu" }, { after: 0, count: 10 })).toEqual([
    second,
  ]);
  expect(await library.attemptLines(RUN.id, { only: "failed" }, { after: 0, count: 10 })).toEqual([]);
  expect(await library.newest(RUN.id, 1)).toEqual([second]);
  expect(await library.trial(RUN.id, first?.trial ?? "")).toMatchObject([{ outcome: { kind: "measured" } }]);
});

test("how far a run is can be read by others, at once, and is gone when it has ended", async () => {
  const board = got(await openLiveBoard(place.store));
  const before = await library.version();
  board.show({
    ...{ run: RUN.id, process: thisProcess(), since: "a", at: "b", boots: [], done: 1, total: 2 },
    ...{ extent: "all", leftSeconds: 3 },
  });
  expect(await library.version()).not.toBe(before);
  expect(await library.live()).toMatchObject([{ run: RUN.id, done: 1 }]);
  board.clear(RUN.id);
  expect(await library.live()).toEqual([]);
  board.close();
});

test("a process is told from one that has ended and from one of the same number", () => {
  const own = thisProcess();
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, started: `${own.started}0` })).toBe(false);
  expect(isAlive({ pid: 2 ** 22 + 1, started: own.started })).toBe(false);
});
