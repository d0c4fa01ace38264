import type { TimelineFigure, TimelineSpan } from "../core/document/figure.ts";
import { type Picture, seriesColour, type Theme } from "./vega-theme.ts";
import { visibleLine } from "./visible-text.ts";

const LANE_HEIGHT = 15;
const BOOT_GAP = 12;
const PLOT_WIDTH = 560;
/** More boots make a picture that nobody reads; the data of all are in `trials.csv`. */
const MOST_BOOTS = 12;

/** A lane per boot and level, time from the boot's first trial: each boot should read as a palindrome. */
export function timelinePicture({ spans }: TimelineFigure, theme: Theme): Picture {
  const all = [...new Set(spans.map(({ boot }) => boot))].sort((a, b) => a - b);
  const boots = all.slice(0, MOST_BOOTS);
  const levels = [...new Set(spans.map(({ level }) => level))].sort();
  const workloads = [...new Set(spans.map(({ what }) => what))];
  const shown = spans.filter(({ boot }) => boots.includes(boot));
  const block = levels.length * LANE_HEIGHT + BOOT_GAP;
  const laneOf = (boot: number, level: number) =>
    boots.indexOf(boot) * block + levels.indexOf(level) * LANE_HEIGHT;
  const starts = new Map(boots.map((boot) => [boot, startOf(shown, boot)]));
  const longestSeconds = Math.max(
    1,
    ...shown.map(({ boot, toSeconds }) => toSeconds - (starts.get(boot) ?? 0)),
  );
  const unit = timeUnit(longestSeconds);
  const data = shown.map((span) => ({
    ...spanDatum(span, starts.get(span.boot) ?? 0, unit.seconds),
    number: workloads.indexOf(span.what) + 1,
    top: laneOf(span.boot, span.level) + 1,
    bottom: laneOf(span.boot, span.level) + LANE_HEIGHT - 1,
    middle: laneOf(span.boot, span.level) + LANE_HEIGHT / 2,
    wide: ((span.toSeconds - span.fromSeconds) / longestSeconds) * PLOT_WIDTH > 9,
  }));
  const lanes = boots.flatMap((boot) =>
    levels.map((level) => ({ level: `L${level}`, at: laneOf(boot, level) + LANE_HEIGHT / 2 })),
  );
  const names = boots.map((boot) => ({
    boot: `boot ${boot}`,
    at: laneOf(boot, levels[0] ?? 0) + (levels.length * LANE_HEIGHT) / 2,
  }));
  const legend = workloads.map((what, index) => `${index + 1} ${visibleLine(what)}`);
  return {
    widthPixels: PLOT_WIDTH + 90,
    spec: {
      width: PLOT_WIDTH,
      height: Math.max(1, boots.length * block - BOOT_GAP),
      layer: [
        ...axisLayers(lanes, names, theme),
        ...spanLayers(
          data,
          legend,
          timeAxis(longestSeconds / unit.seconds, axisTitle(unit.name, all.length)),
          theme,
        ),
      ],
    },
  };
}

const pixels = (field: string) => ({ field, type: "quantitative", scale: null, axis: null }) as const;

function axisLayers(lanes: readonly object[], names: readonly object[], theme: Theme) {
  const aside = (field: string, x: number, more: object) => ({
    mark: { type: "text" as const, align: "right" as const, baseline: "middle" as const, ...more },
    encoding: { x: { value: x }, y: pixels("at"), text: { field, type: "nominal" as const } },
  });
  return [
    {
      data: { values: [...lanes] },
      mark: { type: "rule" as const, color: theme.faint },
      encoding: { x: { value: 0 }, x2: { value: PLOT_WIDTH }, y: pixels("at") },
    },
    { data: { values: [...lanes] }, ...aside("level", -8, { fontSize: 10, color: theme.muted }) },
    { data: { values: [...names] }, ...aside("boot", -34, { fontWeight: 600 }) },
  ];
}

function timeAxis(longest: number, title: string) {
  return (field: string) => ({
    field,
    type: "quantitative" as const,
    scale: { domain: [0, longest], nice: false },
    axis: { title, grid: false, format: "~g", tickCount: 8 },
  });
}

function spanLayers(
  data: readonly { readonly number: number }[],
  legend: readonly string[],
  time: ReturnType<typeof timeAxis>,
  theme: Theme,
) {
  const values = data.map((one) => ({ ...one, workload: legend[one.number - 1] ?? "" }));
  const middle = { x: time("centre"), y: pixels("middle") };
  return [
    {
      data: { values },
      mark: { type: "rect" as const, stroke: theme.paper, strokeWidth: 0.5 },
      encoding: {
        x: time("from"),
        x2: { field: "to" },
        y: pixels("top"),
        y2: { field: "bottom" },
        fill: {
          field: "workload",
          type: "nominal" as const,
          scale: { domain: [...legend], range: legend.map((_, index) => seriesColour(theme, index)) },
        },
        fillOpacity: { condition: { test: "datum.failed", value: 0.25 }, value: 1 },
      },
    },
    {
      data: { values },
      transform: [{ filter: "datum.wide && !datum.failed" }],
      mark: { type: "text" as const, fontSize: 9, fontWeight: 600 as const, color: theme.paper },
      encoding: { ...middle, text: { field: "number", type: "nominal" as const } },
    },
    {
      data: { values },
      transform: [{ filter: "datum.failed" }],
      mark: {
        type: "point" as const,
        shape: "cross",
        angle: 45,
        size: 50,
        filled: true,
        opacity: 1,
        color: theme.warning,
      },
      encoding: middle,
    },
  ];
}

function spanDatum(span: TimelineSpan, startSeconds: number, unitSeconds: number) {
  const from = (span.fromSeconds - startSeconds) / unitSeconds;
  const to = (span.toSeconds - startSeconds) / unitSeconds;
  return {
    boot: span.boot,
    level: `L${span.level}`,
    from,
    to,
    centre: (from + to) / 2,
    failed: span.failed,
  };
}

function startOf(spans: readonly TimelineSpan[], boot: number): number {
  return Math.min(...spans.filter((span) => span.boot === boot).map(({ fromSeconds }) => fromSeconds));
}

function timeUnit(longestSeconds: number): { readonly name: string; readonly seconds: number } {
  if (longestSeconds < 180) return { name: "seconds", seconds: 1 };
  return longestSeconds < 3 * 3600 ? { name: "minutes", seconds: 60 } : { name: "hours", seconds: 3600 };
}

function axisTitle(unit: string, boots: number): string {
  const cut = boots > MOST_BOOTS ? `; the first ${MOST_BOOTS} of ${boots} boots` : "";
  return `${unit} since the boot's first trial (× failed${cut})`;
}
