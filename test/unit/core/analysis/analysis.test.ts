import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type {
  Analysis,
  Cell,
  Comparison,
  Design,
  FailedTrial,
} from "../../../../src/core/analysis/analysis.ts";
import type { MeasuredTrial } from "../../../../src/core/analysis/gather.ts";
import { headlineRatios, ratioAt } from "../../../../src/core/analysis/stopping.ts";
import { benjaminiHochberg } from "../../../../src/core/stats/benjamini-hochberg.ts";
import { holm } from "../../../../src/core/stats/holm.ts";
import { planBoots, type Trial } from "../../../../src/core/trial/plan.ts";
import { analyse } from "../../made-up/analysed.ts";
import { madeUpStudy } from "../../made-up/study.ts";
import { madeUpTrial } from "../../made-up/trial.ts";

/** Without a word about it: cpu alone, on the made-up platform. */
function design(levels: number, different: Partial<Design> = {}): Design {
  return {
    platform: "x86_64-kvm",
    resources: "reserved",
    workloads: ["cpu"],
    levels,
    margin: 0.02,
    ...different,
  };
}

function measured(throughput: number, trial: Partial<Omit<Trial, "id">>): MeasuredTrial {
  return {
    trial: madeUpTrial(trial),
    reading: { metrics: { throughput, response: 1 / throughput } },
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

describe("a workload without a response time", () => {
  test("has throughput, its comparisons and its marks alone", () => {
    const only = [100, 80].flatMap((throughput, level) =>
      [1, 2, 3].map((boot) => ({
        trial: madeUpTrial({ boot, level }),
        reading: { metrics: { throughput } },
      })),
    );
    const { cells, comparisons } = analyse(only, [], design(1));
    expect(cells.map(({ throughput, response }) => [throughput.estimate.mean, response])).toEqual([
      [100, undefined],
      [80, undefined],
    ]);
    expect(comparisons.map(({ metric }) => metric)).toEqual(["throughput"]);
  });
});

describe("within a boot", () => {
  test("the runs of a direction are averaged, then the directions", () => {
    const trials = [
      measured(100, { direction: "up", run: 1 }),
      measured(110, { direction: "up", run: 2 }),
      measured(90, { direction: "down", run: 2 }),
      measured(80, { direction: "down", run: 1 }),
    ];
    expect(cellOf(analyse(trials, [], design(0)), 0).throughput.perBoot).toEqual([95]);
  });

  test("a direction weighs as much as the other, however many runs it lost", () => {
    const trials = [
      measured(100, { direction: "up", run: 1 }),
      measured(110, { direction: "up", run: 2 }),
      measured(80, { direction: "down", run: 1 }),
    ];
    // (105 + 80) / 2, and not the mean of the three.
    expect(cellOf(analyse(trials, [], design(0)), 0).throughput.perBoot).toEqual([92.5]);
  });

  test("the geometric mean, on which ratios rest, is taken in the same two steps", () => {
    const trials = [
      measured(100, { direction: "up", run: 1 }),
      measured(400, { direction: "up", run: 2 }),
      measured(50, { direction: "down", run: 1 }),
    ];
    const { throughput, response } = cellOf(analyse(trials, [], design(0)), 0);
    // √(√(100 · 400) · 50), and not the cube root of the three.
    expect(throughput.geometric).toEqual([expect.closeTo(100, 10)]);
    expect(response?.geometric).toEqual([expect.closeTo(0.01, 12)]);
  });

  test("a single direction is used and warned of", () => {
    const trials = [...bootOf(1, [100]), measured(50, { boot: 2, direction: "up" })];
    const analysis = analyse(trials, [], design(0));
    expect(cellOf(analysis, 0).throughput.perBoot).toEqual([100, 50]);
    expect(analysis.warnings).toContain(
      "cpu at L0: 1 boot(s) were measured in one direction only, so drift does not cancel there",
    );
  });

  test("both directions are nothing to warn of", () => {
    const boots = Array.from({ length: 6 }, (_, i) => bootOf(i + 1, [100, 90])).flat();
    expect(analyse(boots, [], design(1)).warnings).toEqual([]);
  });
});

describe("over boots", () => {
  test("each boot counts once, however many trials it has", () => {
    const many = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((run) => [
      measured(10, { boot: 1, direction: "up", run }),
      measured(10, { boot: 1, direction: "down", run }),
    ]);
    const { throughput, response } = cellOf(analyse([...many, ...bootOf(2, [14])], [], design(0)), 0);
    expect(throughput.estimate).toEqual({ n: 2, mean: 12, standardError: 2 });
    expect(response?.estimate.n).toBe(2);
    expect(response?.estimate.mean).toBeCloseTo((1 / 10 + 1 / 14) / 2, 12);
  });

  test("values stand in boot order, whatever the order of the trials", () => {
    const trials = [...bootOf(10, [3]), ...bootOf(2, [2]), ...bootOf(1, [1])];
    expect(cellOf(analyse(trials, [], design(0)), 0).throughput.perBoot).toEqual([1, 2, 3]);
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
    expect(analyse(boots, [], design(0)).warnings).toEqual([warning]);
  });

  test("the fewest boots of any cell are what is warned of", () => {
    const boots = Array.from({ length: 6 }, (_, i) => bootOf(i + 1, i < 2 ? [100, 90] : [100])).flat();
    expect(analyse(boots, [], design(1)).warnings.join()).toContain("2 boots:");
  });
});

describe("between levels", () => {
  test("changes are from the level below and ratios are to L0", () => {
    const analysis = analyse(bootOf(1, [100, 80, 40]), [], design(2));
    const columns = analysis.cells.map(({ level, throughput, response }) => [
      level,
      throughput.changeFromPreviousLevel,
      throughput.ratioToL0,
      response?.changeFromPreviousLevel,
      response?.ratioToL0,
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
    const analysis = analyse(trials, [], design(2));
    expect(analysis.cells.map((cell) => cell.level)).toEqual([0, 2]);
    expect(cellOf(analysis, 2).throughput).toMatchObject({
      changeFromPreviousLevel: undefined,
      ratioToL0: 0.4,
    });
    expect(analysis.warnings).toContain("cpu at L1: no trial could be read");
  });

  test("a missing L0 leaves no ratio", () => {
    const trials = bootOf(1, [100, 80]).filter(({ trial }) => trial.level !== 0);
    expect(cellOf(analyse(trials, [], design(1)), 1).throughput.ratioToL0).toBeUndefined();
  });

  test("workloads are never compared with each other", () => {
    const trials = [...bootOf(1, [100]), measured(5, { workload: "oltp", level: 1 })];
    const cells = analyse(trials, [], design(1, { workloads: ["cpu", "oltp"] })).cells;
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
        const { cells } = analyse(trials, [], design(one.levels, { workloads: ["cpu", "threads"] }));
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

describe("a level against another", () => {
  /** Three boots of L0 and L1 whose ratios are 0.8, 0.9 and 0.7. */
  const three = [...bootOf(1, [100, 80]), ...bootOf(2, [110, 99]), ...bootOf(3, [90, 63])];
  const logs = [0.8, 0.9, 0.7].map(Math.log);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const standardError = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean(logs)) ** 2, 0) / (2 * 3));

  test("is the geometric mean of the ratios within boots, with Student's interval on their logarithms", () => {
    const [first] = throughputs(analyse(three, [], design(1)));
    expect(first).toMatchObject({ level: 1, to: 0, metric: "throughput", platform: "x86_64-kvm" });
    expect(first?.estimate).toMatchObject({ method: "blocked-log-ratio", df: 2, confidence: 0.95 });
    expect(first?.estimate.ratio).toBeCloseTo(0.504 ** (1 / 3), 12);
    // The 97.5% point of Student's t with 2 degrees of freedom.
    const half = 4.302652729911275 * standardError;
    expect(first?.estimate.low).toBeCloseTo(Math.exp(mean(logs) - half), 10);
    expect(first?.estimate.high).toBeCloseTo(Math.exp(mean(logs) + half), 10);
    // The closed form of that distribution's tail.
    const t = Math.abs(mean(logs)) / standardError;
    expect(first?.estimate.p).toBeCloseTo(1 - t / Math.sqrt(t ** 2 + 2), 10);
  });

  test("shows beside it what other methods say of the same figures", () => {
    const [first] = throughputs(analyse(three, [], design(1)));
    expect(first?.fieller.kind).toBe("bounded");
    // Two levels have no other spread than their own. All three boots fell, as one of eight does, and its mirror image.
    expect(first?.tests).toMatchObject({
      kind: "within boots",
      paired: { ...first?.estimate },
      signFlip: { kind: "exact", arrangements: 8, p: 0.25 },
    });
    expect(first?.hedges?.g).toBeLessThan(0);
  });

  test("shows the ratio's own spread beside a headline that has the workload's in it", () => {
    const boots = [...bootOf(1, [100, 80, 50]), ...bootOf(2, [110, 99, 52]), ...bootOf(3, [90, 63, 51])];
    const [first] = throughputs(analyse(boots, [], design(2)));
    expect(first?.tests).toMatchObject({
      paired: { df: 2, standardError: expect.closeTo(standardError, 12), ratio: first?.estimate.ratio },
    });
    expect(first?.estimate.df).toBeGreaterThan(2);
  });

  test("of response times is the reverse of that of throughputs where one is one over the other", () => {
    const { comparisons } = analyse(three, [], design(1));
    expect(comparisons.map(({ metric }) => metric)).toEqual(["throughput", "response"]);
    const [throughput, response] = comparisons;
    expect(response?.estimate.ratio).toBeCloseTo(1 / (throughput?.estimate.ratio ?? 0), 12);
    expect(response?.estimate.low).toBeCloseTo(1 / (throughput?.estimate.high ?? 0), 10);
    expect(response?.verdict.kind).toBe(throughput?.verdict.kind);
  });

  test("is made for L0 and for the level below, once where they are one", () => {
    const boots = [1, 2, 3].flatMap((boot) => bootOf(boot, [100 + boot, 80, 60 + boot, 50]));
    const pairs = throughputs(analyse(boots, [], design(3))).map(({ level, to }) => [level, to]);
    expect(pairs).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 2],
    ]);
  });

  test("uses the boots that both have, whichever each lacks", () => {
    const boots = [1, 2, 3, 4, 5].flatMap((boot) => bootOf(boot, [100 * boot, (80 + boot) * boot]));
    const lacking = boots.filter(
      ({ trial }) => !(trial.level === 0 && trial.boot === 2) && !(trial.level === 1 && trial.boot === 4),
    );
    const analysis = analyse(lacking, [], design(1));
    expect([0, 1].map((level) => cellOf(analysis, level).throughput.boots)).toEqual([
      [1, 3, 4, 5],
      [1, 2, 3, 5],
    ]);
    const [only] = throughputs(analysis);
    expect(only?.estimate).toMatchObject({ method: "blocked-log-ratio", df: 2 });
    expect(only?.estimate.ratio).toBeCloseTo((0.81 * 0.83 * 0.85) ** (1 / 3), 12);
  });

  test("takes the boots as unrelated where no boot has both", () => {
    const boots = [
      ...[1, 2, 3].flatMap((boot) => [
        measured(100 + boot, { boot }),
        measured(100, { boot, direction: "down" }),
      ]),
      ...[4, 5, 6].map((boot) => measured(80 + boot, { boot, level: 1 })),
    ];
    const [only] = throughputs(analyse(boots, [], design(1)));
    expect(only?.estimate.method).toBe("welch-log-ratio");
    // 102 and 82, 101 + ½ and so on: both standard errors are of three values one apart, those of L0 halved.
    expect(only?.tests).toMatchObject({
      kind: "unrelated",
      welch: { t: expect.closeTo((85 - 101) / Math.sqrt(1 / 12 + 1 / 3), 10) },
    });
    expect(only?.fieller.kind).toBe("unbounded");
  });

  test("is not made with a level that could not be read", () => {
    const boots = [1, 2, 3].flatMap((boot) => bootOf(boot, [100 + boot, 80, 60]));
    const without = (level: number) =>
      throughputs(
        analyse(
          boots.filter(({ trial }) => trial.level !== level),
          [],
          design(2),
        ),
      ).map((one) => `L${one.level} to L${one.to}`);
    expect(without(1)).toEqual(["L2 to L0"]);
    expect(without(0)).toEqual(["L2 to L1"]);
    expect(without(2)).toEqual(["L1 to L0"]);
  });

  test("is not made where a figure is not positive, and the others are", () => {
    const boots = [1, 2, 3].flatMap((boot) => bootOf(boot, [100 + boot, 0, 60]));
    const analysis = analyse(boots, [], design(2));
    expect(analysis.cells).toHaveLength(3);
    expect(throughputs(analysis).map((one) => `L${one.level} to L${one.to}`)).toEqual(["L2 to L0"]);
  });
});

describe("two boots that agree to the last digit", () => {
  const boots = [1, 2].flatMap((boot) => bootOf(boot, [100, 80]));
  const read = (step: number | undefined) =>
    boots.map(({ trial, reading: { metrics } }) => {
      const resolution = step === undefined ? {} : { resolution: { throughput: step * metrics.throughput } };
      return { trial, reading: { metrics, ...resolution } };
    });

  test("have an interval as wide as the readings' resolution", () => {
    const [only] = throughputs(analyse(read(1e-5), [], design(1)));
    // Two levels, each with a rounding error of 1e-5/√12 that no mean over boots averages away.
    expect(only?.estimate.standardError).toBeCloseTo(1e-5 / Math.sqrt(6), 12);
    expect(only?.verdict.kind).toBe("slower");
    expect(only?.fieller.kind === "bounded" && only.fieller.high - only.fieller.low).toBeGreaterThan(1e-5);
  });

  test("have none where the resolution of one reading is not known, and that is said", () => {
    for (const trials of [read(undefined), [...read(1e-5).slice(1), ...read(undefined).slice(0, 1)]]) {
      const [only] = throughputs(analyse(trials, [], design(1)));
      expect(only?.estimate.standardError).toBe(0);
      expect(only?.estimate.p).toBeGreaterThan(0);
      expect(only?.estimate.warnings.join()).toContain("the resolution of the readings is not known");
    }
  });

  test("are equally wide for a study that stops on width", () => {
    const study = { levels: 1, factors: {}, workloads: [{ name: "cpu" }] };
    const [ratio] = headlineRatios(study, read(1e-5));
    const [only] = throughputs(analyse(read(1e-5), [], design(1)));
    expect(ratio && ratioAt(ratio, 2)?.standardError).toBeCloseTo(only?.estimate.standardError ?? 0, 15);
  });
});

describe("a verdict", () => {
  /** Six boots, each with a luck of its own that both levels share; L1 keeps these shares of L0. */
  const sixBoots = (kept: readonly number[]) =>
    kept.flatMap((share, index) => bootOf(index + 1, [1000 + 50 * index, (1000 + 50 * index) * share]));
  const tight = [1.001, 0.999, 1.0005, 0.9995, 1.0008, 0.9992];
  const wide = [1.2, 0.8, 1.1, 0.9, 1.15, 0.85];
  const scaled = (shares: readonly number[], by: number) => shares.map((share) => share * by);
  const verdicts = (kept: readonly number[], margin = 0.02) =>
    analyse(sixBoots(kept), [], design(1, { margin })).comparisons.map(({ metric, verdict }) => [
      metric,
      verdict.kind,
    ]);
  const both = (kind: string) => [
    ["throughput", kind],
    ["response", kind],
  ];

  test.each([
    ["slower where a level keeps less than the margin allows", scaled(tight, 0.8), "slower"],
    ["faster where it gives more, of response times too, which fall", scaled(tight, 1.25), "faster"],
    ["equivalent where it lies inside the margin", tight, "equivalent"],
    ["equivalent where the difference is real and inside the margin", scaled(tight, 0.99), "equivalent"],
    ["inconclusive where boots differ too much to say", wide, "inconclusive"],
    ["inconclusive where a single boot was measured", [0.5], "inconclusive"],
  ])("is %s", (_, kept, kind) => {
    expect(verdicts(kept)).toEqual(both(kind));
  });

  test("depends on the study's margin", () => {
    expect(verdicts(scaled(tight, 0.95), 0.02)).toEqual(both("slower"));
    expect(verdicts(scaled(tight, 0.95), 0.1)).toEqual(both("equivalent"));
    expect(analyse([], [], design(1, { margin: 0.1 })).margin).toBe(0.1);
  });

  test("is reached with p adjusted over the comparisons of its own metric, after Benjamini and Hochberg; Holm's stands beside it", () => {
    const workloads = ["cpu", "threads"];
    const boots = sixBoots(scaled(wide, 0.9)).flatMap(({ trial, reading }) => {
      const deeper = { ...trial, level: trial.level + 1 };
      return workloads.flatMap((workload, index) => [
        { trial: { ...trial, workload }, reading },
        // A third level, a little slower than the second in each boot, and by another amount in each workload.
        ...(trial.level === 0
          ? []
          : [
              {
                trial: { ...deeper, workload },
                reading: {
                  metrics: {
                    throughput: reading.metrics.throughput * (0.9 - 0.02 * index - 0.003 * trial.boot),
                    response: (reading.metrics.response ?? 0) * (1.3 + 0.02 * index * trial.boot),
                  },
                },
              },
            ]),
      ]);
    });
    const { comparisons } = analyse(boots, [], design(2, { workloads }));
    for (const metric of ["throughput", "response"]) {
      const family = comparisons.filter((one) => one.metric === metric);
      expect(family).toHaveLength(6);
      const ps = family.map((one) => one.estimate.p ?? Number.NaN);
      expect(family.map((one) => one.holmP)).toEqual(holm(ps));
      expect(family.map((one) => one.bhP)).toEqual(benjaminiHochberg(ps));
      // Six comparisons: the least p counts six times, and no p counts less than it was.
      const least = family.find((one) => one.estimate.p === Math.min(...ps));
      expect(least?.holmP).toBeCloseTo(6 * Math.min(...ps), 14);
      for (const one of family) {
        expect(one.bhP).toBeGreaterThanOrEqual(one.estimate.p ?? Number.NaN);
        expect(one.holmP).toBeGreaterThanOrEqual(one.bhP ?? Number.NaN);
      }
    }
  });

  test("of a comparison without an interval takes nothing from the others' family", () => {
    const lone = [0, 1].map((level) => measured(70 + level, { workload: "threads", level }));
    const all = [...sixBoots(scaled(tight, 0.8)), ...lone];
    const found = throughputs(analyse(all, [], design(1, { workloads: ["cpu", "threads"] })));
    expect(found.map(({ workload, bhP, holmP }) => [workload, bhP, holmP])).toEqual([
      ["cpu", found[0]?.estimate.p, found[0]?.estimate.p],
      ["threads", undefined, undefined],
    ]);
  });

  test("is only probable where its own interval excludes 1 but one of so many would by chance", () => {
    const names = Array.from({ length: 20 }, (_, index) => `w${index}`);
    const boots = sixBoots([0.96, 0.99, 0.93, 0.98, 1.005, 0.95]);
    const [alone] = throughputs(analyse(boots, [], design(1)));
    expect(alone?.estimate.high).toBeLessThan(1);
    expect(alone?.verdict.kind).toBe("slower");
    const same = sixBoots([1.06, 0.93, 1.04, 0.95, 1.01, 0.99]);
    const many = names.flatMap((workload, at) =>
      (at === 0 ? boots : same).map(({ trial, reading }) => ({ trial: { ...trial, workload }, reading })),
    );
    const [first, ...others] = throughputs(analyse(many, [], design(1, { workloads: names })));
    expect(first?.verdict.kind).toBe("probably slower");
    expect(first?.verdict.reason).toContain("among 20 comparisons that can be chance");
    expect(new Set(others.map(({ verdict }) => verdict.kind))).toEqual(new Set(["inconclusive"]));
  });
});

describe("the spread", () => {
  test("is split into that between boots and that within them, from the single trials", () => {
    const boots = [1, 2, 3, 4].flatMap((boot) => [
      measured(100 + boot, { boot, direction: "up" }),
      measured(100 + boot, { boot, direction: "down" }),
    ]);
    const { components } = cellOf(analyse(boots, [], design(0)), 0).throughput;
    expect(components).toMatchObject({ boots: 4, runs: 8, withinVariance: 0, intraclassCorrelation: 1 });
    expect(components?.betweenVariance).toBeCloseTo(5 / 3, 12);
  });

  test("is not split where no boot has two trials", () => {
    const boots = [1, 2, 3].map((boot) => measured(100 + boot, { boot }));
    expect(cellOf(analyse(boots, [], design(0)), 0).throughput.components).toBeUndefined();
  });

  test("of a boot that lies far from the others marks it, and keeps it in the mean", () => {
    const boots = [100, 101, 99, 100.5, 150].flatMap((value, index) => bootOf(index + 1, [value]));
    const { throughput } = cellOf(analyse(boots, [], design(0)), 0);
    expect(throughput.marks).toEqual([[], [], [], [], ["tukey", "mad"]]);
    expect(throughput.estimate.mean).toBeCloseTo(110.1, 12);
  });
});

test("a drift of the host that is linear in the logarithm cancels in every ratio of a plan's levels", () => {
  const study = fc
    .record({ levels: fc.integer({ min: 1, max: 3 }), runs: fc.integer({ min: 1, max: 3 }) })
    .map(madeUpStudy);
  fc.assert(
    fc.property(
      study,
      fc.double({ min: -0.02, max: 0.02, noNaN: true }),
      fc.integer(),
      (one, drift, seed) => {
        const trials = planBoots(one, seed).flatMap((boot) =>
          boot.trials.map((trial, place) =>
            measured(1000 * 0.8 ** trial.level * Math.exp(drift * place), trial),
          ),
        );
        const found = throughputs(analyse(trials, [], design(one.levels, { workloads: ["cpu", "threads"] })));
        expect(found).toHaveLength(2 * (2 * one.levels - 1));
        for (const { level, to, estimate } of found)
          expect(estimate.ratio).toBeCloseTo(0.8 ** (level - to), 10);
      },
    ),
  );
});

describe("an analysis", () => {
  test("counts the trials that each cell rests on, and passes failures on", () => {
    const failed: readonly FailedTrial[] = [
      { trial: madeUpTrial({ level: 1 }), problem: { code: "workload-failed", what: "exit code 1" } },
    ];
    const trials = [...bootOf(1, [100]), ...bootOf(2, [100]), measured(90, { boot: 2, run: 2 })];
    const analysis = analyse(trials, failed, design(0));
    expect(cellOf(analysis, 0).trials).toBe(5);
    expect(analysis.failed).toBe(failed);
  });

  test("names the platform and the resources of every cell and comparison", () => {
    const boots = [1, 2].flatMap((boot) => bootOf(boot, [100, 80 + boot]));
    const { cells, comparisons } = analyse(
      boots,
      [],
      design(1, { platform: "S390x", resources: "over-committed" }),
    );
    expect(cells).toHaveLength(2);
    expect(comparisons).toHaveLength(2);
    for (const one of [...cells, ...comparisons]) {
      expect(one).toMatchObject({ platform: "S390x", resources: "over-committed" });
    }
  });

  test("of nothing has no cells and says what is missing", () => {
    expect(analyse([], [], design(1))).toEqual({
      cells: [],
      comparisons: [],
      failed: [],
      margin: 0.02,
      warnings: ["cpu at L0: no trial could be read", "cpu at L1: no trial could be read"],
    });
  });

  test("reads its trials once", () => {
    let reads = 0;
    const once = {
      *[Symbol.iterator]() {
        reads += 1;
        yield* bootOf(1, [100, 80]);
      },
    };
    expect(analyse(once, [], design(1)).cells).toHaveLength(2);
    expect(reads).toBe(1);
  });

  test("leaves out what the study does not name", () => {
    const trials = [...bootOf(1, [100, 80, 60]), measured(5, { workload: "gone" })];
    expect(analyse(trials, [], design(1)).cells.map(({ workload, level }) => [workload, level])).toEqual([
      ["cpu", 0],
      ["cpu", 1],
    ]);
  });

  test("does not depend on the order of the trials", () => {
    // Whole numbers of which the sums are exact in any order; so are their reciprocals, powers of two.
    const trials = [1, 2, 3].flatMap((boot) => bootOf(boot, [2 ** (9 + boot), 2 ** (7 - boot), 2 ** 4]));
    const wanted = analyse(trials, [], design(2));
    fc.assert(
      fc.property(fc.shuffledSubarray(trials, { minLength: trials.length }), (reordered) => {
        expect(analyse(reordered, [], design(2))).toEqual(wanted);
      }),
    );
  });
});

function throughputs({ comparisons }: Analysis): readonly Comparison[] {
  return comparisons.filter(({ metric }) => metric === "throughput");
}
