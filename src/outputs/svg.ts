import type { TopLevelSpec } from "vega-lite";
import { fileName } from "../core/base/file-name.ts";
import { ok } from "../core/base/problem.ts";
import type { Figure } from "../core/document/figure.ts";
import type { Report } from "../core/report/parts/report.ts";
import type { Output, OutputFile } from "./output.ts";
import { figureSpec } from "./vega.ts";
import { THEMES } from "./vega-theme.ts";
import { textWidthPixels, visibleLine } from "./visible-text.ts";

declare module "vega" {
  /** How Vega measures text; it is exported, and missing from the package's types. */
  export const textMetrics: {
    width: (item: { readonly fontSize?: number }, text: unknown) => number;
  };
}

/** Every figure as a picture, and the specification to draw it again or otherwise. */
export const svg: Output = {
  name: "svg",
  about: "every figure as figures/NAME.svg, with its Vega-Lite specification",
  made: "always",
  render: async (report) => ok((await Promise.all(reportFigures(report).map(filesOf))).flat()),
};

async function filesOf(figure: Figure): Promise<readonly OutputFile[]> {
  const spec = figureSpec(figure, THEMES.light, "inside");
  return [
    { name: figureFile(figure, "svg"), content: described(await svgOf(spec), figure) },
    { name: figureFile(figure, "vl.json"), content: `${JSON.stringify(spec, null, 2)}\n` },
  ];
}

/** A specification drawn, without a browser: the same bytes for the same specification. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  return slim(await drawn(spec));
}

/** Vega is slow to load, and most runs of dvirt draw nothing. */
async function drawn(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Without a browser Vega guesses far too wide; with the package `canvas` beside it, as the machine's fonts are.
  vega.textMetrics.width = ({ fontSize }, text) => textWidthPixels(String(text ?? ""), fontSize ?? 11);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** What nobody sees or hears: empty backgrounds, hooks for scripts and styles, decimals far below a pixel. */
function slim(svg: string): string {
  return svg
    .replaceAll(/<path class="(?:back|fore)ground"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, "")
    .replaceAll(/<[a-z][^>]*>/g, (tag) =>
      tag
        .replaceAll(/ (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"/g, "")
        .replaceAll(/ (?:opacity="1"|stroke-width="1")(?=[ />])/g, "")
        .replaceAll(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
}

/** A picture that stands alone says itself what it shows. */
function described(svg: string, { id, title, alt }: Figure): string {
  const name = id.replaceAll(/[^A-Za-z0-9-]/g, "-");
  return svg.replace(
    /<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg role="img" aria-labelledby="${name}-title ${name}-text" ${attributes}><title id="${name}-title">${xmlText(title)}</title><desc id="${name}-text">${xmlText(alt)}</desc>`,
  );
}

function xmlText(text: string): string {
  return visibleLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Where a figure's file lies, relative to the report's folder. */
export function figureFile(figure: Figure, extension: "svg" | "png" | "vl.json"): string {
  return `figures/${fileName(figure.id)}.${extension}`;
}

/** In reading order, each once. */
export function reportFigures({ sections }: Report): readonly Figure[] {
  const found = new Map<string, Figure>();
  for (const block of sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind === "figure" && !found.has(block.figure.id)) found.set(block.figure.id, block.figure);
  }
  return [...found.values()];
}
