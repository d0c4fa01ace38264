import type { BarFigure, BarPanel } from "../core/figure.ts";
import type { Picture } from "./vega-picture.ts";
import { seriesColour, type Theme } from "./vega-theme.ts";
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
  const order = platforms.map(visibleLine);
  // A platform that a panel does not have takes no room there, and keeps its colour elsewhere.
  const own = platforms.filter((one) => panel.bars.some(({ platform }) => platform === one));
  const x = {
    field: "level",
    type: "nominal",
    scale: { domain: levels.map(visibleLine), paddingInner: 0.28, paddingOuter: 0.14 },
    axis: { title: null, labelAngle: 0, labelFontSize: 12, ticks: false, labelPadding: 6 },
  } as const;
  const beside = {
    field: "platform",
    type: "nominal",
    scale: { domain: own.map(visibleLine), paddingInner: 0.08, paddingOuter: 0 },
  } as const;
  const y = (field: string) => ({ field, type: "quantitative" }) as const;
  const ofPlatform = (values: readonly (string | number)[]) => ({
    field: "platform",
    // In the given order, which an opacity wants to have.
    type: "ordinal" as const,
    scale: { domain: order, range: [...values] },
    ...(order.length < 2 ? { legend: null } : {}),
  });
  const colours = ofPlatform(order.map((_, index) => seriesColour(theme, index)));
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
      {
        mark: { type: "bar" as const, strokeWidth: 1.5 },
        encoding: {
          x,
          xOffset: beside,
          y: {
            ...y("value"),
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
      },
      {
        data: { values: pointData(panel, own) },
        mark: { type: "point" as const, size: 16, strokeWidth: 1, filled: true, opacity: 1 },
        encoding: {
          x,
          xOffset: {
            field: "slot",
            type: "quantitative" as const,
            scale: { domain: [0, own.length], nice: false },
          },
          y: y("value"),
          fill: { value: theme.paper },
          stroke: { value: theme.ink },
        },
      },
      {
        mark: { type: "rule" as const, strokeWidth: 2 },
        encoding: { x, xOffset: beside, y: y("low"), y2: { field: "high" } },
      },
      ...["low", "high"].map((end) => ({
        mark: { type: "tick" as const, thickness: 2, size: 10 },
        encoding: { x, xOffset: beside, y: y(end) },
      })),
    ],
    resolve: { scale: { xOffset: "independent" as const } },
  };
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
