import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateMean } from "../../../../src/core/stats/mean.ts";
import { ratioOfMeans, welchLogRatio } from "../../../../src/core/stats/ratio.ts";
import { expectClose } from "./oracle.ts";

const summary = fc.record({
  n: fc.integer({ min: 2, max: 30 }),
  mean: fc.double({ min: 1, max: 1e4, noNaN: true }),
  standardError: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
});

test("is close to Welch's interval on logarithms where the noise is small", () => {
  const of = [87.1, 86.5, 87.9, 86.8, 87.3, 87];
  const to = [100.2, 99.5, 100.9, 99.9, 100.1, 100.4, 100.3];
  const [first, second] = [estimateMean(of), estimateMean(to)];
  if (first === undefined || second === undefined) throw new Error("there are values");
  const found = ratioOfMeans(first, second, 0.95);
  const wanted = welchLogRatio(of, to, 0.95);
  for (const key of ["ratio", "low", "high"] as const) expectClose(found?.[key], wanted?.[key] ?? 0, 1e-4);
  for (const key of ["standardError", "df"] as const) expectClose(found?.[key], wanted?.[key] ?? 0, 0.02);
});

test("turns upside down when the two sides are exchanged", () => {
  fc.assert(
    fc.property(summary, summary, (a, b) => {
      const one = ratioOfMeans(a, b, 0.95);
      const other = ratioOfMeans(b, a, 0.95);
      expectClose(one?.ratio, 1 / (other?.ratio ?? 0), 1e-12);
      expectClose(one?.p, other?.p ?? Number.NaN, 1e-9);
      if (one !== undefined && one.low > 1e-100) expectClose(one.low, 1 / (other?.high ?? 0), 1e-9);
    }),
  );
});

test("without a standard error has no interval, and without any spread no width: it says so", () => {
  const still = { n: 4, mean: 8, standardError: 0 };
  const unknown = { n: 1, mean: 4, standardError: undefined };
  expect(ratioOfMeans(unknown, still, 0.95)).toMatchObject({
    ratio: 0.5,
    low: 0,
    high: Number.POSITIVE_INFINITY,
    df: 0,
    p: undefined,
  });
  expect(ratioOfMeans(unknown, still, 0.95)?.warnings).toHaveLength(1);
  expect(ratioOfMeans(still, still, 0.95)).toMatchObject({ ratio: 1, low: 1, high: 1, p: 1 });
  expect(ratioOfMeans(still, still, 0.95)?.warnings).toHaveLength(1);
});

test("does not exist where a mean is not positive", () => {
  expect(ratioOfMeans({ n: 3, mean: 0, standardError: 1 }, { n: 3, mean: 2, standardError: 1 }, 0.95)).toBe(
    undefined,
  );
});
