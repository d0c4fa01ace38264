import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { MeasuredTrial } from "../../../src/core/analysis/gather.ts";
import { normal, randomStreamFor } from "../../../src/core/base/random.ts";
import { analyse } from "../made-up/analysed.ts";

const STUDIES = 500;
const DESIGN = { platform: "simulated", resources: "reserved", workloads: ["cpu"], levels: 2, margin: 0.02 };
/** Seconds, as sysbench prints them. */
const STEP = 1e-4;
/** Between boots, in steps: from counted time, which repeats, to noise that hides the rounding. */
const SPREADS = [0, 0.1, 0.3, 1, 3] as const;
const BOOTS = [2, 6, 12] as const;

const found = SPREADS.map((spread) => ({
  spread,
  held: BOOTS.map((boots) => coverage(spread, boots)),
}));

describe("where the tool prints no more than four decimals of a second", () => {
  test.each(found)(
    "intervals hold the truth at least 94 times in a hundred: spread of $spread steps",
    ({ held }) => {
      for (const { known } of held) expect(known).toBeGreaterThanOrEqual(0.94);
    },
  );

  test("intervals that know nothing of it fail where boots agree", () => {
    for (const { unknown } of found[0]?.held ?? []) expect(unknown).toBeLessThan(0.05);
    for (const { unknown } of found[1]?.held ?? []) expect(unknown).toBeLessThan(0.6);
  });

  test("docs/statistics.md gives these figures", () => {
    const text = readFileSync(new URL("../../../docs/statistics.md", import.meta.url), "utf8");
    const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
    const rows = found.map(
      ({ spread, held }) =>
        `| ${spread} | ${held.map(({ known, unknown }) => `${percent(known)} (${percent(unknown)})`).join(" | ")} |`,
    );
    expect(
      rows.filter((row) => !text.includes(row)),
      "rows that the document lacks",
    ).toEqual([]);
  });
});

/** Share of throughput intervals that hold the truth, with and without knowledge of the step. */
function coverage(spread: number, boots: number): { readonly known: number; readonly unknown: number } {
  const random = randomStreamFor(20_261_201, `rounding ${spread} ${boots}`);
  const held = { known: 0, unknown: 0 };
  for (let study = 0; study < STUDIES; study++) {
    const seconds = [1, 1.1, 1.7].map((kept) => kept + 0.1 * random());
    const read = readings(seconds, { spread, boots }, random);
    for (const which of ["known", "unknown"] as const) {
      const { comparisons } = analyse(which === "known" ? read : read.map(withoutStep), [], DESIGN);
      for (const { metric, level, to, estimate } of comparisons) {
        if (metric !== "throughput") continue;
        const truth = (seconds[to] ?? 1) / (seconds[level] ?? 1);
        held[which] += estimate.low <= truth && truth <= estimate.high ? 1 : 0;
      }
    }
  }
  return { known: held.known / STUDIES / 3, unknown: held.unknown / STUDIES / 3 };
}

/** One event in so many seconds at each level, up and down, as it is printed. */
function readings(
  seconds: readonly number[],
  { spread, boots }: { readonly spread: number; readonly boots: number },
  random: () => number,
): readonly MeasuredTrial[] {
  return Array.from({ length: boots }, (_, boot) =>
    seconds.flatMap((mean, level) => {
      const own = mean + spread * STEP * normal(random);
      return (["up", "down"] as const).map((direction): MeasuredTrial => {
        const printed = Math.round(own / STEP) * STEP;
        return {
          trial: { boot: boot + 1, direction, level, workload: "cpu" },
          reading: {
            metrics: { throughput: 1 / printed, response: printed },
            resolution: { throughput: STEP / printed ** 2, response: STEP },
          },
        };
      });
    }),
  ).flat();
}

function withoutStep({ trial, reading: { metrics } }: MeasuredTrial): MeasuredTrial {
  return { trial, reading: { metrics } };
}
