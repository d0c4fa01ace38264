import type { Figure } from "../core/figure.ts";
import type { Report } from "../core/report.ts";

/** Where a figure's file lies, relative to the report's folder. */
export function figureFile(figure: Figure, extension: "svg" | "png" | "vl.json"): string {
  return `figures/${figure.id.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "")}.${extension}`;
}

/** In reading order, each once. */
export function reportFigures({ sections }: Report): readonly Figure[] {
  const found = new Map<string, Figure>();
  for (const block of sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind === "figure" && !found.has(block.figure.id)) found.set(block.figure.id, block.figure);
  }
  return [...found.values()];
}
