import type { RatioFigure, RatioRow } from "../core/figure.ts";
import { significant } from "../core/units.ts";
import { textWidthPixels } from "./text-width.ts";
import type { Picture } from "./vega-picture.ts";
import { ratioDomain, ratioTicks } from "./vega-ratio-axis.ts";
import type { Theme } from "./vega-theme.ts";
import { shortened, visibleLine } from "./visible-text.ts";

const ROW_HEIGHT = 24;
const PLOT_WIDTH = 210;
/** Of the figures on the right, about. */
const FIGURES_WIDTH = 150;
/** Of the rows' names, on the left, at least. */
const NAMES_WIDTH = 64;
/** Of a row's name below its group's. */
const INDENT = 8;

const QUANTITY = "quantitative" as const;

/** From bad to good, and what cannot be said. */
const VERDICTS: readonly RatioRow["verdict"][] = ["slower", "equivalent", "faster", "inconclusive"];

const SHAPES: Readonly<Record<RatioRow["verdict"], string>> = {
  slower: "triangle-down",
  faster: "triangle-up",
  equivalent: "square",
  inconclusive: "circle",
};

/** A line per comparison: dot, interval and figures; the band is the margin of equivalence around 1. */
export function ratiosPicture(figure: RatioFigure, theme: Theme): Picture {
  const { slots, headers } = placed(figure.rows);
  const domain = ratioDomain(figure.rows, figure.margin);
  const rows = slots.map(({ row, slot }) => rowDatum(row, slot, domain));
  const verdicts = VERDICTS.filter((verdict) => figure.rows.some((row) => row.verdict === verdict));
  const slotCount = slots.length + headers.length;
  const y = { field: "slot", type: QUANTITY, scale: { domain: [slotCount, 0] }, axis: null };
  const ratio = (field: string) => ({
    field,
    type: QUANTITY,
    scale: { type: "log" as const, domain: [...domain], nice: false },
    axis: {
      title: shortened(`${figure.axis} (log scale)`, 64),
      values: [...ratioTicks(domain)],
      format: "~g",
      domain: false,
    },
  });
  const ofVerdict = (values: Readonly<Record<RatioRow["verdict"], string>>) => ({
    field: "verdict",
    type: "nominal" as const,
    scale: { domain: verdicts, range: verdicts.map((one) => values[one]) },
  });
  const aside = (pixels: number, field: string) => ({
    mark: { type: "text" as const, align: "left" as const, baseline: "middle" as const },
    encoding: { y, x: { value: pixels }, text: { field, type: "nominal" as const } },
  });
  const left = -Math.max(NAMES_WIDTH, ...rows.map(({ name }) => textWidthPixels(name, 12) + 2 * INDENT));
  const end = (field: "low" | "high") => ({
    transform: [{ filter: `datum.${field}Goes` }],
    mark: {
      type: "point" as const,
      shape: field === "low" ? "triangle-left" : "triangle-right",
      filled: true,
      size: 40,
      opacity: 1,
    },
    encoding: { x: ratio(field), y, fill: ofVerdict(theme.verdicts) },
  });
  return {
    widthPixels: PLOT_WIDTH + FIGURES_WIDTH - left,
    spec: {
      width: PLOT_WIDTH,
      height: slotCount * ROW_HEIGHT,
      data: { values: rows },
      layer: [
        {
          data: { values: [{ low: 1 / (1 + figure.margin), high: 1 + figure.margin }] },
          mark: { type: "rect", color: theme.band, clip: false },
          encoding: { x: ratio("low"), x2: { field: "high" } },
        },
        {
          data: { values: [{ one: 1 }] },
          mark: { type: "rule", color: theme.muted, strokeDash: [4, 3] },
          encoding: { x: ratio("one") },
        },
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { y, x: ratio("low"), x2: { field: "high" }, color: ofVerdict(theme.verdicts) },
        },
        end("low"),
        end("high"),
        {
          mark: { type: "point", size: 70, strokeWidth: 2, opacity: 1 },
          encoding: {
            y,
            x: ratio("ratio"),
            shape: ofVerdict(SHAPES),
            stroke: ofVerdict(theme.verdicts),
            // Hollow: no interval, so no more than a guess.
            fill: {
              condition: { test: "datum.interval", ...ofVerdict(theme.verdicts) },
              value: theme.paper,
            },
          },
        },
        aside(headers.length === 0 ? left : left + INDENT, "name"),
        aside(PLOT_WIDTH + 12, "figures"),
        ...groupLayers(headers, slotCount, left, theme),
      ],
    },
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
  const lowText = low === undefined ? "0" : significant(low, 3);
  const highText = high === undefined || high === Number.POSITIVE_INFINITY ? "∞" : significant(high, 3);
  return {
    slot,
    group: visibleLine(row.group),
    name: shortened(row.name, 30),
    ratio,
    interval: low !== undefined && high !== undefined,
    verdict,
    figures: `${significant(ratio, 3)} ${bounded ? `[${lowText}, ${highText}]` : "[no interval]"}`,
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
