import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { cellText } from "../../src/core/document.ts";
import { normal, randomStreamFor } from "../../src/core/random.ts";
import { type AdaptiveRepetitions, repetitionsDocument } from "../../src/core/repetitions.ts";
import type { Report } from "../../src/core/report.ts";
import { DEFAULT_DOUBTS, type Study } from "../../src/core/study.ts";
import { reportOf } from "../../src/lab/analyse.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import type { Store } from "../../src/lab/ports.ts";
import { planOf } from "../../src/lab/so-far.ts";
import { dvirt, startDvirt } from "./built-program.ts";
import { type Measured, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { placeForTest } from "./place.ts";
import { CPU, OLTP, studyOf, studyText } from "./simulated-study.ts";

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

const idsIn = async (store: Store) => (await store.observations(RUN)).map(({ trial }) => trial.id);

/** The rows of a table of a report. */
function tableIn({ sections }: Report, id: string): readonly (readonly string[])[] {
  const tables = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === "table" && block.table.id === id ? [block.table] : [])),
  );
  const [found] = tables;
  if (found === undefined) throw new Error(`the report has no table ${id}`);
  return found.rows.map((row) => row.map(cellText));
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
    const boots = new Set((await store.observations(RUN)).map(({ trial }) => trial.boot));
    expect(boots).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(tableIn(report, "stopping").map(([, , , , why]) => why)).toEqual(["budget", "budget"]);
  });

  test("leaves doubted trials out of its widths where the study leaves them out of its figures", async () => {
    const store = memoryStore();
    await complete(STUDY, store);
    const run = await runIn(store);
    const doubtful: Store = {
      ...store,
      readings: (id) => [...store.readings(id)].map((one) => ({ ...one, doubted: true })),
    };
    const policy = { ...DEFAULT_DOUBTS, headline: "leave-out" as const };
    const { stopped } = await planOf({ ...run, study: { ...run.study, doubts: policy } }, doubtful);
    expect([...(stopped?.values() ?? [])]).toEqual(["a level without readings", "a level without readings"]);
  });
});

const ADAPTIVE_TEXT = studyText({ levels: 1 }).replace(
  /repetitions:\n.*\n.*\n/,
  stringify({ repetitions: repetitionsDocument({ ...REPETITIONS, ratioHalfWidth: 0.009 }) }),
);

describe("the built program", () => {
  test("runs a study until its width is reached, through a kill, and lists it as complete", async () => {
    const place = await placeForTest();
    await place.write("sim.yaml", ADAPTIVE_TEXT);
    const first = startDvirt(place, ["run", "sim.yaml", ...place.measuring], {
      DVIRT_SIMULATED_SECONDS: "0.002",
    });
    await first.lines(/^ {2}(up|down) +L\d/, 20);
    first.kill("SIGKILL");
    await first.ended;
    const second = await dvirt(place, ["resume", ...place.measuring]);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toMatch(/at least/);
    expect(second.stdout).not.toMatch(/not measured yet/);
    const listed = await dvirt(place, ["list", "--store", place.store]);
    const [, done, planned] = /(\d+)\/(\d+)/.exec(listed.stdout) ?? [];
    expect(done).toBeDefined();
    expect(done).toBe(planned);
  });

  test("plans what is certain, and says what it can come to", async () => {
    const place = await placeForTest();
    await place.write("sim.yaml", ADAPTIVE_TEXT.replace("platform: simulated", "platform: x86_64-kvm"));
    const { code, stdout } = await dvirt(place, ["plan", "sim.yaml", "--budget", "2h"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^until every headline ratio is known to 0\.9%: 6 to 40 boots, 48 to 320 trials, seed 1/m,
    );
    expect(stdout).toMatch(/^at least \d+ min \d\d s and at most \d+ (h|min) \d\d (min|s) once the image/m);
    expect(stdout).toMatch(/^Boot 6$/m);
    expect(stdout).not.toMatch(/^Boot 7$/m);
  });

  test("makes any study end on width, or after a fixed number of boots, by its options", async () => {
    const place = await placeForTest();
    await place.write("fixed.yaml", studyText());
    await place.write("until.yaml", ADAPTIVE_TEXT);
    const plan = async (...argv: readonly string[]) => (await dvirt(place, ["plan", ...argv])).stdout;
    expect(await plan("fixed.yaml", "--until", "5%")).toMatch(/known to 5%: 6 to 40 boots, /m);
    expect(await plan("until.yaml", "--boots", "2")).toMatch(/^2 boots × 8 trials = 16 trials/m);
    expect(await plan("until.yaml", "--runs", "2")).toMatch(/^6 boots × 16 trials = 96 trials/m);
  });

  test.each([
    [
      ["--budget", "1h"],
      "error[bad-option] --budget: study sim has a fixed number of boots, which no budget ends",
    ],
    [
      ["--until", "0%"],
      "error: option '--until <width>' argument '0%' is invalid. It must be a percentage from 0.1% to 99%, such as 5%.",
    ],
    [
      ["--budget", "soon"],
      "error: option '--budget <time>' argument 'soon' is invalid. It must be a time such as 90s, 45min or 2h.",
    ],
  ])("refuses %s", async (options, message) => {
    const place = await placeForTest();
    await place.write("sim.yaml", studyText());
    const { code, stderr } = await dvirt(place, ["plan", "sim.yaml", ...options]);
    expect(code).toBe(2);
    expect(stderr.split("\n")[0]).toBe(message);
  });
});
