import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settled, type Visit } from "../../../../src/core/analysis/trend.ts";
import { analyse } from "../../made-up/analysed.ts";

/** Visits of L0, L1, L2, L2, L1, L0 in seconds, with time for bring-ups on the way up alone. */
const TIMES = [
  [12, 157],
  [40, 141],
  [83, 115],
] as const;

function visit(log: number, midSeconds: number, bringUp = 1): Visit {
  return { log, at: { midSeconds, bringUp } };
}

/** Three levels with their costs, under a drift of so much per second. */
function boot(costs: readonly number[], slope: number): readonly (readonly Visit[])[] {
  return TIMES.map((times, level) => times.map((at) => visit((costs[level] ?? 0) + slope * at, at)));
}

const contrast = (levels: readonly (readonly Visit[] | undefined)[]) => {
  const [ground, , deepest] = settled(levels);
  return (deepest?.log ?? Number.NaN) - (ground?.log ?? Number.NaN);
};

describe("a linear trend within a boot", () => {
  test("is taken out of every difference of levels, whatever the levels cost", () => {
    const cost = fc.double({ min: -3, max: 0, noNaN: true });
    fc.assert(
      fc.property(cost, cost, fc.double({ min: -0.01, max: 0.01, noNaN: true }), (one, two, slope) => {
        expect(contrast(boot([0, one, two], slope))).toBeCloseTo(two, 9);
        // By the order alone it would not be: L2's visits lie 14.5 s after those of L0.
        const plain = boot([0, one, two], slope).map((visits) =>
          visits.map(({ log }) => ({ log, at: undefined })),
        );
        expect(contrast(plain)).toBeCloseTo(two + 14.5 * slope, 9);
      }),
    );
  });

  test("is taken out where the deepest level was visited once", () => {
    const [ground, first, deepest] = boot([0, -0.1, -0.5], 0.002);
    expect(contrast([ground ?? [], first ?? [], (deepest ?? []).slice(0, 1)])).toBeCloseTo(-0.5, 9);
  });

  test("is not looked for in a boot that took several bring-ups, nor where a time is not known", () => {
    const levels = boot([0, -0.1, -0.5], 0.002);
    const again = levels.map((visits, level) =>
      visits.map(({ log, at }) => visit(log, at?.midSeconds ?? 0, level === 0 ? 2 : 1)),
    );
    const untimed = levels.map((visits, level) =>
      visits.map((one) => (level === 1 ? { log: one.log, at: undefined } : one)),
    );
    for (const spoiled of [again, untimed]) expect(contrast(spoiled)).toBeCloseTo(-0.5 + 14.5 * 0.002, 9);
  });

  test("needs a level that was visited twice, and levels that were not visited at all are none", () => {
    const once = [[visit(1, 10)], undefined, [visit(2, 50)]];
    expect(settled(once)).toEqual([
      { log: 1, variance: undefined },
      undefined,
      { log: 2, variance: undefined },
    ]);
  });

  test("is no part of what differs within a boot: what is left is", () => {
    const [clean] = settled(boot([0, -0.1, -0.5], 0.01));
    expect(clean?.variance).toBeCloseTo(0, 12);
    const noisy = boot([0, -0.1, -0.5], 0).map((visits) =>
      visits.map((one, at) => (at === 0 ? { ...one, at: undefined, log: one.log + 0.2 } : one)),
    );
    // Without times, half the difference of the two visits, squared.
    expect(settled(noisy).map((one) => one?.variance)).toEqual(
      [0.01, 0.01, 0.01].map((v) => expect.closeTo(v, 12)),
    );
  });

  test("leaves the printed means as they are, and moves the ratios alone", () => {
    const measured = boot([0, -0.1, -0.5], 0.002).flatMap((visits, level) =>
      visits.map(({ log, at }, way) => ({
        trial: {
          boot: 1,
          direction: way === 0 ? ("up" as const) : ("down" as const),
          level,
          workload: "cpu",
        },
        reading: { metrics: { throughput: 100 * Math.exp(log), response: 1 } },
        ...(at === undefined ? {} : { when: at }),
      })),
    );
    const design = { platform: "p", resources: "r", workloads: ["cpu"], levels: 2, margin: 0.02 };
    const { cells, comparisons } = analyse(measured, [], design);
    const plain = analyse(
      measured.map(({ when: _, ...one }) => one),
      [],
      design,
    );
    expect(cells.map(({ throughput }) => throughput.estimate)).toEqual(
      plain.cells.map(({ throughput }) => throughput.estimate),
    );
    const ratio = (all: typeof comparisons) =>
      all.find(({ level, to }) => level === 2 && to === 0)?.estimate.ratio;
    expect(ratio(comparisons)).toBeCloseTo(Math.exp(-0.5), 9);
    expect(ratio(plain.comparisons)).toBeCloseTo(Math.exp(-0.5 + 14.5 * 0.002), 9);
  });
});
