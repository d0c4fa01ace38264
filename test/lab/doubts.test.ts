import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { allOf } from "../../src/core/report/parts/report.ts";
import type { DoubtsPolicy, Study } from "../../src/core/study/study.ts";
import type { Store } from "../../src/lab/store.ts";
import { csv } from "../../src/outputs/csv.ts";
import { type Asked, type LabOptions, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { placeForTest } from "./place.ts";
import { CPU, studyOf } from "./simulated-study.ts";

const DOUBTED = "b2-up-L1-cpu-1";
const ALL = 2 * 2 * 2;

function study(doubts: DoubtsPolicy): Study {
  return { ...studyOf({ levels: 1, boots: 2, runs: 1, workloads: [CPU] }), doubts };
}

const isSnapshot = ({ command }: Asked) => command.argv[2]?.includes("section clocksource") ?? false;

/**
 * L1's second bring-up has a clock source that changes under its first trials, this many times, and costs half of
 * the throughput while it does.
 */
function labWithDoubts(wanted: Study, times: number, more: LabOptions = {}) {
  let cpu = 0;
  return madeUpLab(wanted, {
    ...more,
    throughput: (asked) => {
      const bad = asked.level === 1 && asked.bringUp === 2 && ++cpu <= times;
      return (bad ? 500 : 1000) * 0.8 ** asked.level;
    },
    answer: (asked) => {
      if (!isSnapshot(asked)) return more.answer?.(asked);
      // Each attempt is between two snapshots; the clock source is another one after each bad attempt.
      const changes = asked.level === 1 && asked.bringUp === 2 ? Math.min(cpu, times) : 0;
      return `== clocksource\nsource-${changes}\n`;
    },
  });
}

async function measured(policy: DoubtsPolicy, times: number, store: Store = memoryStore()) {
  const wanted = study(policy);
  const done = await measure(wanted, labWithDoubts(wanted, times).platform, store);
  expect(done.result).toEqual({ ok: true, value: "complete" });
  return { ...done, store, wanted };
}

async function attemptsAt(store: Store, id: string) {
  return (await store.attempts(RUN)).filter(({ trial }) => trial === id);
}

const KEEP = { repeat: 0, headline: "keep" } as const;

describe("a doubted trial", () => {
  test("is kept, marked and counted, and in every figure unless the study says otherwise", async () => {
    const { report, events, store } = await measured(KEEP, 1);
    const row = (await allOf(report.trials)).find(({ trial }) => trial.id === DOUBTED);
    expect(row?.doubts).toEqual([
      {
        guard: "clock-source",
        sentence: "L1: clock source was source-0 at bring-up, source-0 before, source-1 after",
      },
    ]);
    expect(await attemptsAt(store, DOUBTED)).toHaveLength(1);
    expect(report.analysis.cells.map(({ level, trials, doubted }) => [level, trials, doubted])).toEqual([
      [0, 4, 0],
      [1, 4, 2], // and on the way down, after the clock source had changed under the same machine
    ]);
    expect(report.notes).toContain(
      "2 of 8 measured trial(s) are doubted by a guard and kept in every figure",
    );
    const ended = events.flatMap((event) => (event.kind === "trial-ended" ? [event] : []));
    expect(ended.filter(({ again }) => again)).toEqual([]);
  });

  test("is left out of the figures where the study says so, and still listed", async () => {
    const { report } = await measured({ repeat: 0, headline: "leave-out" }, 1);
    expect(report.analysis.cells.map(({ level, trials, doubted }) => [level, trials, doubted])).toEqual([
      [0, 4, 0],
      [1, 2, 0],
    ]);
    const atL1 = report.analysis.cells.find(({ level }) => level === 1);
    expect(atL1?.throughput.estimate.mean).toBeCloseTo(800, 3);
    expect(await allOf(report.trials)).toHaveLength(ALL);
    expect(report.notes).toContain(
      "2 of 8 measured trial(s) are doubted by a guard and left out of every figure, as the study says",
    );
    const rendered = await csv.render(report);
    const trials = rendered.ok ? rendered.value.find(({ name }) => name === "trials.csv")?.content : "";
    expect(String(trials)).toMatch(/^made-up-run,.*b2-up-L1-cpu-1.*clock-source: L1: clock source was/m);
  });
});

/** Guards look at what lies between the snapshots alone, so that a second attempt may be sound. */
function labWithWarnings(wanted: Study, bad: number) {
  let cpu = 0;
  return madeUpLab(wanted, {
    throughput: ({ level, bringUp }) => {
      const warned = level === 1 && bringUp === 2 && ++cpu <= bad;
      return (warned ? 500 : 1000) * 0.8 ** level;
    },
    answer: (asked) => {
      if (!isSnapshot(asked)) return undefined;
      const said = asked.level === 1 && asked.bringUp === 2 ? Math.min(cpu, bad) : 0;
      const lines = Array.from(
        { length: said + 1 },
        (_, index) => `kern  :warn  : [ ${index}.0] warning ${index}`,
      );
      return `== kernel-log\n${lines.join("\n")}\n`;
    },
  });
}

async function warned(policy: DoubtsPolicy, bad: number, store: Store = memoryStore()) {
  const wanted = study(policy);
  const done = await measure(wanted, labWithWarnings(wanted, bad).platform, store);
  expect(done.result).toEqual({ ok: true, value: "complete" });
  const row = (await allOf(done.report.trials)).find(({ trial }) => trial.id === DOUBTED);
  return { ...done, store, row };
}

describe("a doubted trial is made again as often as the study says:", () => {
  const stores: readonly (readonly [string, () => Promise<Store>])[] = [
    ["in memory", async () => memoryStore()],
    [
      "in a file",
      async () => {
        const opened = await openSqliteStore((await placeForTest()).store);
        if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
        return opened.value;
      },
    ],
  ];

  test.each(stores)("the first attempt that nobody doubts speaks for it (%s)", async (_, made) => {
    const store = await made();
    const { report, row, events } = await warned({ repeat: 3, headline: "keep" }, 2, store);
    expect((await attemptsAt(store, DOUBTED)).map(({ attempt, doubted }) => [attempt, doubted])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(row).toMatchObject({ attempt: 3, doubts: [], bringUp: 2 });
    expect(row?.reading?.metrics.throughput).toBeCloseTo(800, 3);
    // One reading per trial, however many attempts could be read.
    expect(await allOf(store.readings(RUN))).toHaveLength(ALL);
    expect(await allOf(report.trials)).toHaveLength(ALL);
    expect(report.analysis.cells.map(({ trials, doubted }) => [trials, doubted])).toEqual([
      [4, 0],
      [4, 0],
    ]);
    expect(await store.counts(RUN, 3)).toEqual({ executed: ALL, repeats: 2, doubtRepeats: 2, settled: ALL });
    expect(report.notes).toContain(
      "2 attempt(s) were doubted and made again; what they left is kept (dvirt show)",
    );
    expect(report.notes.join()).not.toContain("lost their machine");
    const again = events.flatMap((event) =>
      event.kind === "trial-ended" && event.again ? [event.trial.id] : [],
    );
    expect(again).toEqual([DOUBTED, DOUBTED]);
    await store.close();
  });

  test.each(stores)("where all are doubted the last one speaks (%s)", async (_, made) => {
    const store = await made();
    const { report, row } = await warned({ repeat: 1, headline: "keep" }, 2, store);
    expect(await attemptsAt(store, DOUBTED)).toHaveLength(2);
    expect(row).toMatchObject({ attempt: 2, doubts: [{ guard: "kernel-log" }] });
    expect(await allOf(store.readings(RUN))).toHaveLength(ALL);
    expect(report.analysis.cells.map(({ doubted }) => doubted)).toEqual([0, 1]);
    expect(await store.counts(RUN, 1)).toEqual({ executed: ALL, repeats: 1, doubtRepeats: 1, settled: ALL });
    await store.close();
  });

  test("and a run that is resumed makes again only what has repeats left", async () => {
    const store = memoryStore();
    await warned(KEEP, 1, store);
    expect(await attemptsAt(store, DOUBTED)).toHaveLength(1);
    const { row } = await warned({ repeat: 1, headline: "keep" }, 0, store);
    expect(row).toMatchObject({ attempt: 2, doubts: [] });
    const before = (await store.attempts(RUN)).length;
    await warned({ repeat: 1, headline: "keep" }, 0, store);
    expect((await store.attempts(RUN)).length).toBe(before);
  });
});
