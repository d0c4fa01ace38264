import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Truth } from "../../src/core/machine/provenance.ts";
import { conditionsOf } from "../../src/core/study/settings/condition.ts";
import { parseStudy, type Study } from "../../src/core/study/study.ts";
import type { Store } from "../../src/lab/store.ts";
import { csv } from "../../src/outputs/csv.ts";
import { json } from "../../src/outputs/json.ts";
import { platforms } from "../../src/platforms/index.ts";
import { DEFAULT_TRUTH, setUpSimulated } from "../../src/platforms/simulated.ts";
import { workloads } from "../../src/workloads/index.ts";
import { rendered } from "../unit/outputs/rendered.ts";
import { reportSchema } from "../unit/outputs/report-schema.ts";
import { type LabOptions, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { placeForTest } from "./place.ts";
import { CPU, studyText } from "./simulated-study.ts";

const FACTORS = "factors: { thp: [always, never], L1.mitigations: [on, off] }\n";

function studyWith(factors: string, boots: number): Study {
  const text = `${studyText({ levels: 2, boots, workloads: [CPU] })}${factors}`;
  const parsed = parseStudy(text, "sim.yaml", { workloads, platforms });
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
      const { result, report } = await measure(study, setUpSimulated(study, 4, TRUTH, 0), store, 4);
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
        /^thp never instead of always: cpu at L0 .* at L2 it loses (29|30)\.\d+%/,
      );
      expect(first?.sentence).toMatch(/L2's cost against L0 grows from 3\d\.\d+% to 5\d\.\d+% \(slower\)$/);
      await store.close();
    }
  });

  test("and none where there is none", async () => {
    const nothing = { ...TRUTH, effects: [] };
    const { report } = await measure(study, setUpSimulated(study, 5, nothing, 0), memoryStore(), 5);
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
