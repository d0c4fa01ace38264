import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { effectsOf } from "../../../src/core/analysis/effects.ts";
import type { MeasuredTrial } from "../../../src/core/analysis/gather.ts";
import { normal, randomStreamFor, shuffled } from "../../../src/core/base/random.ts";
import { conditionsOf } from "../../../src/core/study/settings/condition.ts";
import { analyse } from "../made-up/analysed.ts";

const FACTORS = { thp: ["always", "never"], disk: ["virtio", "ide"] };
const CONDITIONS = conditionsOf({ factors: FACTORS });
const STUDIES = 2000;
const BOOTS = 6;
const DESIGN = {
  platform: "simulated",
  resources: "reserved",
  workloads: ["cpu"],
  levels: 2,
  margin: 0.02,
  conditions: CONDITIONS,
};

/** What `never` and `ide` leave of a level's throughput; together they take another twentieth at L2. */
const TRUTH = { thp: [0.97, 0.9, 0.8], disk: [1, 0.95, 0.7], both: [1, 1, 0.95], kept: [1, 0.9, 0.54] };

/** Effects of a block, a bring-up, a machine and a trial; the host slows down over each block's conditions in turn. */
function simulate(random: () => number, truth: typeof TRUTH): readonly MeasuredTrial[] {
  const trials: MeasuredTrial[] = [];
  for (let boot = 1; boot <= BOOTS; boot++) {
    const block = 0.05 * normal(random);
    const slope = -0.1 + 0.05 * normal(random);
    for (const [at, { index, values }] of shuffled(CONDITIONS, random).entries()) {
      const bringUp = 0.02 * normal(random);
      for (let level = 0; level <= 2; level++) {
        const machine = 0.02 * normal(random);
        const never = values["thp"] === "never";
        const ide = values["disk"] === "ide";
        const own =
          (truth.kept[level] ?? 1) *
          (never ? (truth.thp[level] ?? 1) : 1) *
          (ide ? (truth.disk[level] ?? 1) : 1) *
          (never && ide ? (truth.both[level] ?? 1) : 1);
        for (const direction of ["up", "down"] as const) {
          const late = (slope * at) / CONDITIONS.length;
          const log = block + bringUp + machine + late + 0.02 * normal(random);
          const throughput = 1000 * own * Math.exp(log);
          trials.push({
            trial: { boot, condition: index, direction, level, workload: "cpu" },
            reading: { metrics: { throughput, response: 1 / throughput } },
          });
        }
      }
    }
  }
  return trials;
}

function expected(kind: string, factors: string, level: number): number {
  if (kind === "interaction") return TRUTH.both[level] ?? 1;
  const alone = (at: number) =>
    ((factors === "thp" ? TRUTH.thp[at] : TRUTH.disk[at]) ?? 1) * Math.sqrt(TRUTH.both[at] ?? 1);
  return kind === "kept" ? alone(level) / alone(0) : alone(level);
}

/** Layers cost something, and neither factor does anything. */
const NO_EFFECT = { ...TRUTH, thp: [1, 1, 1], disk: [1, 1, 1], both: [1, 1, 1] };

const found = (() => {
  const random = randomStreamFor(20_141_214, "effects");
  const held = new Map<string, { covered: number; count: number }>();
  for (let study = 0; study < STUDIES; study++) {
    const trials = simulate(random, TRUTH);
    for (const { kind, changes, level, estimate } of effectsOf(analyse(trials, [], DESIGN), FACTORS)
      .effects) {
      const truth = expected(kind, changes.map(({ factor }) => factor).join(), level);
      const sum = held.get(kind) ?? { covered: 0, count: 0 };
      held.set(kind, {
        covered: sum.covered + (estimate.low <= truth && truth <= estimate.high ? 1 : 0),
        count: sum.count + 1,
      });
    }
  }
  return held;
})();

test.each([...found])(
  "95%% intervals hold the truth 94 to 96 times in a hundred: %s",
  (_, { covered, count }) => {
    expect(covered / count).toBeGreaterThanOrEqual(0.94);
    expect(covered / count).toBeLessThanOrEqual(0.96);
  },
);

test("where no factor does anything, a table claims that one does in at most one study in twenty", () => {
  const random = randomStreamFor(20_141_215, "no effects");
  const studies = 1000;
  const claims = new Map<string, number>();
  for (let study = 0; study < studies; study++) {
    const { effects } = effectsOf(analyse(simulate(random, NO_EFFECT), [], DESIGN), FACTORS);
    const kinds = effects.flatMap(({ kind, verdict }) =>
      verdict.kind === "slower" || verdict.kind === "faster" ? [kind] : [],
    );
    for (const kind of new Set(kinds)) claims.set(kind, (claims.get(kind) ?? 0) + 1);
  }
  const chance = Math.sqrt((0.05 * 0.95) / studies);
  for (const kind of found.keys()) {
    expect((claims.get(kind) ?? 0) / studies, kind).toBeLessThanOrEqual(0.05 + 2 * chance);
  }
});

test("docs/what-if.md gives these figures", () => {
  const text = readFileSync(new URL("../../../docs/what-if.md", import.meta.url), "utf8");
  for (const [kind, { covered, count }] of found) {
    const row = `| ${kind} | ${((100 * covered) / count).toFixed(1)}% | ${count} |`;
    expect(text, row).toContain(row);
  }
});
