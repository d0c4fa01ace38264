import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Analysis, analyse, type Cell, type MeasuredTrial } from "../../../src/core/analysis.ts";
import { planBoots, type Trial } from "../../../src/core/plan.ts";
import { madeUpStudy } from "../made-up/study.ts";
import { madeUpTrial } from "../made-up/trial.ts";

function measured(throughputPerSecond: number, trial: Partial<Omit<Trial, "id">>): MeasuredTrial {
  return {
    trial: madeUpTrial(trial),
    reading: { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond, more: {} },
  };
}

/** Both directions of each level of one boot, at the same figure. */
function bootOf(boot: number, throughputs: readonly number[]): readonly MeasuredTrial[] {
  return throughputs.flatMap((value, level) => [
    measured(value, { boot, level, direction: "up" }),
    measured(value, { boot, level, direction: "down" }),
  ]);
}

function cellOf(analysis: Analysis, level: number): Cell {
  const cell = analysis.cells.find((one) => one.level === level);
  if (cell === undefined) throw new Error(`no cell for L${level}`);
  return cell;
}

describe("within a boot", () => {
  test("the runs of a direction are averaged, then the directions", () => {
    const trials = [
      measured(100, { direction: "up", run: 1 }),
      measured(110, { direction: "up", run: 2 }),
      measured(90, { direction: "down", run: 2 }),
      measured(80, { direction: "down", run: 1 }),
    ];
    expect(cellOf(analyse(trials, [], ["cpu"], 0), 0).throughput.perBoot).toEqual([95]);
  });

  test("a direction weighs as much as the other, however many runs it lost", () => {
    const trials = [
      measured(100, { direction: "up", run: 1 }),
      measured(110, { direction: "up", run: 2 }),
      measured(80, { direction: "down", run: 1 }),
    ];
    // (105 + 80) / 2, and not the mean of the three.
    expect(cellOf(analyse(trials, [], ["cpu"], 0), 0).throughput.perBoot).toEqual([92.5]);
  });

  test("a single direction is used and warned of", () => {
    const trials = [...bootOf(1, [100]), measured(50, { boot: 2, direction: "up" })];
    const analysis = analyse(trials, [], ["cpu"], 0);
    expect(cellOf(analysis, 0).throughput.perBoot).toEqual([100, 50]);
    expect(analysis.warnings).toContain(
      "cpu at L0: 1 boot(s) were measured in one direction only, so drift does not cancel there",
    );
  });

  test("both directions are nothing to warn of", () => {
    const boots = Array.from({ length: 6 }, (_, i) => bootOf(i + 1, [100, 90])).flat();
    expect(analyse(boots, [], ["cpu"], 1).warnings).toEqual([]);
  });
});

describe("over boots", () => {
  test("each boot counts once, however many trials it has", () => {
    const many = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((run) => [
      measured(10, { boot: 1, direction: "up", run }),
      measured(10, { boot: 1, direction: "down", run }),
    ]);
    const { throughput, response } = cellOf(analyse([...many, ...bootOf(2, [14])], [], ["cpu"], 0), 0);
    expect(throughput.estimate).toEqual({ n: 2, mean: 12, standardError: 2 });
    expect(response.estimate.n).toBe(2);
    expect(response.estimate.mean).toBeCloseTo((1 / 10 + 1 / 14) / 2, 12);
  });

  test("values stand in boot order, whatever the order of the trials", () => {
    const trials = [...bootOf(10, [3]), ...bootOf(2, [2]), ...bootOf(1, [1])];
    expect(cellOf(analyse(trials, [], ["cpu"], 0), 0).throughput.perBoot).toEqual([1, 2, 3]);
  });

  test.each([
    [1, "one boot: there is no standard error, and nothing can be said of the spread"],
    [
      2,
      "2 boots: a standard error on 1 degree(s) of freedom is itself very uncertain; differences near it mean nothing",
    ],
    [
      5,
      "5 boots: a standard error on 4 degree(s) of freedom is itself very uncertain; differences near it mean nothing",
    ],
  ])("%d are warned of as few", (count, warning) => {
    const boots = Array.from({ length: count }, (_, i) => bootOf(i + 1, [100])).flat();
    expect(analyse(boots, [], ["cpu"], 0).warnings).toEqual([warning]);
  });

  test("the fewest boots of any cell are what is warned of", () => {
    const boots = Array.from({ length: 6 }, (_, i) => bootOf(i + 1, i < 2 ? [100, 90] : [100])).flat();
    expect(analyse(boots, [], ["cpu"], 1).warnings.join()).toContain("2 boots:");
  });
});

describe("between levels", () => {
  test("changes are from the level below and ratios are to L0", () => {
    const analysis = analyse(bootOf(1, [100, 80, 40]), [], ["cpu"], 2);
    const columns = analysis.cells.map(({ level, throughput, response }) => [
      level,
      throughput.changeFromPreviousLevel,
      throughput.ratioToL0,
      response.changeFromPreviousLevel,
      response.ratioToL0,
    ]);
    expect(columns).toEqual([
      [0, undefined, undefined, undefined, undefined],
      [
        1,
        expect.closeTo(-0.2, 12),
        expect.closeTo(0.8, 12),
        expect.closeTo(0.25, 12),
        expect.closeTo(1.25, 12),
      ],
      [2, expect.closeTo(-0.5, 12), expect.closeTo(0.4, 12), expect.closeTo(1, 12), expect.closeTo(2.5, 12)],
    ]);
  });

  test("a missing level leaves the next without a change, and is warned of", () => {
    const trials = bootOf(1, [100, 80, 40]).filter(({ trial }) => trial.level !== 1);
    const analysis = analyse(trials, [], ["cpu"], 2);
    expect(analysis.cells.map((cell) => cell.level)).toEqual([0, 2]);
    expect(cellOf(analysis, 2).throughput).toMatchObject({
      changeFromPreviousLevel: undefined,
      ratioToL0: 0.4,
    });
    expect(analysis.warnings).toContain("cpu at L1: no trial could be read");
  });

  test("a missing L0 leaves no ratio", () => {
    const trials = bootOf(1, [100, 80]).filter(({ trial }) => trial.level !== 0);
    expect(cellOf(analyse(trials, [], ["cpu"], 1), 1).throughput.ratioToL0).toBeUndefined();
  });

  test("workloads are never compared with each other", () => {
    const trials = [...bootOf(1, [100]), measured(5, { workload: "oltp", level: 1 })];
    const cells = analyse(trials, [], ["cpu", "oltp"], 1).cells;
    expect(cells.map((cell) => [cell.workload, cell.level, cell.throughput.ratioToL0])).toEqual([
      ["cpu", 0, undefined],
      ["oltp", 1, undefined],
    ]);
  });

  test("a linear drift of the host cancels in every difference of a plan's levels", () => {
    const drift = fc.double({ min: -1, max: 1, noNaN: true });
    const study = fc
      .record({ levels: fc.integer({ min: 1, max: 3 }), runs: fc.integer({ min: 1, max: 3 }) })
      .map(madeUpStudy);
    fc.assert(
      fc.property(study, drift, fc.integer(), (one, perTrial, seed) => {
        const trials = planBoots(one, seed).flatMap((boot) =>
          boot.trials.map((trial, place) => measured(1000 - 100 * trial.level + perTrial * place, trial)),
        );
        const { cells } = analyse(trials, [], ["cpu", "threads"], one.levels);
        for (const workload of ["cpu", "threads"]) {
          const means = cells
            .filter((cell) => cell.workload === workload)
            .map((cell) => cell.throughput.estimate.mean);
          for (const [level, mean] of means.entries())
            expect((means[0] ?? 0) - mean).toBeCloseTo(100 * level, 6);
        }
      }),
    );
  });
});

describe("an analysis", () => {
  test("names the trials that each cell rests on, and passes failures on", () => {
    const failed = [
      { trial: madeUpTrial({ level: 1 }), problem: { code: "workload-failed", what: "exit code 1" } },
    ];
    const analysis = analyse(bootOf(1, [100]), failed, ["cpu"], 0);
    expect(cellOf(analysis, 0).trials).toEqual(["b1-up-L0-cpu-1", "b1-down-L0-cpu-1"]);
    expect(analysis.failed).toBe(failed);
  });

  test("of nothing has no cells and says what is missing", () => {
    expect(analyse([], [], ["cpu"], 1)).toEqual({
      cells: [],
      failed: [],
      warnings: ["cpu at L0: no trial could be read", "cpu at L1: no trial could be read"],
    });
  });

  test("does not depend on the order of the trials", () => {
    const trials = [1, 2, 3].flatMap((boot) => bootOf(boot, [100 + boot, 80 - boot, 40]));
    const wanted = figures(analyse(trials, [], ["cpu"], 2));
    fc.assert(
      fc.property(fc.shuffledSubarray(trials, { minLength: trials.length }), (reordered) => {
        expect(figures(analyse(reordered, [], ["cpu"], 2))).toEqual(wanted);
      }),
    );
  });
});

function figures(analysis: Analysis) {
  return analysis.cells.map(({ level, throughput, response }) => ({ level, throughput, response }));
}
