import { describe, expect, test } from "vitest";
import { normal, randomStreamFor } from "../../src/core/base/random.ts";
import { cellText } from "../../src/core/document/document.ts";
import type { Report } from "../../src/core/report/parts/report.ts";
import type { AdaptiveRepetitions } from "../../src/core/study/repetitions.ts";
import type { Study } from "../../src/core/study/study.ts";
import { reportOf } from "../../src/lab/analyse.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import { planOf } from "../../src/lab/so-far.ts";
import type { Store } from "../../src/lab/store.ts";
import { observationsOf } from "./kept.ts";
import { type Measured, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { CPU, OLTP, studyOf } from "./simulated-study.ts";

const REPETITIONS: AdaptiveRepetitions = {
  kind: "until",
  ratioHalfWidth: 0.05,
  boots: { minimum: 6, maximum: 40 },
  runs: { maximum: 1 },
};

const STUDY: Study = { ...studyOf({ levels: 2, workloads: [CPU, OLTP] }), repetitions: REPETITIONS };

/** How far single trials lie from the truth: OLTP's far more than CPU's. */
const NOISE: Readonly<Record<string, number>> = { cpu: 0.01, oltp: 0.08 };

/** Measures with figures that depend on the trial alone, so that a run that is stopped gets the same ones. */
async function measured(
  study: Study,
  store: Store,
  stopAt: (event: LabEvent) => boolean = () => false,
): Promise<Measured | "stopped"> {
  let trial = "";
  const lab = madeUpLab(study, {
    throughput: ({ level, workload }) => {
      const noise = NOISE[workload ?? ""] ?? 0;
      return 1000 * 0.8 ** level * Math.exp(noise * normal(randomStreamFor(1, trial)));
    },
  });
  const abort = new AbortController();
  const onEvent = (event: LabEvent) => {
    if (event.kind === "trial-started") trial = event.trial.id;
    if (stopAt(event)) abort.abort(new Error("stopped by the test"));
  };
  try {
    return await measure(study, lab.platform, store, 1, onEvent, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return "stopped";
  }
}

async function complete(study: Study, store: Store): Promise<Measured> {
  const ended = await measured(study, store);
  if (ended === "stopped") throw new Error("nobody stopped it");
  return ended;
}

const idsIn = async (store: Store) => (await observationsOf(store, RUN)).map(({ trial }) => trial.id);

/** The rows of a table of a report. */
function tableIn({ sections }: Report, id: string): readonly (readonly string[])[] {
  const tables = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === "table" && block.table.id === id ? [block.table] : [])),
  );
  const [found] = tables;
  if (found === undefined) throw new Error(`the report has no table ${id}`);
  return found.rows.map(({ cells }) => cells.map(cellText));
}

async function runIn(store: Store) {
  const [run] = await store.runs();
  if (run === undefined) throw new Error("no run");
  return run;
}

describe("a study that ends when its intervals are narrow, in a lab whose workloads are unlike", () => {
  test("measures the noisy workload in more boots than the quiet one, and says why each ended", async () => {
    const store = memoryStore();
    const { result, report } = await complete(STUDY, store);
    expect(result).toEqual({ ok: true, value: "complete" });
    const boots = (workload: string) =>
      report.analysis.cells.find((cell) => cell.workload === workload)?.throughput.estimate.n ?? 0;
    expect(boots("cpu")).toBe(7);
    expect(boots("oltp")).toBeGreaterThan(10);
    expect(boots("oltp")).toBeLessThan(40);
    for (const { metric, estimate } of report.analysis.comparisons) {
      if (metric !== "throughput") continue;
      expect(Math.sqrt(estimate.high / estimate.low) - 1).toBeLessThanOrEqual(0.05);
      expect(estimate.warnings).toContainEqual(expect.stringContaining("4% wider"));
    }
    const rows = tableIn(report, "stopping");
    expect(rows.map(([workload, count, , asked, why]) => [workload, count, asked, why])).toEqual([
      ["cpu", "7", "5.00%", "width reached"],
      ["oltp", String(boots("oltp")), "5.00%", "width reached"],
    ]);
    expect(report.notes.filter((note) => note.includes("not measured yet"))).toEqual([]);
    const { planned, stopped } = await planOf(await runIn(store), store);
    expect(planned).toBe((await idsIn(store)).length);
    expect([...(stopped ?? [])]).toEqual([
      ["cpu", "width reached"],
      ["oltp", "width reached"],
    ]);
  });

  test("that is stopped anywhere and goes on measures the same trials as one that is not", async () => {
    const whole = memoryStore();
    await complete(STUDY, whole);
    const expected = await idsIn(whole);
    for (const every of [7, 31]) {
      const store = memoryStore();
      let lives = 0;
      for (; ; lives++) {
        let count = 0;
        const ended = await measured(STUDY, store, ({ kind }) => kind === "trial-ended" && ++count === every);
        if (ended !== "stopped") break;
        const run = await runIn(store);
        const { planned } = await planOf(run, store);
        const have = (await idsIn(store)).length;
        const left = (await reportOf(run, store)).notes.filter((note) => note.includes("not measured yet"));
        expect(left).toEqual(
          planned === have
            ? []
            : [`${planned - have} of ${planned} trials are not measured yet: dvirt resume ${RUN}`],
        );
      }
      expect(lives).toBeGreaterThan(1);
      expect(await idsIn(store)).toEqual(expected);
    }
  });

  test("gives a workload up at the most boots that it may have", async () => {
    const repetitions = { ...REPETITIONS, boots: { minimum: 6, maximum: 8 } };
    const { report } = await complete({ ...STUDY, repetitions }, memoryStore());
    expect(
      tableIn(report, "stopping")
        .find(([workload]) => workload === "oltp")
        ?.slice(0, 2),
    ).toEqual(["oltp", "8"]);
    expect(JSON.stringify(tableIn(report, "stopping"))).toContain("maximum of boots");
    expect(report.notes.filter((note) => note.includes("as narrow as asked"))).toEqual([
      "oltp was not measured until its ratios were as narrow as asked (5%): maximum of boots",
    ]);
  });

  test("begins no boot after the pilot that would not end within its budget", async () => {
    const repetitions = { ...REPETITIONS, budgetSeconds: 1e-9 };
    const store = memoryStore();
    const { result, report } = await complete({ ...STUDY, repetitions }, store);
    expect(result.ok).toBe(true);
    const boots = new Set((await observationsOf(store, RUN)).map(({ trial }) => trial.boot));
    expect(boots).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(tableIn(report, "stopping").map(([, , , , why]) => why)).toEqual(["budget", "budget"]);
  });

  test("leaves doubted trials out of its widths where the study leaves them out of its figures", async () => {
    const store = memoryStore();
    await complete(STUDY, store);
    const run = await runIn(store);
    const doubtful: Store = {
      ...store,
      async *readings(id) {
        for await (const one of store.readings(id)) yield { ...one, doubted: true };
      },
    };
    const policy = { repeat: 0, headline: "leave-out" as const };
    const { stopped } = await planOf({ ...run, study: { ...run.study, doubts: policy } }, doubtful);
    expect([...(stopped?.values() ?? [])]).toEqual(["a level without readings", "a level without readings"]);
  });
});
