import { copyFile, stat } from "node:fs/promises";
import fc from "fast-check";
import Database from "libsql";
import { describe, expect, test, vi } from "vitest";
import { MIGRATIONS } from "../../src/adapters/store/migrations.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Completed } from "../../src/core/command.ts";
import type { Observation, Step, Verdict } from "../../src/core/observation.ts";
import { studyData } from "../../src/core/study.ts";
import type { MachineRecord, RunRecord, Store } from "../../src/lab/ports.ts";
import { createPlace, type Place, placeForTest } from "./place.ts";
import { readRawStore } from "./raw-store.ts";
import { studyOf } from "./simulated-study.ts";

/** The connections that the store opened: some settings belong to a connection and are in no file. */
const connections = vi.hoisted((): { prepare(query: string): { get(): unknown } }[] => []);

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
  id: "2026-11-23-sim-1",
  createdAt: "2026-11-23T10:00:00.000Z",
  study: studyData(studyOf()),
  seed: 2 ** 31 - 1,
  hardware: "simulated",
  timing: "wall",
  record: { dvirt: "0.1.0", "image sha256": "abc" },
};

const MACHINE: MachineRecord = {
  boot: 1,
  bringUp: 1,
  level: 0,
  driver: "simulated",
  argv: ["qemu-system-x86_64", "-append", "a b 'c'"],
  launchedAt: "2026-11-23T10:00:00.000Z",
  readySeconds: 0.25,
  sinceLaunchSeconds: 0.5,
  facts: "== kernel\n6.12\n",
};

function observation(change: Partial<Observation> = {}, id = "b1-up-L0-cpu-1"): Observation {
  return {
    trial: { id, boot: 1, direction: "up", level: 0, workload: "cpu", run: 1 },
    attempt: 1,
    bringUp: 1,
    startedAt: "2026-11-23T10:00:01.000Z",
    argv: ["sysbench", "cpu", "run"],
    completed: { end: { kind: "exited", code: 0 }, stdout: "out\n", stderr: "", seconds: 1.5 },
    steps: [],
    evidence: [{ level: 0, before: "before", after: "after" }],
    ...change,
  };
}

const MEASURED: Verdict = {
  kind: "measured",
  reading: { throughputPerSecond: 1000 / 3, responseMeanSeconds: 0.003, more: { events: 10_000 } },
  nestedEntries: [],
  doubts: [],
  unknown: [],
};

async function opened(place: Place): Promise<Store> {
  const result = await openSqliteStore(place.store);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

/** A store with one run and one observation in it. */
async function filled(place: Place): Promise<Store> {
  const store = await opened(place);
  await store.addRun(RUN);
  await store.addObservation(RUN.id, observation());
  return store;
}

const settings = (query: string) => connections.at(-1)?.prepare(query).get();

describe("a store keeps what was measured", () => {
  test.each([
    ["UPDATE", "UPDATE observations SET stdout = 'better'"],
    ["an UPDATE of one row", "UPDATE observations SET level = 1 WHERE trial = 'b1-up-L0-cpu-1'"],
    ["DELETE", "DELETE FROM observations"],
    ["a DELETE of one row", "DELETE FROM observations WHERE trial = 'b1-up-L0-cpu-1'"],
    [
      "INSERT OR REPLACE",
      "INSERT OR REPLACE INTO observations SELECT run, trial, attempt, lost, boot, level, workload, observation, 'better', stderr FROM observations",
    ],
    ["UPDATE OR REPLACE", "UPDATE OR REPLACE observations SET trial = 'another'"],
    [
      "INSERT OR REPLACE by its row number",
      "INSERT OR REPLACE INTO observations (rowid, run, trial, attempt, lost, boot, level, workload, observation, stdout, stderr) SELECT rowid, run, 'another', attempt, lost, boot, level, workload, observation, 'better', stderr FROM observations",
    ],
  ])("an observation refuses %s, from any connection", async (_, statement) => {
    const place = await placeForTest();
    const store = await filled(place);
    await store.close();
    const before = await readRawStore(place.store);
    const database = new Database(place.store);
    expect(() => database.exec(statement)).toThrow(/observations are append-only/);
    database.close();
    expect(await readRawStore(place.store)).toEqual(before);
  });

  test("an observation cannot be added twice, and the first one stays", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const other = observation({
      completed: { end: { kind: "exited", code: 0 }, stdout: "other\n", stderr: "", seconds: 9 },
    });
    await expect(store.addObservation(RUN.id, other)).rejects.toThrow(/observations are append-only/);
    expect(await store.observations(RUN.id)).toEqual([observation()]);
    await store.close();
  });

  test("every attempt at a trial is an observation of its own, with a verdict of its own", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const id = "b1-up-L0-cpu-1";
    const second = observation({ attempt: 2, bringUp: 2 });
    await store.addObservation(RUN.id, second);
    await expect(store.addObservation(RUN.id, second)).rejects.toThrow(/observations are append-only/);
    expect(await store.observations(RUN.id)).toEqual([observation(), second]);
    await expect(store.addVerdict(RUN.id, { trial: id, attempt: 3 }, MEASURED)).rejects.toThrow(
      "b1-up-L0-cpu-1#3 was judged before it was stored",
    );
    await store.addVerdict(RUN.id, { trial: id, attempt: 2 }, MEASURED);
    expect(await store.verdicts(RUN.id)).toEqual(new Map([[`${id}#2`, MEASURED]]));
    await store.close();
  });

  test("an attempt is lost where its machine was gone or hung before the workload's end, and only there", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const completed = (end: Completed["end"]): Completed => ({ end, stdout: "", stderr: "", seconds: 1 });
    const step = (phase: Step["phase"], end: Completed["end"]): Step => ({
      phase,
      command: { argv: ["true"], timeoutSeconds: 1 },
      completed: completed(end),
    });
    const lost = { kind: "lost", what: "the hypervisor ended" } as const;
    const hung = { kind: "timed-out", limitSeconds: 60 } as const;
    const notRun = completed({ kind: "not-run", what: "not run" });
    const cases: readonly (readonly [name: string, lost: boolean, change: Partial<Observation>])[] = [
      ["lost", true, { completed: completed(lost) }],
      ["hung", true, { completed: completed(hung) }],
      ["lost in preparation", true, { completed: notRun, steps: [step("prepare", lost)] }],
      ["hung in preparation", true, { completed: notRun, steps: [step("prepare", hung)] }],
      ["failed", false, { completed: completed({ kind: "exited", code: 1 }) }],
      ["killed", false, { completed: completed({ kind: "killed", signal: "SIGKILL" }) }],
      [
        "failed preparation",
        false,
        { completed: notRun, steps: [step("prepare", { kind: "exited", code: 1 })] },
      ],
      ["lost in cleanup", false, { steps: [step("cleanup", lost)] }],
      ["hung in cleanup", false, { steps: [step("cleanup", hung)] }],
    ];
    for (const [name, , change] of cases) await store.addObservation(RUN.id, observation(change, name));
    const told = await store.attempts(RUN.id);
    expect(told).toHaveLength(1 + cases.length);
    expect(told).toEqual(
      expect.arrayContaining(
        cases.map(([trial, isLost]) => ({ trial, attempt: 1, lost: isLost, doubted: false })),
      ),
    );
    expect((await store.observations(RUN.id)).slice(1)).toEqual(
      cases.map(([name, , change]) => observation(change, name)),
    );
    await store.close();
  });

  test("the same trial of two runs is two observations", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    await store.addRun({ ...RUN, id: "another" });
    await store.addObservation("another", observation());
    expect((await store.observations("another")).map(({ trial }) => trial.id)).toEqual(["b1-up-L0-cpu-1"]);
    expect(await store.observations(RUN.id)).toHaveLength(1);
    await store.close();
  });

  test("an observation of a run that is not there is refused, and so is a verdict on nothing, and a second one", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    await expect(store.addObservation("nonesuch", observation())).rejects.toThrow(/FOREIGN KEY/);
    await expect(store.addVerdict(RUN.id, { trial: "b9-up-L0-cpu-1", attempt: 1 }, MEASURED)).rejects.toThrow(
      "b9-up-L0-cpu-1#1 was judged before it was stored",
    );
    await expect(store.addMachine("nonesuch", MACHINE)).rejects.toThrow(/FOREIGN KEY/);
    await store.addVerdict(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED);
    await expect(store.addVerdict(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED)).rejects.toThrow(
      /UNIQUE constraint failed/,
    );
    await store.close();
  });

  test("a write-ahead log is used, and every commit waits for the disk", async () => {
    const place = await placeForTest();
    const store = await opened(place);
    expect(settings("PRAGMA journal_mode")).toMatchObject({ journal_mode: "wal" });
    expect(settings("PRAGMA synchronous"), "2 is FULL").toMatchObject({ synchronous: 2 });
    expect(settings("PRAGMA foreign_keys")).toMatchObject({ foreign_keys: 1 });
    await store.close();
  });

  test("a closed store is one file: its log is folded in, so that a copy of the file has everything", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    await store.close();
    const log = await stat(`${place.store}-wal`).catch(() => undefined);
    expect(log?.size ?? 0, "bytes in the write-ahead log of a closed store").toBe(0);
    const copied = await placeForTest();
    await copyFile(place.store, copied.store);
    const copy = await opened(copied);
    expect(await copy.observations(RUN.id)).toEqual([observation()]);
    await copy.close();
  });

  test("what one connection stored, another reads at once", async () => {
    const place = await placeForTest();
    const [writer, reader] = [await filled(place), await opened(place)];
    const first = { trial: "b1-up-L0-cpu-1", attempt: 1, lost: false, doubted: false };
    expect(await reader.attempts(RUN.id)).toEqual([first]);
    await writer.addObservation(RUN.id, observation({}, "b1-up-L0-cpu-2"));
    expect(await reader.attempts(RUN.id)).toEqual([first, { ...first, trial: "b1-up-L0-cpu-2" }]);
    await writer.close();
    await reader.close();
  });
});

describe("opening a store", () => {
  test("makes a new one where there is none, or an empty file, at the newest version", async () => {
    for (const before of [undefined, ""]) {
      const place = await placeForTest();
      if (before !== undefined) await place.write("store.sqlite", before);
      const store = await opened(place);
      expect(settings("PRAGMA user_version")).toMatchObject({ user_version: MIGRATIONS.length });
      expect(await store.runs()).toEqual([]);
      await store.close();
    }
  });

  test("again changes nothing in it", async () => {
    const place = await placeForTest();
    await (await filled(place)).close();
    const before = await readRawStore(place.store);
    const again = await opened(place);
    expect(await again.observations(RUN.id)).toEqual([observation()]);
    await again.close();
    expect(await readRawStore(place.store)).toEqual(before);
  });

  test("refuses one of a newer version and leaves it alone", async () => {
    const place = await placeForTest();
    await (await filled(place)).close();
    const newer = MIGRATIONS.length + 1;
    const database = new Database(place.store);
    database.exec(`PRAGMA user_version = ${newer}`);
    database.close();
    const before = await readRawStore(place.store);
    expect(await openSqliteStore(place.store)).toEqual({
      ok: false,
      problems: [
        {
          code: "store-newer",
          at: place.store,
          what: `this store has version ${newer}; this dvirt knows versions up to ${MIGRATIONS.length}`,
          hint: "use the newer dvirt that wrote it, or another store with --store FILE",
        },
      ],
    });
    expect(await readRawStore(place.store)).toEqual(before);
  });

  test("two at once both get the finished store", async () => {
    const place = await placeForTest();
    const stores = await Promise.all([opened(place), opened(place)]);
    await stores[0].addRun(RUN);
    expect(await stores[1].runs()).toEqual([RUN]);
    for (const store of stores) await store.close();
  });
});

describe("what goes in comes out", () => {
  test("runs in the order of their making, machines in the order of their coming up, verdicts by trial", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const later = { ...RUN, id: "a-later-one", createdAt: "2026-11-24T00:00:00.000Z" };
    await store.addRun(later);
    await store.addRun({ ...RUN, id: "z-earlier", createdAt: "2026-11-22T00:00:00.000Z" });
    await store.addMachine(RUN.id, MACHINE);
    await store.addMachine(RUN.id, { ...MACHINE, level: 1 });
    const failure: Verdict = {
      kind: "failed",
      problem: { code: "workload-failed", what: "exit code 1", evidence: "'" },
    };
    await store.addVerdict(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED);
    await store.addObservation(RUN.id, observation({}, "a"));
    await store.addVerdict(RUN.id, { trial: "a", attempt: 1 }, failure);
    await store.close();
    const again = await opened(place);
    expect((await again.runs()).map(({ id }) => id)).toEqual(["z-earlier", RUN.id, "a-later-one"]);
    expect((await again.runs())[1]).toEqual(RUN);
    expect(await again.machines(RUN.id)).toEqual([MACHINE, { ...MACHINE, level: 1 }]);
    expect(await again.machines(later.id)).toEqual([]);
    expect((await again.observations(RUN.id)).map(({ trial }) => trial.id)).toEqual(["b1-up-L0-cpu-1", "a"]);
    expect(await again.verdicts(RUN.id)).toEqual(
      new Map<string, Verdict>([
        ["b1-up-L0-cpu-1#1", MEASURED],
        ["a#1", failure],
      ]),
    );
    await again.close();
  });

  test("observations, whatever text is in them", async () => {
    const hostile = [
      "'; DROP TABLE observations; --",
      '"double" and `back` and \\ and %s and {} and $1 and ?1',
      "çığ 汉字 🦆 e\u0301 \u202eright to left\u202c \ufeff \u2028 \u{10ffff}",
      "\u0001\u001b[31mred\u001b[0m\r\n\t\u007f",
      "",
      "x".repeat(2_000_000),
    ];
    // NUL ends a text for SQLite, and a lone surrogate is no text; a command's output holds neither after decoding.
    const text = fc.oneof(
      fc.constantFrom(...hostile),
      fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", "")),
    );
    const place = await createPlace();
    const store = await opened(place);
    await store.addRun(RUN);
    let count = 0;
    try {
      await fc.assert(
        fc.asyncProperty(text, text, text, text, async (stdout, stderr, argument, evidence) => {
          const command = { argv: ["sh", "-c", argument], timeoutSeconds: 1, stdin: evidence };
          const completed = { end: { kind: "exited", code: 0 } as const, stdout, stderr, seconds: 0.1 };
          const run = `run ${++count}`;
          await store.addRun({ ...RUN, id: run });
          const given = observation(
            {
              argv: ["sysbench", argument],
              completed,
              steps: [{ phase: "prepare", command, completed }],
              evidence: [{ level: 0, before: evidence, after: stdout }],
            },
            `trial ${argument.slice(0, 50)}`,
          );
          await store.addObservation(run, given);
          expect(await store.observations(run)).toEqual([given]);
        }),
        { numRuns: 40 },
      );
      expect((await readRawStore(place.store)).observations).toHaveLength(count);
    } finally {
      await store.close();
      await place.remove();
    }
  });
});
