import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import Database from "libsql";
import { describe, expect, test, vi } from "vitest";
import { rawText } from "../../src/adapters/raw-text.ts";
import { APPLICATION_ID, SCHEMA, STORE_VERSION } from "../../src/adapters/store/schema.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Completed } from "../../src/core/base/command.ts";
import { studyData } from "../../src/core/study/study.ts";
import type { Observation, Outcome, SetupStep } from "../../src/core/trial/observation.ts";
import type { MachineRecord, RunRecord } from "../../src/lab/ports.ts";
import type { Store } from "../../src/lab/store.ts";
import { MADE, madeUpProvenance } from "../unit/made-up/provenance.ts";
import { observationsOf, outcomesOf } from "./kept.ts";
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
  provenance: madeUpProvenance({ origin: MADE }),
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
  settleSeconds: 0.125,
  facts: "== kernel\n6.12\n",
  snapshot: { text: "== uptime\n1.00 2.00\n", fromSeconds: 1, toSeconds: 2 },
};

function observation(change: Partial<Observation> = {}, id = "b1-up-L0-cpu-1"): Observation {
  return {
    trial: { id, boot: 1, direction: "up", level: 0, workload: "cpu", run: 1 },
    attempt: 1,
    bringUp: 1,
    startedAt: "2026-11-23T10:00:01.000Z",
    argv: ["sysbench", "cpu", "run"],
    completed: { end: { kind: "exited", code: 0 }, stdout: "out\n", stderr: "", seconds: 1.5 },
    setupSteps: [],
    evidence: [{ level: 0, before: "before", after: "after" }],
    ...change,
  };
}

const MEASURED: Outcome = {
  kind: "measured",
  reading: { metrics: { throughput: 1000 / 3, response: 0.003 }, more: { events: 10_000 } },
  nestedEntries: [],
  kvm: [],
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
    ["UPDATE", "UPDATE observations SET stdout = x'62'"],
    ["an UPDATE of one row", "UPDATE observations SET level = 1 WHERE trial = 'b1-up-L0-cpu-1'"],
    ["DELETE", "DELETE FROM observations"],
    ["a DELETE of one row", "DELETE FROM observations WHERE trial = 'b1-up-L0-cpu-1'"],
    [
      "INSERT OR REPLACE",
      "INSERT OR REPLACE INTO observations SELECT run, trial, attempt, lost, boot, condition, direction, level, workload, nth, bring_up, started_at, seconds, observation, x'62', stderr FROM observations",
    ],
    ["UPDATE OR REPLACE", "UPDATE OR REPLACE observations SET trial = 'another'"],
    [
      "INSERT OR REPLACE by its row number",
      "INSERT OR REPLACE INTO observations (rowid, run, trial, attempt, lost, boot, condition, direction, level, workload, nth, bring_up, started_at, seconds, observation, stdout, stderr) SELECT rowid, run, 'another', attempt, lost, boot, condition, direction, level, workload, nth, bring_up, started_at, seconds, observation, x'62', stderr FROM observations",
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
    expect(await observationsOf(store, RUN.id)).toEqual([observation()]);
    await store.close();
  });

  test("every attempt at a trial is an observation of its own, with an outcome of its own", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const id = "b1-up-L0-cpu-1";
    const second = observation({ attempt: 2, bringUp: 2 });
    await store.addObservation(RUN.id, second);
    await expect(store.addObservation(RUN.id, second)).rejects.toThrow(/observations are append-only/);
    expect(await observationsOf(store, RUN.id)).toEqual([observation(), second]);
    await expect(store.addOutcome(RUN.id, { trial: id, attempt: 3 }, MEASURED)).rejects.toThrow(
      "b1-up-L0-cpu-1#3 was judged before it was stored",
    );
    await store.addOutcome(RUN.id, { trial: id, attempt: 2 }, MEASURED);
    expect(await outcomesOf(store, RUN.id)).toEqual(new Map([[`${id}#2`, MEASURED]]));
    await store.close();
  });

  test("an attempt is lost where its machine was gone or hung before the workload's end, and only there", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const completed = (end: Completed["end"]): Completed => ({ end, stdout: "", stderr: "", seconds: 1 });
    const step = (phase: SetupStep["phase"], end: Completed["end"]): SetupStep => ({
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
      ["lost in preparation", true, { completed: notRun, setupSteps: [step("prepare", lost)] }],
      ["hung in preparation", true, { completed: notRun, setupSteps: [step("prepare", hung)] }],
      ["failed", false, { completed: completed({ kind: "exited", code: 1 }) }],
      ["killed", false, { completed: completed({ kind: "killed", signal: "SIGKILL" }) }],
      [
        "failed preparation",
        false,
        { completed: notRun, setupSteps: [step("prepare", { kind: "exited", code: 1 })] },
      ],
      ["lost in cleanup", false, { setupSteps: [step("cleanup", lost)] }],
      ["hung in cleanup", false, { setupSteps: [step("cleanup", hung)] }],
    ];
    for (const [name, , change] of cases) await store.addObservation(RUN.id, observation(change, name));
    const told = await store.attempts(RUN.id);
    expect(told).toHaveLength(1 + cases.length);
    expect(told).toEqual(
      expect.arrayContaining(
        cases.map(([trial, isLost]) => ({ trial, attempt: 1, lost: isLost, doubted: false })),
      ),
    );
    expect((await observationsOf(store, RUN.id)).slice(1)).toEqual(
      cases.map(([name, , change]) => observation(change, name)),
    );
    await store.close();
  });

  test("the same trial of two runs is two observations", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    await store.addRun({ ...RUN, id: "another" });
    await store.addObservation("another", observation());
    expect((await observationsOf(store, "another")).map(({ trial }) => trial.id)).toEqual(["b1-up-L0-cpu-1"]);
    expect(await observationsOf(store, RUN.id)).toHaveLength(1);
    await store.close();
  });

  test("an observation of a run that is not there is refused, and so is an outcome on nothing, and a second one", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    await expect(store.addObservation("nonesuch", observation())).rejects.toThrow(/FOREIGN KEY/);
    await expect(store.addOutcome(RUN.id, { trial: "b9-up-L0-cpu-1", attempt: 1 }, MEASURED)).rejects.toThrow(
      "b9-up-L0-cpu-1#1 was judged before it was stored",
    );
    await expect(store.addMachine("nonesuch", MACHINE)).rejects.toThrow(/FOREIGN KEY/);
    await store.addOutcome(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED);
    await expect(store.addOutcome(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED)).rejects.toThrow(
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
    expect(await observationsOf(copy, RUN.id)).toEqual([observation()]);
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

/** Makes a store, slowly: it says when it has begun, and ends some time later. */
const OTHER_DVIRT = `
  import Database from "libsql";
  const [path, schema, version, id] = process.argv.slice(1);
  const database = new Database(path);
  database.exec("BEGIN IMMEDIATE; " + schema + "; PRAGMA user_version = " + version + "; PRAGMA application_id = " + id);
  process.stdout.write("begun");
  setTimeout(() => {
    database.exec("COMMIT");
    database.close();
  }, 700);`;

describe("opening a store", () => {
  test("makes a new one where there is none, or an empty file, at the newest version", async () => {
    for (const before of [undefined, ""]) {
      const place = await placeForTest();
      if (before !== undefined) await place.write("store.sqlite", before);
      const store = await opened(place);
      expect(settings("PRAGMA user_version")).toMatchObject({ user_version: STORE_VERSION });
      expect(await store.runs()).toEqual([]);
      await store.close();
    }
  });

  test("again changes nothing in it", async () => {
    const place = await placeForTest();
    await (await filled(place)).close();
    const before = await readRawStore(place.store);
    const again = await opened(place);
    expect(await observationsOf(again, RUN.id)).toEqual([observation()]);
    await again.close();
    expect(await readRawStore(place.store)).toEqual(before);
  });

  test.each([STORE_VERSION + 1, STORE_VERSION - 1, -5, 2 ** 31 - 1, -(2 ** 31)])(
    "refuses one of version %i and leaves it alone",
    async (version) => {
      const place = await placeForTest();
      await (await filled(place)).close();
      const database = new Database(place.store);
      database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      const before = await readRawStore(place.store);
      expect(await openSqliteStore(place.store)).toEqual({
        ok: false,
        problems: [
          {
            code: "store-version",
            at: place.store,
            what: `this store has version ${version}, and this dvirt reads version ${STORE_VERSION} alone`,
            hint: "use the dvirt that wrote it, or another store with --store FILE",
          },
        ],
      });
      expect(await readRawStore(place.store)).toEqual(before);
    },
  );

  test.each(["refuse", "make"] as const)(
    "leaves another program's database as it is (%s)",
    async (missing) => {
      for (const statement of [
        "CREATE TABLE notes (x)",
        `PRAGMA user_version = ${STORE_VERSION}; CREATE TABLE runs (id)`,
      ]) {
        const place = await placeForTest();
        const database = new Database(place.store);
        database.exec(statement);
        database.close();
        const before = await readFile(place.store);
        expect(await openSqliteStore(place.store, missing)).toMatchObject({
          ok: false,
          problems: [
            { code: "store-unusable", what: "this is another program's database, and is left as it is" },
          ],
        });
        expect(await readFile(place.store)).toEqual(before);
        expect(await place.files()).toEqual(["store.sqlite"]);
      }
    },
  );

  test("makes it for its owner alone", async () => {
    const place = await placeForTest();
    const path = join(place.folder, "new", "store.sqlite");
    const store = await openSqliteStore(path);
    if (!store.ok) throw new Error(JSON.stringify(store.problems));
    await store.value.addRun(RUN);
    expect((await stat(join(place.folder, "new"))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(place.folder, "new"))) {
      expect((await stat(join(place.folder, "new", name))).mode & 0o077, name).toBe(0);
    }
    await store.value.close();
  });

  test("to read makes nothing where there is none", async () => {
    const place = await placeForTest();
    const path = join(place.folder, "a", "b.sqlite");
    expect(await openSqliteStore(path, "refuse")).toMatchObject({
      ok: false,
      problems: [{ code: "no-store", at: path }],
    });
    expect(await readdir(place.folder)).toEqual([]);
  });

  test("that another dvirt is just making waits for it, and then uses it", async () => {
    const place = await placeForTest();
    const other = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        OTHER_DVIRT,
        place.store,
        SCHEMA,
        String(STORE_VERSION),
        String(APPLICATION_ID),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(other, "close");
    await once(other.stdout, "data");
    // From here on the other one holds the lock, and has not committed.
    const store = await opened(place);
    expect(await ended).toEqual([0, null]);
    await store.addRun(RUN);
    expect(await store.runs()).toEqual([RUN]);
    await store.close();
  });

  test("a second time in one process leaves the first one its locks", async () => {
    const place = await placeForTest();
    const first = await opened(place);
    expect(await first.runs()).toEqual([]);
    const { ino } = await stat(place.store);
    const locks = async () =>
      (await readFile("/proc/locks", "utf8")).split("\n").filter((line) => line.includes(`:${ino} `));
    const before = await locks();
    expect(before.length).toBeGreaterThan(0);
    await (await opened(place)).close();
    expect((await locks()).length).toBeGreaterThanOrEqual(before.length);
    await first.close();
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
  test("runs in the order of their making, machines in the order of their coming up, outcomes by trial", async () => {
    const place = await placeForTest();
    const store = await filled(place);
    const later = { ...RUN, id: "a-later-one", createdAt: "2026-11-24T00:00:00.000Z" };
    await store.addRun(later);
    await store.addRun({ ...RUN, id: "z-earlier", createdAt: "2026-11-22T00:00:00.000Z" });
    await store.addMachine(RUN.id, MACHINE);
    await store.addMachine(RUN.id, { ...MACHINE, level: 1 });
    const failure: Outcome = {
      kind: "failed",
      problem: { code: "workload-failed", what: "exit code 1", evidence: "'" },
    };
    await store.addOutcome(RUN.id, { trial: "b1-up-L0-cpu-1", attempt: 1 }, MEASURED);
    await store.addObservation(RUN.id, observation({}, "a"));
    await store.addOutcome(RUN.id, { trial: "a", attempt: 1 }, failure);
    await store.close();
    const again = await opened(place);
    expect((await again.runs()).map(({ id }) => id)).toEqual(["z-earlier", RUN.id, "a-later-one"]);
    expect((await again.runs())[1]).toEqual(RUN);
    expect(await again.machines(RUN.id)).toEqual([MACHINE, { ...MACHINE, level: 1 }]);
    expect(await again.machines(later.id)).toEqual([]);
    expect((await observationsOf(again, RUN.id)).map(({ trial }) => trial.id)).toEqual([
      "b1-up-L0-cpu-1",
      "a",
    ]);
    expect(await outcomesOf(again, RUN.id)).toEqual(
      new Map<string, Outcome>([
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
      "before\0after",
      rawText(Buffer.from("no \xff\xc3( UTF-8 \xf0\x9f", "latin1")),
      "x".repeat(2_000_000),
    ];
    // What a command printed: any bytes at all.
    const text = fc.oneof(
      fc.constantFrom(...hostile),
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => rawText(Buffer.from(bytes))),
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
              setupSteps: [{ phase: "prepare", command, completed }],
              evidence: [{ level: 0, before: evidence, after: stdout }],
            },
            `trial ${count}`,
          );
          await store.addObservation(run, given);
          expect(await observationsOf(store, run)).toEqual([given]);
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
