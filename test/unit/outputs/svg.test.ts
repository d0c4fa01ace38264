import { afterEach, describe, expect, test, vi } from "vitest";
import type { Figure } from "../../../src/core/document/figure.ts";
import { svg, svgOf } from "../../../src/outputs/svg.ts";
import { figureSpec } from "../../../src/outputs/vega.ts";
import { THEMES } from "../../../src/outputs/vega-theme.ts";
import { expectGolden, goldenNames } from "../golden.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { curves, measuredBars, publishedBars, ratios, stacks, timeline } from "../made-up/figures.ts";
import { filesOf } from "./rendered.ts";

const FIGURES: readonly Figure[] = [
  publishedBars(),
  measuredBars(),
  ratios(),
  curves(),
  stacks(),
  timeline(),
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(FIGURES.map((figure) => [figure.id, figure] as const))("the picture of %s", (id, figure) => {
  test("is the golden one, and Vega has nothing to warn of", async () => {
    const warn = vi.spyOn(console, "warn");
    expectGolden(`figures/${id}.svg`, await svgOf(figureSpec(figure, THEMES.light, "inside")));
    expect(warn.mock.calls).toEqual([]);
  });

  test("differs between light and dark in its colours alone", async () => {
    const [light, dark] = await Promise.all(
      (["light", "dark"] as const).map((theme) => svgOf(figureSpec(figure, THEMES[theme], "inside"))),
    );
    const colourless = (drawn = "") => drawn.replaceAll(/#[0-9a-f]{6}/g, "#");
    expect(colourless(dark)).toBe(colourless(light));
    expect(dark).not.toBe(light);
  });

  test("holds no number that is none, nothing to run, and nothing to fetch", async () => {
    const drawn = await svgOf(figureSpec(figure, THEMES.light, "inside"));
    expect(drawn).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(drawn).not.toMatch(/<script|<foreignObject|<image|href=|\son\w+=|style=/);
  });
});

test("every golden picture belongs to a figure", () => {
  expect(goldenNames("figures")).toEqual(FIGURES.map(({ id }) => `${id}.svg`).sort());
});

describe("the files of a report's figures", () => {
  test("are a picture and a specification for each, each once", async () => {
    const names = (await filesOf(svg, madeUpDocument())).map(({ name }) => name);
    const ids = ["throughput-ratios", "figure-2", "threads-bars", "curves", "figure-1", "timeline"];
    expect(names).toEqual(ids.flatMap((id) => [`figures/${id}.svg`, `figures/${id}.vl.json`]));
  });

  test("say what they show to who cannot see it", async () => {
    const [first] = await filesOf(svg, madeUpDocument());
    expect(first?.content).toMatch(
      /^<svg role="img" aria-labelledby="throughput-ratios-title throughput-ratios-text" [^>]*><title id="throughput-ratios-title">What each level costs in throughput<\/title><desc id="throughput-ratios-text">cpu: L1 at 0\.98/,
    );
  });

  test("never leave their folder, whatever a figure is called", async () => {
    const section = {
      id: "a",
      title: "a",
      blocks: [{ kind: "figure", figure: { ...stacks(), id: "../../a b/c" } }],
    } as const;
    const files = await filesOf(svg, madeUpDocument({ sections: [section] }));
    expect(files.map(({ name }) => name)).toEqual(["figures/-..-a-b-c.svg", "figures/-..-a-b-c.vl.json"]);
  });

  test("are none where there is no figure", async () => {
    expect(await filesOf(svg, madeUpDocument({ sections: [] }))).toEqual([]);
  });
});
