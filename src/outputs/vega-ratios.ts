import { significant } from "../core/base/units.ts";
import type { RatioFigure, RatioRow } from "../core/document/figure.ts";
import { tellingDigits } from "../core/document/figure-text.ts";
import { toneOf, VERDICTS, type VerdictKind } from "../core/stats/verdict.ts";
import { ratioDomain, ratioTicks } from "./vega-ratio-axis.ts";
import type { Picture, Theme } from "./vega-theme.ts";
import { shortened, textWidthPixels, visibleLine } from "./visible-text.ts";

const ROW_HEIGHT = 24;
const PLOT_WIDTH = 210;
/** Of the figures on the right, about. */
const FIGURES_WIDTH = 150;
/** Of the rows' names, on the left, at least. */
const NAMES_WIDTH = 64;
/** Of a row's name below its group's. */
const INDENT = 8;

const QUANTITY = "quantitative" as const;

/** A diamond is a direction that is not certain. */
const SHAPES: Readonly<Record<VerdictKind, string>> = {
  slower: "triangle-down",
  "probably slower": "diamond",
  faster: "triangle-up",
  "probably faster": "diamond",
  equivalent: "square",
  inconclusive: "circle",
};

/** A line per comparison: dot, interval and figures; the band is the margin of equivalence around 1. */
export function ratiosPicture(figure: RatioFigure, theme: Theme): Picture {
  const { slots, headers } = placed(figure.rows);
  const domain = ratioDomain(figure.rows, figure.margin);
  const rows = slots.map(({ row, slot }) => rowDatum(row, slot, domain));
  const slotCount = slots.length + headers.length;
  const left = -Math.max(NAMES_WIDTH, ...rows.map(({ name }) => textWidthPixels(name, 12) + 2 * INDENT));
  const scales = scalesOf(figure, domain, slotCount);
  return {
    widthPixels: PLOT_WIDTH + FIGURES_WIDTH - left,
    spec: {
      width: PLOT_WIDTH,
      height: slotCount * ROW_HEIGHT,
      data: { values: rows },
      layer: [
        ...marginLayers(figure, scales, theme),
        ...intervalLayers(scales, theme),
        aside(headers.length === 0 ? left : left + INDENT, "name", scales),
        aside(PLOT_WIDTH + 12, "figures", scales),
        ...groupLayers(headers, slotCount, left, theme),
      ],
    },
  };
}

type Scales = ReturnType<typeof scalesOf>;

function scalesOf({ axis, rows }: RatioFigure, domain: readonly [number, number], slotCount: number) {
  const verdicts = VERDICTS.filter((verdict) => rows.some((row) => row.verdict === verdict));
  return {
    y: { field: "slot", type: QUANTITY, scale: { domain: [slotCount, 0] }, axis: null },
    ratio: (field: string) => ({
      field,
      type: QUANTITY,
      scale: { type: "log" as const, domain: [...domain], nice: false },
      axis: {
        title: shortened(`${axis} (log scale)`, 64),
        values: [...ratioTicks(domain)],
        format: "~g",
        domain: false,
      },
    }),
    ofVerdict: (markOf: (verdict: VerdictKind) => string) => ({
      field: "verdict",
      type: "nominal" as const,
      scale: { domain: verdicts, range: verdicts.map(markOf) },
    }),
  };
}

/** The band of equivalence, and the line of no change. */
function marginLayers({ margin }: RatioFigure, { ratio }: Scales, theme: Theme) {
  return [
    {
      data: { values: [{ low: 1 / (1 + margin), high: 1 + margin }] },
      mark: { type: "rect" as const, color: theme.band, clip: false },
      encoding: { x: ratio("low"), x2: { field: "high" } },
    },
    {
      data: { values: [{ one: 1 }] },
      mark: { type: "rule" as const, color: theme.muted, strokeDash: [4, 3] },
      encoding: { x: ratio("one") },
    },
  ];
}

/** Each row's interval, an arrow where it goes on beyond the plot, and the ratio. */
function intervalLayers({ y, ratio, ofVerdict }: Scales, theme: Theme) {
  const colour = (verdict: VerdictKind) => theme.tones[toneOf(verdict)];
  const end = (field: "low" | "high") => ({
    transform: [{ filter: `datum.${field}Goes` }],
    mark: {
      type: "point" as const,
      shape: field === "low" ? "triangle-left" : "triangle-right",
      filled: true,
      size: 40,
      opacity: 1,
    },
    encoding: { x: ratio(field), y, fill: ofVerdict(colour) },
  });
  return [
    {
      mark: { type: "rule" as const, strokeWidth: 2 },
      encoding: { y, x: ratio("low"), x2: { field: "high" }, color: ofVerdict(colour) },
    },
    end("low"),
    end("high"),
    {
      mark: { type: "point" as const, size: 70, strokeWidth: 2, opacity: 1 },
      encoding: {
        y,
        x: ratio("ratio"),
        shape: ofVerdict((verdict) => SHAPES[verdict]),
        stroke: ofVerdict(colour),
        // Hollow: no interval, so no more than a guess.
        fill: {
          condition: { test: "datum.interval", ...ofVerdict(colour) },
          value: theme.paper,
        },
      },
    },
  ];
}

function aside(pixels: number, field: string, { y }: Scales) {
  return {
    mark: { type: "text" as const, align: "left" as const, baseline: "middle" as const },
    encoding: { y, x: { value: pixels }, text: { field, type: "nominal" as const } },
  };
}

/** A group's name may be longer than its rows' names: it goes on over the plot, which is blank there. */
function groupLayers(
  headers: readonly { readonly slot: number; readonly group: string }[],
  slotCount: number,
  left: number,
  theme: Theme,
) {
  const scale = { domain: [slotCount, 0] };
  const y = (field: string) => ({ field, type: QUANTITY, scale, axis: null });
  return [
    {
      data: { values: headers.map(({ slot }) => ({ from: slot - 0.5, to: slot + 0.45 })) },
      mark: { type: "rect" as const, color: theme.paper },
      encoding: { x: { value: -1 }, x2: { value: PLOT_WIDTH + 1 }, y: y("from"), y2: { field: "to" } },
    },
    {
      data: { values: [...headers] },
      mark: {
        type: "text" as const,
        align: "left" as const,
        baseline: "middle" as const,
        fontWeight: 600 as const,
      },
      encoding: { y: y("slot"), x: { value: left }, text: { field: "group", type: "nominal" as const } },
    },
  ];
}

/** One slot per row, and one for each group's name where there is more than one group. */
function placed(rows: readonly RatioRow[]) {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const slots: { row: RatioRow; slot: number }[] = [];
  const headers: { slot: number; group: string }[] = [];
  let next = 0.5;
  for (const group of groups) {
    if (groups.length > 1) headers.push({ slot: next++, group: shortened(group, 40) });
    for (const row of rows.filter((one) => one.group === group)) slots.push({ row, slot: next++ });
  }
  return { slots, headers };
}

function rowDatum(row: RatioRow, slot: number, [least, most]: readonly [number, number]) {
  const { ratio, low, high, verdict } = row;
  const bounded = low !== undefined || high !== undefined;
  const digits = tellingDigits({ low: low ?? 0, high: high ?? Number.POSITIVE_INFINITY }, 3);
  const lowText = low === undefined ? "0" : significant(low, digits);
  const highText = high === undefined || high === Number.POSITIVE_INFINITY ? "∞" : significant(high, digits);
  return {
    slot,
    group: visibleLine(row.group),
    name: shortened(row.name, 30),
    ratio,
    interval: low !== undefined && high !== undefined,
    verdict,
    figures: `${significant(ratio, digits)} ${bounded ? `[${lowText}, ${highText}]` : "[no interval]"}`,
    // Drawn to the edge, with an arrow, where it goes on beyond what is shown.
    ...(bounded
      ? {
          low: Math.max(low ?? least, least),
          high: Math.min(high ?? most, most),
          lowGoes: (low ?? 0) < least,
          highGoes: (high ?? Number.POSITIVE_INFINITY) > most,
        }
      : {}),
  };
}
