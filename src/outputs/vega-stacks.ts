import type { StackColumn, StackFigure } from "../core/document/figure.ts";
import type { Picture, Theme } from "./vega-theme.ts";
import { shortened, wrapped } from "./visible-text.ts";

const BOX_WIDTH = 158;
const GAP = 14;
const BESIDE_EACH_OTHER = 6;
const TITLE_HEIGHT = 34;
const NAME_LINE = 15;
const DETAIL_LINE = 13;
/** Above the first line and below the last, with the gap to the next box. */
const AIR = 22;
/** What fits into a box at the size of a name and of a detail. */
const NAME_CHARACTERS = 21;
const DETAIL_CHARACTERS = 27;

interface Line {
  readonly text: string;
  readonly heightPixels: number;
  readonly part: "name" | "detail";
}

/** Boxes from the ground up, one column per configuration, standing on one line. */
export function stacksPicture({ stacks }: StackFigure, theme: Theme): Picture {
  const boxHeight =
    AIR + Math.max(0, ...stacks.flatMap(({ layers }) => layers.map((layer) => height(linesOf(layer)))));
  const shelves = Array.from({ length: Math.ceil(stacks.length / BESIDE_EACH_OTHER) }, (_, index) =>
    stacks.slice(index * BESIDE_EACH_OTHER, (index + 1) * BESIDE_EACH_OTHER),
  );
  let top = 0;
  const boxes: ReturnType<typeof boxData> = [];
  const titles: ReturnType<typeof titleDatum>[] = [];
  for (const shelf of shelves) {
    const ground = top + Math.max(...shelf.map(({ layers }) => layers.length)) * boxHeight;
    boxes.push(...shelf.flatMap((stack, column) => boxData(stack, column, ground, boxHeight)));
    titles.push(...shelf.map((stack, column) => titleDatum(stack, column, ground)));
    top = ground + TITLE_HEIGHT;
  }
  const width = Math.max(1, Math.min(stacks.length, BESIDE_EACH_OTHER) * (BOX_WIDTH + GAP) - GAP);
  return {
    widthPixels: width,
    spec: { width, height: Math.max(1, top), layer: layers(boxes, titles, theme) },
  };
}

function layers(boxes: ReturnType<typeof boxData>, titles: readonly object[], theme: Theme) {
  // Positions are pixels already.
  const pixels = (field: string) => ({ field, type: "quantitative", scale: null, axis: null }) as const;
  const text = (values: readonly object[], more: object) => ({
    data: { values: [...values] },
    mark: { type: "text" as const, baseline: "middle" as const, ...more },
    encoding: { x: pixels("middle"), y: pixels("at"), text: { field: "text", type: "nominal" as const } },
  });
  const lines = boxes.flatMap((box) => box.lines);
  return [
    {
      data: { values: boxes.map(({ lines: _, ...box }) => box) },
      mark: { type: "rect" as const, cornerRadius: 3, stroke: theme.muted, strokeWidth: 1 },
      encoding: {
        x: pixels("left"),
        x2: { field: "right" },
        y: pixels("top"),
        y2: { field: "bottom" },
        // The ground is what everything rests on.
        fill: { condition: { test: "datum.ground", value: theme.faint }, value: theme.band },
      },
    },
    text(
      lines.filter(({ part }) => part === "name"),
      { fontWeight: 600, fontSize: 12 },
    ),
    text(
      lines.filter(({ part }) => part === "detail"),
      { color: theme.muted, fontSize: 10 },
    ),
    text(titles, { fontWeight: 600, lineHeight: 14 }),
  ];
}

function boxData({ layers: own }: StackColumn, column: number, ground: number, boxHeight: number) {
  return own.map((layer, index) => {
    const bottom = ground - index * boxHeight;
    const top = bottom - boxHeight + 4;
    const lines = linesOf(layer);
    let at = (top + bottom - height(lines)) / 2;
    return {
      ...sides(column),
      top,
      bottom,
      ground: index === 0,
      lines: lines.map(({ text, heightPixels, part }) => {
        at += heightPixels;
        return { middle: sides(column).middle, at: at - heightPixels / 2, text, part };
      }),
    };
  });
}

function linesOf({ name, detail }: StackColumn["layers"][number]): readonly Line[] {
  const line = (part: Line["part"], heightPixels: number) => (text: string) => ({ part, heightPixels, text });
  return [
    ...fitting(name, NAME_CHARACTERS, 2).map(line("name", NAME_LINE)),
    ...fitting(detail, DETAIL_CHARACTERS, 2).map(line("detail", DETAIL_LINE)),
  ];
}

function height(lines: readonly Line[]): number {
  return lines.reduce((sum, { heightPixels }) => sum + heightPixels, 0);
}

function titleDatum({ title }: StackColumn, column: number, ground: number) {
  return { ...sides(column), text: fitting(title, 24, 2), at: ground + 13 };
}

function sides(column: number) {
  const left = column * (BOX_WIDTH + GAP);
  return { left, right: left + BOX_WIDTH, middle: left + BOX_WIDTH / 2 };
}

/** Lines that fit, with an ellipsis where some do not. */
function fitting(text: string, width: number, most: number): string[] {
  const lines = wrapped(text, width).filter((line) => line !== "");
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), shortened(lines.slice(most - 1).join(" "), width)];
}
