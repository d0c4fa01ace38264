import { expect, test } from "vitest";
import { answersLine } from "../../../src/cli/plan-text.ts";
import { fixed } from "../made-up/study.ts";

const line = (boots: number, levels = 2) => answersLine({ repetitions: fixed(boots), levels }, "wall");
/** The two costs in percent: of a quiet workload and of a noisy one. */
const costs = (text: string) => [...text.matchAll(/below ([\d.]+)%/g)].map(([, cost]) => Number(cost));

test("a plan says which costs will be too small to be seen, for quiet and for noisy workloads", () => {
  expect(line(3)).toBe(
    "answers: costs below 4.6% where repetitions differ by 2%, or below 21% where repetitions differ by 10%, will mostly be too small to be seen",
  );
});

test("more boots see smaller costs, and counted time smaller ones still", () => {
  for (const [few, many] of [
    [2, 3],
    [3, 6],
    [6, 12],
  ] as const) {
    const [quiet = 0, noisy = 0] = costs(line(few));
    const [quieter = 0, lessNoisy = 0] = costs(line(many));
    expect([quieter < quiet, lessNoisy < noisy]).toEqual([true, true]);
  }
  const counted = answersLine({ repetitions: fixed(3), levels: 2 }, "counted");
  expect(Math.max(...costs(counted))).toBeLessThan(Math.min(...costs(line(3))));
});

test("a study that ends on width sees costs beyond that width, and one boot or one level sees none", () => {
  const until = {
    kind: "until",
    ratioHalfWidth: 0.05,
    boots: { minimum: 6, maximum: 40 },
    runs: { maximum: 4 },
  } as const;
  expect(answersLine({ repetitions: until, levels: 2 }, "wall")).toContain("below about 5%");
  for (const none of [line(1), line(6, 0)]) {
    expect(none).toBe("answers: none; an interval takes two levels and two repetitions");
  }
});
