import type { BarFigure, BarPanel } from "../core/document/figure.ts";
import { type Picture, seriesColour, type Theme } from "./vega-theme.ts";
import { shortened, visibleLine } from "./visible-text.ts";

const PANEL_HEIGHT = 220;
/** Between one panel and the next, with the axis of the next. */
const BESIDE = 60;

/** Levels side by side, platforms beside each other within a level, one panel per quantity. */
export function barsPicture(figure: BarFigure, theme: Theme): Picture {
  const platforms = distinct(figure.panels.flatMap(({ bars }) => bars.map((bar) => bar.platform)));
  const panels = figure.panels.map((panel) => panelSpec(panel, platforms, theme));
  const widthPixels = panels.reduce((sum, { width }) => sum + width + BESIDE, 0);
  return { spec: { hconcat: panels, spacing: 28 }, widthPixels };
}

function panelSpec(panel: BarPanel, platforms: readonly string[], theme: Theme) {
  const levels = distinct(panel.bars.map(({ level }) => level));
  // A platform that a panel does not have takes no room there, and keeps its colour elsewhere.
  const own = platforms.filter((one) => panel.bars.some(({ platform }) => platform === one));
  const places = placesOf(levels, own);
  return {
    title: {
      text: shortened(panel.title, 44),
      fontSize: 13,
      offset: 10,
      subtitle: shortened(`${panel.unit}, ${panel.better} is better`, 48),
      subtitleColor: theme.muted,
      subtitleFontWeight: 400 as const,
      subtitlePadding: 3,
    },
    width: Math.max(200, levels.length * (own.length * 26 + 16)),
    height: PANEL_HEIGHT,
    data: { values: panel.bars.map(barDatum) },
    layer: [
      barLayer(platforms, places, theme),
      pointLayer(panel, own, places, theme),
      ...errorLayers(places),
    ],
    resolve: { scale: { xOffset: "independent" as const } },
  };
}

type Places = ReturnType<typeof placesOf>;

/** Levels side by side, and platforms side by side within a level. */
function placesOf(levels: readonly string[], platforms: readonly string[]) {
  return {
    x: {
      field: "level",
      type: "nominal",
      scale: { domain: levels.map(visibleLine), paddingInner: 0.28, paddingOuter: 0.14 },
      axis: { title: null, labelAngle: 0, labelFontSize: 12, ticks: false, labelPadding: 6 },
    },
    beside: {
      field: "platform",
      type: "nominal",
      scale: { domain: platforms.map(visibleLine), paddingInner: 0.08, paddingOuter: 0 },
    },
  } as const;
}

function quantity(field: string) {
  return { field, type: "quantitative" } as const;
}

function barLayer(platforms: readonly string[], { x, beside }: Places, theme: Theme) {
  const order = platforms.map(visibleLine);
  const ofPlatform = (values: readonly (string | number)[]) => ({
    field: "platform",
    // Ordinal: Vega wants an order for an opacity.
    type: "ordinal" as const,
    scale: { domain: order, range: [...values] },
    ...(order.length < 2 ? { legend: null } : {}),
  });
  const colours = ofPlatform(order.map((_, index) => seriesColour(theme, index)));
  return {
    mark: { type: "bar" as const, strokeWidth: 1.5 },
    encoding: {
      x,
      xOffset: beside,
      y: {
        ...quantity("value"),
        // As many steps as there are ticks, so that panels side by side end in one.
        scale: { nice: 5 },
        axis: { title: null, domain: false, ticks: false, tickCount: 5 },
      },
      fill: colours,
      stroke: colours,
      // Light and full in turn: told apart without colour too.
      fillOpacity:
        order.length < 2
          ? { value: 0.6 }
          : ofPlatform(order.map((_, index) => (index % 2 === 0 ? 0.6 : 0.15))),
    },
  };
}

/** A point for each boot. */
function pointLayer(panel: BarPanel, platforms: readonly string[], { x }: Places, theme: Theme) {
  return {
    data: { values: pointData(panel, platforms) },
    mark: { type: "point" as const, size: 16, strokeWidth: 1, filled: true, opacity: 1 },
    encoding: {
      x,
      xOffset: {
        field: "slot",
        type: "quantitative" as const,
        scale: { domain: [0, platforms.length], nice: false },
      },
      y: quantity("value"),
      fill: { value: theme.paper },
      stroke: { value: theme.ink },
    },
  };
}

/** One standard error up and down. */
function errorLayers({ x, beside }: Places) {
  return [
    {
      mark: { type: "rule" as const, strokeWidth: 2 },
      encoding: { x, xOffset: beside, y: quantity("low"), y2: { field: "high" } },
    },
    ...["low", "high"].map((end) => ({
      mark: { type: "tick" as const, thickness: 2, size: 10 },
      encoding: { x, xOffset: beside, y: quantity(end) },
    })),
  ];
}

function barDatum({ platform, level, value, standardError }: BarPanel["bars"][number]) {
  const error = standardError ?? 0;
  return {
    platform: visibleLine(platform),
    level: visibleLine(level),
    value,
    // Absent ends draw no error bar.
    ...(standardError === undefined ? {} : { low: value - error, high: value + error }),
  };
}

/** Boots from left to right over their bar, in their order, so that a drift from boot to boot is seen. */
function pointData({ bars }: BarPanel, platforms: readonly string[]) {
  return bars.flatMap(({ platform, level, points }) =>
    points.map((value, index) => ({
      platform: visibleLine(platform),
      level: visibleLine(level),
      boot: index + 1,
      value,
      slot: platforms.indexOf(platform) + 0.5 + ((index + 0.5) / points.length - 0.5) * 0.7,
    })),
  );
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
