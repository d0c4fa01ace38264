import { describe, expect, test } from "vitest";
import { png, pngFile } from "../../../src/outputs/png.ts";
import { svgOf } from "../../../src/outputs/svg.ts";
import { figureSpec } from "../../../src/outputs/vega.ts";
import { PRINT_THEME } from "../../../src/outputs/vega-theme.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { ratios } from "../made-up/figures.ts";
import { filesOf } from "./rendered.ts";

/** Width and height from a PNG's header (RFC 2083). */
function sizeOf(content: Uint8Array): readonly [number, number] {
  const view = new DataView(content.buffer, content.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe("a figure as PNG", () => {
  test("has two pixels for each of the picture's", async () => {
    const { name, content } = await pngFile(ratios());
    expect(name).toBe("figures/throughput-ratios.png");
    expect([...content.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const drawn = await svgOf(figureSpec(ratios(), PRINT_THEME, "inside"));
    const [, width, height] = / width="(\d+)" height="(\d+)"/.exec(drawn) ?? [];
    expect(sizeOf(content)).toEqual([2 * Number(width), 2 * Number(height)]);
  });

  test("is the same each time", async () => {
    expect(await pngFile(ratios())).toEqual(await pngFile(ratios()));
  });

  test("draws its words with the font that dvirt brings", async () => {
    const figure = ratios();
    const other = { ...figure, title: figure.title.toUpperCase() };
    expect(Buffer.from((await pngFile(figure)).content)).not.toEqual(
      Buffer.from((await pngFile(other)).content),
    );
  });
});

test("every figure of a report becomes a file", async () => {
  expect((await filesOf(png, madeUpDocument())).map(({ name }) => name)).toEqual([
    "figures/throughput-ratios.png",
    "figures/figure-2.png",
    "figures/threads-bars.png",
    "figures/curves.png",
    "figures/figure-1.png",
    "figures/timeline.png",
  ]);
  expect(await filesOf(png, madeUpDocument({ sections: [] }))).toEqual([]);
});
