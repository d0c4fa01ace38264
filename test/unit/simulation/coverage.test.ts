import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DISTURBANCES, NO_COST, type Tally, TRUTH, tally } from "./simulated-studies.ts";

/** With the seven disturbances more than ten thousand studies with a true cost, and as many without any. */
const STUDIES = 2000;
const BOOTS = 6;
const RUNS = 2;
const SEED = 20_141_214;

const found = DISTURBANCES.map((disturbance) => ({
  name: disturbance.name,
  cost: tally(disturbance, TRUTH, STUDIES, BOOTS, RUNS, SEED),
  none: tally(disturbance, NO_COST, STUDIES, BOOTS, RUNS, SEED + 1),
}));

/** Spoiled by rare, gross outliers the intervals grow too wide; the report says so where it marks any. */
const TOO_WIDE = ["outliers", "all together"];

describe("over 14,000 simulated studies of six boots with known truth", () => {
  test.each(found.filter(({ name }) => !TOO_WIDE.includes(name)))(
    "95% intervals hold the truth 94 to 96 times in a hundred: $name",
    ({ cost, none }) => {
      for (const { paired } of [cost, none]) {
        expect(paired).toBeGreaterThanOrEqual(0.94);
        expect(paired).toBeLessThanOrEqual(0.96);
      }
    },
  );

  test("rare gross outliers make them too wide, never too narrow", () => {
    const spoiled = found.filter(({ name }) => TOO_WIDE.includes(name));
    expect(spoiled.map(({ name }) => name)).toEqual(TOO_WIDE);
    for (const { cost } of spoiled) {
      expect(cost.paired).toBeGreaterThan(0.955);
      // A late trial widens the ratios of every level of its workload.
      expect(cost.paired).toBeLessThan(0.985);
    }
  });

  test("Fieller's intervals keep their promise too", () => {
    for (const { cost } of found) expect(cost.fieller).toBeGreaterThanOrEqual(0.94);
  });

  test("boots taken as unrelated never give too narrow an interval, and a far too wide one where boots differ", () => {
    for (const { cost } of found) expect(cost.unpaired).toBeGreaterThanOrEqual(0.94);
    expect(named("strong drift").cost.unpaired).toBeGreaterThan(0.99);
  });

  test("without any cost, at most one study in twenty is told that there is one", () => {
    const chance = Math.sqrt((0.05 * 0.95) / STUDIES);
    for (const { none } of found) {
      expect(none.claims).toBeLessThanOrEqual(0.05);
      expect(none.studiesWithClaim).toBeLessThanOrEqual(0.05 + 2 * chance);
    }
  });

  test("the tests beside the headline keep their promise too", () => {
    const chance = Math.sqrt((0.05 * 0.95) / (3 * STUDIES));
    for (const { name, cost, none } of found) {
      expect(cost.studentAlone).toBeGreaterThanOrEqual(0.94);
      if (!TOO_WIDE.includes(name)) expect(cost.studentAlone).toBeLessThanOrEqual(0.96);
      // Of six boots the sign flip test can give 1/32 and its multiples: 5% is not among them.
      expect(none.flipped).toBeLessThanOrEqual(1 / 32 + 3 * chance);
      expect(none.flipped).toBeGreaterThan(0.01);
    }
  });

  test("pooling all trials as if they were independent fails the same test", () => {
    expect(named("machine effects").cost.pooled).toBeLessThan(0.8);
    expect(named("machine effects").none.pooled).toBeLessThan(0.8);
    const kept = found.filter(({ cost }) => cost.pooled >= 0.94 && cost.pooled <= 0.96);
    expect(kept.length).toBeLessThan(found.length / 2);
  });

  test("docs/statistics.md gives these figures", () => {
    const text = readFileSync(new URL("../../../docs/statistics.md", import.meta.url), "utf8");
    const rows = found.map(
      ({ name, cost, none }) =>
        `| ${name} | ${shares(cost.paired, cost.unpaired, cost.fieller, cost.pooled, none.claims, none.studiesWithClaim)} |`,
    );
    expect(
      rows.filter((row) => !text.includes(row)),
      "rows that the document lacks",
    ).toEqual([]);
  });
});

function named(name: string): { readonly cost: Tally; readonly none: Tally } {
  const one = found.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`no disturbance ${name}`);
  return one;
}

function shares(...values: readonly number[]): string {
  return values.map((value) => `${(value * 100).toFixed(1)}%`).join(" | ");
}
