import type { Figure } from "../core/figure.ts";
import { ok } from "../core/problem.ts";
import { figureFile, reportFigures } from "./figure-files.ts";
import { fontFiles } from "./font.ts";
import type { Output, OutputFile } from "./output.ts";
import { svgOf } from "./svg.ts";
import { figureSpec } from "./vega.ts";
import { PRINT_THEME } from "./vega-theme.ts";

export const png: Output = {
  name: "png",
  about: "every figure as figures/NAME.png, two pixels for one",
  made: "on request",
  render: async (report) => ok(await Promise.all(reportFigures(report).map(pngFile))),
};

/** A figure as a picture of twice its size in CSS pixels, the same bytes on every machine. */
export async function pngFile(figure: Figure): Promise<OutputFile & { readonly content: Uint8Array }> {
  const drawn = await svgOf(figureSpec(figure, PRINT_THEME, "inside"));
  const { Resvg } = await import("@resvg/resvg-js");
  const font = { loadSystemFonts: false, fontFiles: [...fontFiles()], defaultFontFamily: "Inter" };
  const content = new Resvg(drawn, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
  return { name: figureFile(figure, "png"), content };
}
