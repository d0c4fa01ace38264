import type { RatioRow } from "../core/document/figure.ts";

/** An interval that reaches further beyond the dots than this is cut: it says no more than "unknown". */
const REACH = 3;
/** Free space at both ends, as a factor. */
const AIR = 1.04;

/** What the axis of ratios shows: all dots, the margin around 1, and of the intervals what fits. */
export function ratioDomain(rows: readonly RatioRow[], margin: number): readonly [number, number] {
  const ratios = rows.map(({ ratio }) => ratio).filter((ratio) => Number.isFinite(ratio) && ratio > 0);
  const least = Math.min(1 / (1 + margin), ...ratios);
  const most = Math.max(1 + margin, ...ratios);
  const low = Math.max(least / REACH, Math.min(least, ...rows.map((row) => row.low ?? least)));
  const high = Math.min(most * REACH, Math.max(most, ...rows.map((row) => row.high ?? most)));
  return [low / AIR, high * AIR];
}

/** Round figures inside the domain: the first series of steps that gives at least four. */
export function ratioTicks([low, high]: readonly [number, number]): readonly number[] {
  const within = (values: readonly number[]) => values.filter((value) => value >= low && value <= high);
  const decades = Array.from({ length: 25 }, (_, index) => 10 ** (index - 12));
  const perDecade = [[1], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]].map((steps) =>
    within(decades.flatMap((decade) => steps.map((step) => Number((decade * step).toPrecision(3))))),
  );
  const even = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].map((step) => {
    const first = Math.ceil(low / step);
    const count = Math.min(200, Math.max(0, Math.floor(high / step) - first + 1));
    return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(6)));
  });
  const found = [...perDecade, ...even].find((values) => values.length >= 4) ?? [1];
  return every(found, Math.ceil(found.length / 7));
}

/** Each n-th, counted so that 1 stays where it is among them. */
function every(values: readonly number[], n: number): readonly number[] {
  const one = Math.max(0, values.indexOf(1));
  return values.filter((_, index) => (index - one) % n === 0);
}
