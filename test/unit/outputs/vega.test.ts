import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Figure, RatioRow } from "../../../src/core/document/figure.ts";
import { figureSpec } from "../../../src/outputs/vega.ts";
import { ratioDomain, ratioTicks } from "../../../src/outputs/vega-ratio-axis.ts";
import { seriesColour, THEMES } from "../../../src/outputs/vega-theme.ts";
import { curves, measuredBars, publishedBars, ratios, stacks, timeline } from "../made-up/figures.ts";

const FIGURES: readonly Figure[] = [
  publishedBars(),
  measuredBars(),
  ratios(),
  curves(),
  stacks(),
  timeline(),
];

/** Every object anywhere in a specification. */
function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  if (typeof value !== "object" || value === null) return [];
  const own: Readonly<Record<string, unknown>> = { ...value };
  return [own, ...Object.values(own).flatMap(objects)];
}

const spec = (figure: Figure, title: "inside" | "outside" = "inside") =>
  figureSpec(figure, THEMES.light, title);
const values = (figure: Figure) => objects(spec(figure));

describe.each(FIGURES.map((figure) => [figure.id, figure] as const))(
  "the specification of %s",
  (_, figure) => {
    test("is plain JSON that names its schema and asks for nothing from elsewhere", () => {
      const made = spec(figure);
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      expect(made.$schema).toBe("https://vega.github.io/schema/vega-lite/v6.json");
      expect(objects(made).filter((one) => "url" in one || "href" in one)).toEqual([]);
    });

    test("has the title in it, or leaves it to the page; the label always", () => {
      const has = (place: "inside" | "outside") => {
        const words = JSON.stringify({ ...spec(figure, place), description: "" }).replaceAll('","', " ");
        return { title: words.includes(figure.title), label: words.includes("EMULATED HARDWARE: L0 runs") };
      };
      const label = figure.label !== undefined;
      expect(has("inside")).toEqual({ title: true, label });
      expect(has("outside")).toEqual({ title: false, label });
    });
  },
);

test("bars have an error bar of one standard error to each side, and a point per boot", () => {
  const figure = measuredBars();
  const [bar] = figure.panels[0]?.bars ?? [];
  const drawn = values(figure).find((one) => one["value"] === bar?.value && "low" in one);
  expect(drawn?.["low"]).toBeCloseTo((bar?.value ?? 0) - (bar?.standardError ?? 0), 9);
  expect(drawn?.["high"]).toBeCloseTo((bar?.value ?? 0) + (bar?.standardError ?? 0), 9);
  expect(values(figure).filter((one) => "boot" in one)).toHaveLength(2 * 3 * 6);
});

test("a bar without a standard error has no error bar", () => {
  const figure = publishedBars();
  const without = {
    ...figure,
    panels: figure.panels.map((panel) => ({
      ...panel,
      bars: panel.bars.map((bar) => ({ ...bar, standardError: undefined })),
    })),
  };
  expect(values(figure).filter((one) => "low" in one)).toHaveLength(12);
  expect(values(without).filter((one) => "low" in one)).toEqual([]);
});

test("of the ratios only those with both ends are filled, and ends beyond the picture are arrows", () => {
  const rows = values(ratios()).filter((one) => "ratio" in one && "figures" in one);
  expect(rows.map((one) => [one["figures"], one["interval"], one["lowGoes"], one["highGoes"]])).toEqual([
    ["0.995 [0.985, 1.00]", true, false, false],
    ["0.870 [0.840, 0.900]", true, false, false],
    ["0.866 [0.835, 0.898]", true, false, false],
    ["0.630 [0.550, 0.720]", true, false, false],
    ["1.16 [1.06, 1.27]", true, false, false],
    ["0.920 [no interval]", false, undefined, undefined],
    ["1.02 [0.310, ∞]", false, false, true],
    ["0.800 [0.0100, 40.0]", true, true, true],
  ]);
});

describe("the axis of ratios", () => {
  const row = fc
    .record({
      ratio: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      width: fc.double({ min: 1, max: 1e6, noNaN: true }),
    })
    .map(
      ({ ratio, width }): RatioRow => ({
        group: "",
        name: "",
        ratio,
        low: ratio / width,
        high: ratio * width,
        verdict: "slower",
      }),
    );

  test("holds every ratio, 1 and the margin, whatever the intervals", () => {
    fc.assert(
      fc.property(fc.array(row), fc.double({ min: 0.001, max: 0.5, noNaN: true }), (rows, margin) => {
        const [low, high] = ratioDomain(rows, margin);
        expect(low).toBeLessThan(1 / (1 + margin));
        expect(high).toBeGreaterThan(1 + margin);
        for (const { ratio } of rows) {
          expect(ratio).toBeGreaterThan(low);
          expect(ratio).toBeLessThan(high);
        }
      }),
    );
  });

  test("has a few ticks inside it, from low to high", () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const domain = ratioDomain(rows, 0.02);
        const ticks = ratioTicks(domain);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(domain[0]);
          expect(tick).toBeLessThanOrEqual(domain[1]);
        }
      }),
    );
  });

  test("finds round figures in a narrow and in a wide domain", () => {
    expect(ratioTicks([0.955, 1.045])).toEqual([0.96, 0.98, 1, 1.02, 1.04]);
    expect(ratioTicks([0.2, 4])).toEqual([0.2, 0.5, 1, 2]);
    expect(ratioTicks([0.0005, 3000])).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  });
});

test("a timeline of many boots shows the first of them and says so", () => {
  const figure = timeline();
  const many = {
    ...figure,
    spans: Array.from({ length: 20 }, (_, index) =>
      figure.spans.filter(({ boot }) => boot === 1).map((span) => ({ ...span, boot: index + 1 })),
    ).flat(),
  };
  const words = JSON.stringify(spec(many));
  expect(words).toContain("the first 12 of 20 boots");
  expect(words).toContain("boot 12");
  expect(words).not.toContain("boot 13");
  expect(JSON.stringify(spec(figure))).not.toContain("the first 12");
});

test("a trial that failed is marked, and only that one", () => {
  expect(values(timeline()).filter((one) => one["failed"] === true)).toHaveLength(3); // once in each layer
});

test("every colour keeps a contrast of at least 3 to 1 with the paper, and words of 4.5 to 1 (WCAG 2.2)", () => {
  for (const theme of Object.values(THEMES)) {
    for (const colour of [...theme.series, ...Object.values(theme.tones)]) {
      expect(contrast(colour, theme.paper), colour).toBeGreaterThanOrEqual(3);
    }
    for (const words of [theme.ink, theme.muted, theme.warning]) {
      expect(contrast(words, theme.paper), words).toBeGreaterThanOrEqual(4.5);
      expect(contrast(words, theme.band), words).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("series beyond the last colour begin again", () => {
  const { series } = THEMES.light;
  expect(seriesColour(THEMES.light, series.length + 1)).toBe(series[1]);
});

/** WCAG 2.2's contrast ratio of two colours `#rrggbb`. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
