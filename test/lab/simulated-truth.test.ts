import { describe, expect, test } from "vitest";
import type { Cell } from "../../src/core/analysis/analysis.ts";
import type { Truth } from "../../src/core/machine/provenance.ts";
import { allOf } from "../../src/core/report/parts/report.ts";
import { estimateMean } from "../../src/core/stats/mean.ts";
import { setUpSimulated } from "../../src/platforms/simulated.ts";
import { analyse } from "../unit/made-up/analysed.ts";
import { type Asked, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { CPU, OLTP, studyOf } from "./simulated-study.ts";

const BOOTS = 60;
const STUDY = studyOf({ levels: 2, boots: BOOTS, workloads: [CPU, OLTP] });

function cellOf(cells: readonly Cell[], workload: string, level: number): Cell {
  const found = cells.find((cell) => cell.workload === workload && cell.level === level);
  if (found === undefined) throw new Error(`no figures of ${workload} at L${level}`);
  return found;
}

/** What a level keeps of the one below: the mean of the boots' own ratios, with its standard error. */
function keptBy(cell: Cell, below: Cell): { readonly mean: number; readonly standardError: number } {
  const ratios = cell.throughput.perBoot.map(
    (value, boot) => value / (below.throughput.perBoot[boot] ?? Number.NaN),
  );
  const { mean = Number.NaN, standardError = Number.NaN } = estimateMean(ratios) ?? {};
  return { mean, standardError };
}

describe("the analysis finds what the simulated lab knows", () => {
  const truths: readonly Truth[] = [
    { throughputAtL0: 1000, kept: 0.8, betweenBoots: 0.01, withinBoots: 0.005, effects: [] },
    { throughputAtL0: 50_000, kept: 0.97, betweenBoots: 0.05, withinBoots: 0.01, effects: [] },
    { throughputAtL0: 12, kept: 0.3, betweenBoots: 0.02, withinBoots: 0.02, effects: [] },
  ];
  const cases = truths.flatMap((truth) => [11, 12, 13].map((seed) => [truth.kept, seed, truth] as const));

  test.concurrent.each(cases)("each level keeps %f of the one below (seed %i)", async (_, seed, truth) => {
    const platform = setUpSimulated(STUDY, seed, truth, 0);
    const { result, report } = await measure(STUDY, platform, memoryStore(), seed);
    expect(result.ok).toBe(true);
    for (const workload of ["cpu", "oltp"]) {
      const cells = [0, 1, 2].map((level) => cellOf(report.analysis.cells, workload, level));
      for (const [level, cell] of cells.entries()) {
        expect(cell.throughput.perBoot).toHaveLength(BOOTS);
        // The level's own figure, with the standard error that the report prints; the mean of exp(noise) is e^(σ²/2).
        const noise = Math.exp((truth.betweenBoots ** 2 + truth.withinBoots ** 2) / 2);
        const { mean, standardError = Number.NaN } = cell.throughput.estimate;
        const expected = truth.throughputAtL0 * truth.kept ** level * noise;
        expect(Math.abs(mean - expected), `${workload} L${level}: ${mean}`).toBeLessThan(5 * standardError);
        // One thread has one transaction under way at a time.
        expect((cell.response?.estimate.mean ?? 0) * mean).toBeCloseTo(1, 1);

        const below = cells[level - 1];
        if (below === undefined) continue;
        const kept = keptBy(cell, below);
        expect(
          kept.standardError,
          "a bound that could hide a tenth of the effect would say nothing",
        ).toBeLessThan(0.1 * (1 - truth.kept));
        expect(Math.abs(kept.mean - truth.kept), `${workload} L${level}: ${kept.mean}`).toBeLessThan(
          5 * kept.standardError,
        );
        expect(Math.abs((cell.throughput.ratioToL0 ?? 0) - truth.kept ** level)).toBeLessThan(
          5 * level * kept.standardError,
        );
        expect(Math.abs((cell.throughput.changeFromPreviousLevel ?? 0) - (truth.kept - 1))).toBeLessThan(
          5 * kept.standardError,
        );
      }
    }
  });

  test("without noise it finds it to the last digits that sysbench prints", async () => {
    const study = studyOf({ levels: 2, boots: 2, workloads: [CPU] });
    const { report } = await measure(study, madeUpLab(study).platform, memoryStore());
    for (const level of [1, 2]) {
      expect(cellOf(report.analysis.cells, "cpu", level).throughput.ratioToL0).toBeCloseTo(0.8 ** level, 6);
    }
  });
});

describe("a linear drift of the host", () => {
  const LOSS_PER_TRIAL = 0.005;
  const study = studyOf({ levels: 2, boots: 3, workloads: [CPU, OLTP, "{name: threads, threads: 1}"] });
  const trialsPerBoot = 2 * 3 * 3;

  /** Each execution is slower than the one before it by the same amount, over all boots. */
  const drifting = ({ level, before }: Asked) => 1000 * 0.8 ** level * (1 - LOSS_PER_TRIAL * before);

  async function measuredUnderDrift() {
    const store = memoryStore();
    const { result, report } = await measure(
      study,
      madeUpLab(study, { throughput: drifting }).platform,
      store,
    );
    expect(result.ok).toBe(true);
    return { store, report };
  }

  test("cancels between levels, because the way down is the mirror of the way up", async () => {
    const { report } = await measuredUnderDrift();
    expect(report.analysis.cells).toHaveLength(9);
    for (const cell of report.analysis.cells) {
      for (const [boot, value] of cell.throughput.perBoot.entries()) {
        const ground = cellOf(report.analysis.cells, cell.workload, 0).throughput.perBoot[boot] ?? Number.NaN;
        expect(value / ground, `${cell.workload} L${cell.level} boot ${boot + 1}`).toBeCloseTo(
          0.8 ** cell.level,
          6,
        );
      }
      if (cell.level > 0) expect(cell.throughput.ratioToL0).toBeCloseTo(0.8 ** cell.level, 6);
    }
    // The drift was there: each boot is slower than the one before it.
    const [first = 0, second = 0] = cellOf(report.analysis.cells, "cpu", 0).throughput.perBoot;
    expect(first - second).toBeCloseTo(1000 * LOSS_PER_TRIAL * trialsPerBoot, 3);
  });

  test("can be told by when each trial was measured, which the store gives back with its figures", async () => {
    const { store } = await measuredUnderDrift();
    const readings = await allOf(store.readings(RUN));
    for (const boot of [1, 2, 3]) {
      const own = readings.filter(({ trial }) => trial.boot === boot);
      expect(own).toHaveLength(trialsPerBoot);
      expect(new Set(own.map(({ when }) => when?.bringUp))).toEqual(new Set([boot]));
      const times = own.map(({ when }) => when?.midSeconds ?? Number.NaN);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times.every(Number.isFinite)).toBe(true);
    }
  });

  test("would pass for a cost of the layer, if only the way up were analysed", async () => {
    const { store } = await measuredUnderDrift();
    const upwards = (await allOf(store.readings(RUN))).filter(({ trial }) => trial.direction === "up");
    const workloads = ["cpu", "oltp", "threads"];
    const { cells, warnings } = analyse(upwards, [], {
      platform: study.platform,
      resources: study.resources.policy,
      workloads,
      levels: 2,
      margin: study.margin,
    });
    for (const workload of workloads) {
      for (const level of [1, 2]) {
        // Three workloads further on per level, each level looks that much slower than it is.
        const apparent = (cellOf(cells, workload, level).throughput.ratioToL0 ?? 1) / 0.8 ** level;
        expect(apparent, `${workload} L${level}`).toBeLessThan(1 - 3 * level * LOSS_PER_TRIAL);
      }
      expect(warnings.join("\n")).toContain(
        `${workload} at L1: 3 boot(s) were measured in one direction only`,
      );
    }
  });
});
