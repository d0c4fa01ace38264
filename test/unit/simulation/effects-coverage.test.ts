import { expect, test } from "vitest";
import { analyse, type MeasuredTrial } from "../../../src/core/analysis.ts";
import { effectsOf } from "../../../src/core/effects.ts";
import { normal, randomStreamFor, shuffled } from "../../../src/core/random.ts";
import { conditionsOf } from "../../../src/core/settings/condition.ts";

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
function simulate(random: () => number): readonly MeasuredTrial[] {
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
          (TRUTH.kept[level] ?? 1) *
          (never ? (TRUTH.thp[level] ?? 1) : 1) *
          (ide ? (TRUTH.disk[level] ?? 1) : 1) *
          (never && ide ? (TRUTH.both[level] ?? 1) : 1);
        for (const direction of ["up", "down"] as const) {
          const late = (slope * at) / CONDITIONS.length;
          const log = block + bringUp + machine + late + 0.02 * normal(random);
          const throughputPerSecond = 1000 * own * Math.exp(log);
          trials.push({
            trial: { boot, condition: index, direction, level, workload: "cpu" },
            reading: { throughputPerSecond, responseMeanSeconds: 1 / throughputPerSecond },
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

const found = (() => {
  const random = randomStreamFor(20_141_214, "effects");
  const held = new Map<string, { covered: number; count: number }>();
  for (let study = 0; study < STUDIES; study++) {
    const trials = simulate(random);
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
