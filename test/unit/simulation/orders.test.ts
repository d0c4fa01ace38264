import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { normal, randomStreamFor } from "../../../src/core/base/random.ts";
import { blockResidual } from "../../../src/core/stats/block-residual.ts";
import { leastCostTold } from "../../../src/core/stats/detectable.ts";
import { judgedInFamilies } from "../../../src/core/stats/families.ts";
import { blockedLogRatio } from "../../../src/core/stats/ratio.ts";
import {
  BACK,
  bootSeconds,
  halfEach,
  ONCE,
  type Order,
  ratioOf,
  type Spoiled,
  study,
  type Trend,
  TWICE,
} from "./orders.ts";

const STUDIES = 2000;
const SEED = 20_261_201;
const TEXT = readFileSync(new URL("../../../docs/statistics.md", import.meta.url), "utf8");

/** Like the run of November: what L1 and L2 keep, and how noisy a boot's mean of two visits is. */
const WORKLOADS = [
  { kept: [1, 0.9, 0.57], noise: 0.015 },
  { kept: [1, 1, 0.67], noise: 0.07 },
  { kept: [1, 0.76, 0.53], noise: 0.03 },
  { kept: [1, 1, 0.56], noise: 0.05 },
  { kept: [1, 1, 0.13], noise: 0.1 },
];
const PAIRS = [
  [1, 0],
  [2, 0],
  [2, 1],
] as const;

const NOTHING: Spoiled = { name: "nothing" };

const DESIGNS: readonly { readonly order: Order; readonly boots: number }[] = [
  { order: TWICE, boots: 2 },
  { order: ONCE, boots: 2 },
  { order: BACK, boots: 3 },
  { order: ONCE, boots: 3 },
  { order: TWICE, boots: 3 },
  { order: ONCE, boots: 4 },
];

const decided = DESIGNS.map((design) => ({ ...design, ...decidedBy(design.order, design.boots) }));

describe("what a boot visits", () => {
  const of = (order: Order, boots: number) =>
    decided.find((one) => one.order === order && one.boots === boots)?.right ?? 0;

  test("three boots that visit the deepest level once tell more than two that visit it twice", () => {
    expect(of(ONCE, 3)).toBeGreaterThan(of(TWICE, 2) + 1);
    expect(3 * bootSeconds(ONCE)).toBeLessThan(1.25 * 2 * bootSeconds(TWICE));
  });

  test("of what any of them calls slower or faster, at most 5% is wrong", () => {
    for (const { wrong } of decided) expect(wrong).toBeLessThanOrEqual(0.05);
  });

  test("docs/statistics.md gives these figures", () => {
    const rows = decided.map(
      ({ order, boots, right, wrong }) =>
        `| ${nameOf(order)} | ${boots} | ${((boots * bootSeconds(order)) / 60).toFixed(1)} | ${right.toFixed(1)} of 12 | ${percent(wrong)} |`,
    );
    expect(rows.filter((row) => !TEXT.includes(row))).toEqual([]);
  });
});

function decidedBy(order: Order, boots: number): { readonly right: number; readonly wrong: number } {
  const random = randomStreamFor(SEED, `${nameOf(order)} ${boots}`);
  const sum = { right: 0, wrong: 0 };
  for (let index = 0; index < STUDIES; index++) {
    const drafts = WORKLOADS.flatMap(({ kept, noise }) => {
      const rows = study(order, boots, kept, halfEach(noise), NOTHING, "taken out", random);
      return PAIRS.map(([of, to]) => ({ estimate: ratioOf(rows, of, to), real: kept[of] !== kept[to] }));
    });
    const judged = judgedInFamilies(
      drafts,
      () => "all",
      () => "higher",
      0.02,
    );
    const claims = judged.filter(({ verdict: { kind } }) => kind === "slower" || kind === "faster");
    const right = claims.filter(({ real, verdict }) => real && verdict.kind === "slower").length;
    sum.right += right;
    sum.wrong += claims.length === 0 ? 0 : 1 - right / claims.length;
  }
  return { right: sum.right / STUDIES, wrong: sum.wrong / STUDIES };
}

const SPOILED: readonly Spoiled[] = [
  NOTHING,
  { name: "a steady drift of 10% in each boot", drift: 0.1 },
  { name: "a steady drift of 30% in each boot", drift: 0.3 },
  { name: "slow at first, 5%, half of it gone every tenth of a boot", settling: 0.05 },
  { name: "L0's first visit slower by 5%", slowStart: 0.05 },
  { name: "each machine's first visit slower by 5%", firstVisits: 0.05 },
];

const WAYS: readonly { readonly order: Order; readonly trend: Trend }[] = [
  { order: TWICE, trend: "left in" },
  { order: TWICE, trend: "taken out" },
  { order: ONCE, trend: "left in" },
  { order: ONCE, trend: "taken out" },
];

const drifts = SPOILED.map((spoiled) => ({
  name: spoiled.name,
  ways: WAYS.map((way) => biasOf(way.order, spoiled, way.trend)),
}));

describe("a drift within boots, with the time that bring-ups take", () => {
  const at = (name: string) => drifts.find((one) => one.name.includes(name))?.ways ?? [];

  test.each(["drift of 10%", "drift of 30%"])("does not cancel by the order alone: %s", (name) => {
    const [plain, mended, plainOnce, mendedOnce] = at(name);
    for (const left of [plain, plainOnce]) expect(left?.held).toBeLessThan(0.92);
    for (const out of [mended, mendedOnce]) {
      expect(Math.abs(out?.bias ?? 1)).toBeLessThan(0.002);
      expect(out?.held).toBeGreaterThan(0.93);
    }
  });

  test("that is not there costs nothing to take out", () => {
    const [plain, mended, plainOnce, mendedOnce] = at("nothing");
    expect(mended?.width).toBeLessThan(1.01 * (plain?.width ?? 0));
    expect(mendedOnce?.width).toBeLessThan(1.02 * (plainOnce?.width ?? 0));
  });

  test("docs/statistics.md gives these figures", () => {
    const rows = drifts.map(
      ({ name, ways }) =>
        `| ${name} | ${ways.map(({ bias, held }) => `${signed(bias)}, ${percent(held)}`).join(" | ")} |`,
    );
    expect(rows.filter((row) => !TEXT.includes(row))).toEqual([]);
  });
});

function biasOf(order: Order, spoiled: Spoiled, trend: Trend) {
  const random = randomStreamFor(SEED, `${nameOf(order)} ${spoiled.name}`);
  const [kept, truth] = [[1, 0.9, 0.6], 0.6];
  const sum = { held: 0, log: 0, width: 0 };
  for (let index = 0; index < STUDIES; index++) {
    const rows = study(order, 6, kept, halfEach(0.015), spoiled, trend, random);
    const { low, high, ratio } = ratioOf(rows, 2, 0);
    sum.held += low <= truth && truth <= high ? 1 : 0;
    sum.log += Math.log(ratio / truth);
    sum.width += Math.log(high / low);
  }
  return {
    held: sum.held / STUDIES,
    bias: Math.expm1(sum.log / STUDIES),
    width: sum.width / STUDIES,
  };
}

describe("the least cost that dvirt plan says can be told", () => {
  test.each([2, 3, 6, 12])("with %i boots is told in about eight of ten studies", (boots) => {
    const random = randomStreamFor(SEED, `told ${boots}`);
    const spread = 0.02;
    const cost = leastCostTold({ boots, levels: 3 }, spread) ?? 0;
    let told = 0;
    for (let index = 0; index < STUDIES; index++) {
      const rows = Array.from({ length: boots }, () =>
        [0, 0, Math.log1p(-cost)].map((log) => log + (spread / Math.SQRT2) * normal(random)),
      );
      const logs = rows.map((row) => (row[2] ?? 0) - (row[0] ?? 0));
      const found = blockedLogRatio({ logs, residual: blockResidual(rows), weight: 2 }, 0.95);
      if ((found?.high ?? 1) < 1) told++;
    }
    expect(told / STUDIES).toBeGreaterThan(0.72);
    expect(told / STUDIES).toBeLessThan(0.9);
  });

  test("is none of one boot, or of one level", () => {
    expect(leastCostTold({ boots: 1, levels: 3 }, 0.02)).toBeUndefined();
    expect(leastCostTold({ boots: 6, levels: 1 }, 0.02)).toBeUndefined();
  });
});

function nameOf(order: Order): string {
  return order.map((level) => `L${level}`).join(" ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function signed(share: number): string {
  const text = (100 * share).toFixed(1);
  return `${share > 0 && Number(text) !== 0 ? "+" : ""}${text.replace("-0.0", "0.0").replace("-", "−")}%`;
}
