import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { conditionsOf } from "../../src/core/settings/condition.ts";
import { parseStudy, type Study } from "../../src/core/study.ts";
import type { Store } from "../../src/lab/ports.ts";
import { csv } from "../../src/outputs/csv.ts";
import { json } from "../../src/outputs/json.ts";
import { DEFAULT_TRUTH, prepareSimulated, type Truth } from "../../src/platforms/simulated.ts";
import { workloads } from "../../src/workloads/index.ts";
import { rendered } from "../unit/outputs/rendered.ts";
import { reportSchema } from "../unit/outputs/report-schema.ts";
import { dvirt } from "./built-program.ts";
import { type LabOptions, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { placeForTest } from "./place.ts";
import { CPU, studyText } from "./simulated-study.ts";

const FACTORS = "factors: { thp: [always, never], L1.mitigations: [on, off] }\n";

function studyWith(factors: string, boots: number): Study {
  const text = `${studyText({ levels: 2, boots, workloads: [CPU] })}${factors}`;
  const parsed = parseStudy(text, "sim.yaml", { workloads, platforms: ["simulated"] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const TRUTH: Truth = {
  ...DEFAULT_TRUTH,
  effects: [
    { key: "thp", value: "never", level: 1, leaves: 0.9 },
    { key: "thp", value: "never", level: 2, leaves: 0.7 },
    { key: "L1.mitigations", value: "off", level: 2, leaves: 1.1 },
  ],
};

async function stores(): Promise<readonly (readonly [string, Store])[]> {
  const place = await placeForTest();
  const sqlite = await openSqliteStore(join(place.folder, "factors.sqlite"));
  if (!sqlite.ok) throw new Error(JSON.stringify(sqlite.problems));
  return [
    ["memory", memoryStore()],
    ["SQLite", sqlite.value],
  ];
}

describe("the analysis finds the effects that the simulated lab knows", () => {
  const study = studyWith(FACTORS, 12);

  test("through every store", async () => {
    for (const [name, store] of await stores()) {
      const { result, report } = await measure(study, prepareSimulated(study, 4, TRUTH, 0), store, 4);
      expect(result.ok, name).toBe(true);
      expect(report.analysis.cells, name).toHaveLength(4 * 3);
      const effects = report.effects ?? [];
      const known = [
        ["thp", 0, 1],
        ["thp", 1, 0.9],
        ["thp", 2, 0.7],
        ["L1.mitigations", 0, 1],
        ["L1.mitigations", 1, 1],
        ["L1.mitigations", 2, 1.1],
      ] as const;
      for (const [factor, level, ratio] of known) {
        const found = effects.find(
          (one) => one.kind === "throughput" && one.level === level && one.changes[0]?.factor === factor,
        );
        const error = found?.estimate.standardError ?? Number.NaN;
        expect(error, "a bound that could hide an effect would say nothing").toBeLessThan(0.02);
        expect(
          Math.abs(Math.log((found?.estimate.ratio ?? 0) / ratio)),
          `${name} ${factor} L${level}`,
        ).toBeLessThan(5 * error);
      }
      const text = await rendered(json, report, "report.json");
      expect(z.prettifyError(reportSchema.safeParse(JSON.parse(text)).error ?? { issues: [] })).toBe("");
      const effectRows = (await rendered(csv, report, "effects.csv")).trim().split("\r\n");
      expect(effectRows).toHaveLength(1 + effects.length);
      const [first] = report.answers;
      expect(first?.sentence).toMatch(
        /^thp never instead of always: cpu at L0 .* at L2 it loses (29|30)\.\d%/,
      );
      expect(first?.sentence).toMatch(/L2's cost against L0 grows from 3\d\.\d% to 5\d\.\d% \(slower\)$/);
      await store.close();
    }
  });

  test("and none where there is none", async () => {
    const nothing = { ...TRUTH, effects: [] };
    const { report } = await measure(study, prepareSimulated(study, 5, nothing, 0), memoryStore(), 5);
    const claimed = (report.effects ?? []).filter(
      ({ verdict }) => verdict.kind === "slower" || verdict.kind === "faster",
    );
    expect(claimed).toEqual([]);
  });
});

describe("a run with factors", () => {
  const study = studyWith(FACTORS, 2);

  /** A lab that notes which condition each stack was brought up for. */
  function noting(options: LabOptions = {}) {
    const lab = madeUpLab(study, options);
    const asked: (number | undefined)[] = [];
    const steps = (condition: number | undefined) =>
      lab.platform.steps(condition).map((step) => ({
        ...step,
        start: (...given: Parameters<typeof step.start>) => {
          if (step.level === 0) asked.push(condition);
          return step.start(...given);
        },
      }));
    return { lab, platform: { ...lab.platform, steps }, asked };
  }

  test("brings each condition up afresh, once in each boot, in the plan's order", async () => {
    const { platform, asked } = noting();
    const store = memoryStore();
    const { events } = await measure(study, platform, store, 9);
    expect([...asked.slice(0, 4)].sort()).toEqual([1, 2, 3, 4]);
    expect([...asked.slice(4)].sort()).toEqual([1, 2, 3, 4]);
    const machines = await store.machines(RUN);
    expect(new Set(machines.map(({ bringUp }) => bringUp)).size).toBe(8);
    expect(machines.filter(({ level }) => level === 0).map(({ condition }) => condition)).toEqual(asked);
    const names = conditionsOf(study).map(({ name }) => name);
    const begun = events.flatMap((event) => (event.kind === "boot-started" ? [event.condition] : []));
    expect(begun).toEqual(asked.map((index) => names[(index ?? 0) - 1]));
  });

  test("that lost its stack goes on in the same condition, and measures nothing twice", async () => {
    let lost = 0;
    const { platform, lab } = noting({
      answer: ({ level, workload, bringUp }) =>
        bringUp === 2 && level === 1 && workload === "cpu" && lost++ === 0
          ? { end: { kind: "lost", what: "gone" }, stdout: "", stderr: "" }
          : undefined,
    });
    const store = memoryStore();
    const { result, report } = await measure(study, platform, store, 9);
    expect(result.ok).toBe(true);
    expect(lab.starts.filter((start) => start.endsWith("L0"))).toHaveLength(9);
    const counts = await store.counts(RUN, 0);
    expect(counts).toEqual({ executed: 48, repeats: 1, doubtRepeats: 0, settled: 48 });
    expect(report.notes.join("\n")).toMatch(
      /boot 1, condition \d was interrupted and went on in a fresh bring-up/,
    );
  });

  test("that was stopped is resumed with the conditions that are left", async () => {
    const stop = new AbortController();
    const store = memoryStore();
    const first = noting();
    let ended = 0;
    await expect(
      measure(
        study,
        first.platform,
        store,
        9,
        (event) => {
          if (event.kind === "trial-ended" && ++ended === 8) stop.abort(new Error("stopped"));
        },
        stop.signal,
      ),
    ).rejects.toThrow("stopped");
    const second = noting();
    const { result, report } = await measure(study, second.platform, store, 9);
    expect(result.ok).toBe(true);
    expect(second.asked).toHaveLength(7);
    expect(second.asked[0]).toBe(first.asked[1]);
    expect(report.analysis.cells).toHaveLength(12);
  });
});

describe("the built program", () => {
  const text = (factors: string) => `${studyText({ levels: 1, boots: 3, workloads: [CPU] })}${factors}`;

  test("plans, measures, shows and compares a study with factors", async () => {
    const place = await placeForTest();
    await place.write("sim.yaml", text("factors: { hugepages: [off, 2M] }\n"));
    const plan = await dvirt(place, ["plan", "sim.yaml"]);
    expect(plan.stdout).toContain(
      "2 conditions, each brought up afresh in every boot:\n  c1  hugepages off\n  c2  hugepages 2M\n",
    );
    expect(plan.stdout).toContain("3 boots × 8 trials = 24 trials");
    const run = await dvirt(place, ["run", "sim.yaml", "--seed", "3", ...place.measuring]);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/boot 1\/3, hugepages (off|2M): bring-up 1, 4 trials/);
    // The simulated lab's own truth: at L1 huge pages give a twentieth.
    expect(run.stdout).toMatch(/hugepages 2M instead of off: cpu at L1 gains [3-7]\.\d+% \[/);
    expect(run.stdout).toMatch(/What a factor does to throughput/);
    expect((await dvirt(place, ["list", "--store", place.store])).stdout).toContain("24/24");
    expect((await dvirt(place, ["show", "latest", "--store", place.store])).stdout).toMatch(
      /b1-c[12]-up-L0-cpu-1/,
    );

    await place.write("sim.yaml", text(""));
    expect((await dvirt(place, ["run", "sim.yaml", "--seed", "4", ...place.measuring])).code).toBe(0);
    const runs = (await dvirt(place, ["list", "--store", place.store])).stdout.match(/\S+-sim-\S+/g) ?? [];
    const apart = await dvirt(place, ["compare", runs[0] ?? "", runs[1] ?? "", "--store", place.store]);
    expect(apart.stdout).toMatch(
      /they have no condition in common, hugepages off; hugepages 2M \/ no factors/,
    );
    const same = await dvirt(place, ["compare", runs[0] ?? "", runs[0] ?? "", "--store", place.store]);
    expect(same.stdout).toMatch(/hugepages 2M/);
    expect(same.stdout).not.toMatch(/no condition in common/);
  });

  test("refuses a level that an option takes away from under a setting", async () => {
    const place = await placeForTest();
    await place.write("sim.yaml", text("settings: { L1.thp: never }\n"));
    const refused = await dvirt(place, ["plan", "sim.yaml", "--levels", "0"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "error[setting-beyond-levels] --levels: L1.thp is for L1, and the study's deepest level is L0",
    );
  });

  test("refuses a setting that it does not know with the file and the line", async () => {
    const place = await placeForTest();
    await place.write("sim.yaml", text("settings:\n  disc: ide\n"));
    const refused = await dvirt(place, ["run", "sim.yaml", ...place.measuring]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe(
      'error[unknown-setting] sim.yaml:13: setting "disc" is not known\n' +
        "  try: one of: thp, hugepages, disk, cache, nic, cpuModel, mitigations, nestedPaging, clocksource; for one level alone: L1.thp\n",
    );
  });
});
