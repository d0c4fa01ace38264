import { ok } from "../core/base/problem.ts";
import type { Figure } from "../core/document/figure.ts";
import type { Output, OutputFile } from "./output.ts";
import { figureFile, reportFigures, svgOf } from "./svg.ts";
import { figureSpec } from "./vega.ts";
import { fontFiles, PRINT_THEME } from "./vega-theme.ts";

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
