import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal, randomStream, randomStreamFor, shuffled } from "../../../../src/core/base/random.ts";
import { meanOf } from "../../../../src/core/stats/mean.ts";

const draw = (random: () => number, count: number) => Array.from({ length: count }, () => random());

describe("a random stream", () => {
  test("gives numbers in [0, 1) that depend on the seed alone", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const numbers = draw(randomStream(seed), 20);
        expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
        expect(draw(randomStream(seed), 20)).toEqual(numbers);
      }),
    );
  });

  test("is spread evenly", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const number of draw(randomStream(7), 10_000)) {
      const tenth = Math.floor(number * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // 1000 expected in each; 5 standard deviations of a binomial count are 150.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("for another purpose is another stream", () => {
    expect(draw(randomStreamFor(1, "boot 1"), 5)).not.toEqual(draw(randomStreamFor(1, "boot 2"), 5));
    expect(draw(randomStreamFor(1, "boot 1"), 5)).not.toEqual(draw(randomStreamFor(2, "boot 1"), 5));
    expect(draw(randomStreamFor(1, "boot 1"), 5)).toEqual(draw(randomStreamFor(1, "boot 1"), 5));
  });
});

describe("shuffled", () => {
  test("keeps every item, once, and leaves the given array alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const after = shuffled(items, randomStream(seed));
        expect(items).toEqual(before);
        expect([...after].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  test("makes every order of three about equally often", () => {
    const random = randomStream(11);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(["a", "b", "c"], random).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
    // 1000 expected of each; 5 standard deviations are 144.
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
  });
});

test("normal draws have mean 0 and standard deviation 1", () => {
  const random = randomStream(3);
  const draws = Array.from({ length: 20_000 }, () => normal(random));
  const mean = meanOf(draws);
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(20_000));
  expect(Math.abs(meanOf(draws.map((value) => (value - mean) ** 2)) - 1)).toBeLessThan(0.05);
});
