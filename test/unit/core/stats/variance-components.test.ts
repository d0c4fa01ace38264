import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { normal, randomStream } from "../../../../src/core/base/random.ts";
import { varianceComponents } from "../../../../src/core/stats/variance-components.ts";
import { expectClose, oracle } from "./oracle.ts";

const { examples, published } = oracle("variance-components", {
  examples: z.array(
    z.strictObject({
      name: z.string(),
      groups: z.array(z.array(z.number())),
      withinVariance: z.number(),
      runsPerBoot: z.number(),
      untruncatedBetweenVariance: z.number(),
    }),
  ),
  published: z.strictObject({
    name: z.string(),
    betweenVariance: z.number(),
    withinVariance: z.number(),
  }),
});

describe("variance components", () => {
  test.each(examples)("of $name agree with R's analysis of variance", (example) => {
    const found = varianceComponents(example.groups);
    expectClose(found?.withinVariance, example.withinVariance);
    expectClose(found?.runsPerBoot, example.runsPerBoot);
    expectClose(found?.betweenVariance, Math.max(0, example.untruncatedBetweenVariance));
    expect(found?.warnings).toHaveLength(example.untruncatedBetweenVariance < 0 ? 1 : 0);
  });

  test("of the dyestuff example are the published ones", () => {
    const found = varianceComponents(examples.find(({ name }) => name === published.name)?.groups ?? []);
    expect(Math.round(found?.betweenVariance ?? 0)).toBe(published.betweenVariance);
    expect(Math.round(found?.withinVariance ?? 0)).toBe(published.withinVariance);
    expectClose(found?.intraclassCorrelation, 1764.05 / (1764.05 + 2451.25), 1e-5);
  });

  test("the recorded examples have one that is cut off and one that is uneven", () => {
    expect(examples.some(({ untruncatedBetweenVariance }) => untruncatedBetweenVariance < 0)).toBe(true);
    expect(examples.some(({ runsPerBoot }) => !Number.isInteger(runsPerBoot))).toBe(true);
  });

  test("find the truth on average, with uneven boots", () => {
    const random = randomStream(5);
    let between = 0;
    let within = 0;
    for (let i = 0; i < 4000; i++) {
      const boots = [2, 3, 5, 2, 4, 1, 3, 6].map((runs) => {
        const boot = 3 * normal(random);
        return Array.from({ length: runs }, () => 100 + boot + 2 * normal(random));
      });
      const found = varianceComponents(boots);
      between += (found?.betweenVariance ?? 0) / 4000;
      within += (found?.withinVariance ?? 0) / 4000;
    }
    // Standard errors of these averages: 0.09 and 0.02; cutting off at 0 adds little at this size.
    expect(Math.abs(between - 9)).toBeLessThan(0.4);
    expect(Math.abs(within - 4)).toBeLessThan(0.1);
  });

  test("go with the square of the unit, and the intraclass correlation stays", () => {
    const boots = fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 4 }), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(boots, (values) => {
        const one = varianceComponents(values);
        const other = varianceComponents(values.map((runs) => runs.map((value) => value * 4)));
        expectClose(other?.withinVariance, 16 * (one?.withinVariance ?? Number.NaN), 1e-12);
        expectClose(other?.intraclassCorrelation, one?.intraclassCorrelation ?? Number.NaN, 1e-9);
        expect(one?.intraclassCorrelation).toBeGreaterThanOrEqual(0);
        expect(one?.intraclassCorrelation).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each([[[]], [[[1, 2, 3]]], [[[1], [2], [3]]], [[[1, 2], []]]])("do not exist for %j", (boots) => {
    expect(varianceComponents(boots)).toBeUndefined();
  });

  test("of values that are all equal are 0", () => {
    const equal = [
      [3, 3],
      [3, 3],
    ];
    expect(varianceComponents(equal)).toMatchObject({
      betweenVariance: 0,
      withinVariance: 0,
      intraclassCorrelation: 0,
    });
  });
});
