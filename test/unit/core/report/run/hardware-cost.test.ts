import { describe, expect, test } from "vitest";
import {
  type HardwareCost,
  hardwareCosts,
  nanosecondsFor,
  ratioAt,
} from "../../../../../src/core/report/run/hardware-cost.ts";
import { countedEvidence, PLANTED, underCondition } from "../../../made-up/counted.ts";
import { madeUpLevels } from "../../../made-up/report.ts";

const costs = hardwareCosts(countedEvidence());

function costOf(workload: string, level: number, to: number): HardwareCost {
  const found = costs.find((one) => one.workload === workload && one.level === level && one.to === to);
  if (found === undefined) throw new Error(`no cost of ${workload}, L${level} to L${to}`);
  return found;
}

describe("what a level would cost on hardware", () => {
  test("is calculated for every workload and level, against L0 and against the level below", () => {
    expect(costs.map(({ workload, level, to }) => `${workload} L${level} to L${to}`)).toEqual(
      Object.keys(PLANTED).flatMap((name) => [`${name} L1 to L0`, `${name} L2 to L0`, `${name} L2 to L1`]),
    );
  });

  test("finds the planted transaction again", () => {
    const { own, base } = costOf("threads", 2, 1);
    expect([own.switches, base.switches]).toEqual([1000, 100]);
    expect(own.seconds).toBeCloseTo(2000e-6, 12);
    expect(base.seconds).toBeCloseTo(1250e-6, 12);
    expect(costOf("cpu", 1, 0).base.switches).toBe(0);
  });

  // threads takes 1000, 1250 and 2000 µs with 0, 100 and 1000 switches.
  test.each([
    [1, 0, 0, 1000 / 1250],
    [2, 0, 0, 1000 / 2000],
    [2, 1, 0, 1250 / 2000],
    [1, 0, 250, 1000 / 1275],
    [2, 0, 500, 1000 / 2500],
    [1, 0, 1000, 1000 / 1350],
    [2, 0, 1000, 1000 / 3000],
    [2, 1, 1000, 1350 / 3000],
    [2, 1, 2000, 1450 / 4000],
  ])(
    "of L%i against L%i with %i ns for a switch follows from the counts",
    (level, to, nanoseconds, truth) => {
      expect(ratioAt(costOf("threads", level, to), nanoseconds)).toBeCloseTo(truth, 12);
    },
  );

  test("is the ratio of the analysis where a switch costs nothing more", () => {
    for (const cost of costs) {
      const found = countedEvidence().analysis.comparisons.find(
        (one) =>
          one.metric === "throughput" &&
          one.workload === cost.workload &&
          one.level === cost.level &&
          one.to === cost.to,
      );
      expect(ratioAt(cost, 0)).toBeCloseTo(found?.estimate.ratio ?? Number.NaN, 12);
    }
  });

  test("stands beside the study's ratio of the same workload and levels", () => {
    const x86 = { study: "fitzgerald-2014", platform: "x86_64" };
    expect(costOf("cpu", 2, 1).published).toMatchObject({ ...x86, table: "5", ratio: 1199.2 / 1238.3 });
    expect(costOf("cpu", 2, 0).published).toMatchObject({ ...x86, table: "5", ratio: 1199.2 / 1251.9 });
    expect(costOf("threads", 1, 0).published).toMatchObject({ ...x86, table: "7", ratio: 3183.5 / 4301.8 });
  });

  test("leaves a level out whose exits L0's KVM did not show, and does not call them none", () => {
    const evidence = countedEvidence();
    const attributions = evidence.attributions.filter(
      ({ workload, level }) => workload !== "cpu" || level !== 1,
    );
    expect(
      hardwareCosts({ ...evidence, attributions }).map(({ workload, level, to }) => [workload, level, to]),
    ).toEqual([
      ["cpu", 2, 0],
      ["threads", 1, 0],
      ["threads", 2, 0],
      ["threads", 2, 1],
    ]);
  });
});

describe("the cost of a switch for a given ratio", () => {
  test("is the one that gives it", () => {
    expect(nanosecondsFor(costOf("threads", 2, 1), 1350 / 3000)).toBeCloseTo(1000, 6);
    expect(nanosecondsFor(costOf("threads", 1, 0), 1000 / 1275)).toBeCloseTo(250, 6);
  });

  test("is none where the level already costs more as counted, or where more switches never cost so much", () => {
    expect(nanosecondsFor(costOf("threads", 1, 0), 0.9)).toBeUndefined();
    // L2 makes ten times L1's switches, so it never gets below a tenth of it.
    expect(nanosecondsFor(costOf("threads", 2, 1), 0.09)).toBeUndefined();
    const none = { own: { seconds: 2, switches: 0 }, base: { seconds: 1, switches: 0 } };
    expect(nanosecondsFor(none, 0.4)).toBeUndefined();
  });
});

describe("nothing is calculated", () => {
  test.each(["wall", "functional"] as const)("where time is %s", (timing) => {
    expect(hardwareCosts(countedEvidence({ timing }))).toEqual([]);
  });

  test("where Bochs counted, or nothing came up", () => {
    const { subject } = countedEvidence();
    const [ground, ...guests] = madeUpLevels();
    if (ground === undefined) throw new Error("there is no L0");
    for (const levels of [[{ ...ground, driver: "bochs" as const }, ...guests], []]) {
      expect(hardwareCosts(countedEvidence({ subject: { ...subject, levels } }))).toEqual([]);
    }
  });

  test("where the study has factors, over whose conditions exits are summed", () => {
    const { analysis } = countedEvidence();
    const comparisons = underCondition(analysis.comparisons);
    expect(hardwareCosts(countedEvidence({ analysis: { ...analysis, comparisons } }))).toEqual([]);
  });
});
