import type { Curve, CurveFigure, CurvePanel } from "../core/document/figure.ts";
import { type Picture, seriesColour, type Theme } from "./vega-theme.ts";
import { shortened } from "./visible-text.ts";

const PANEL = { width: 240, height: 170 };
/** Panels in a row; more get too small on paper. */
const COLUMNS = 3;
/** Of the axis on the left of a panel, about. */
const AXIS_WIDTH = 66;

/** Of a name in the legend; longer ones would make the picture wider than paper. */
const NAME_CHARACTERS = 30;

const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"];

const QUANTITY = "quantitative" as const;

/** A line for each level with its points, and beside it, dashed, what somebody measured. */
export function curvesPicture(figure: CurveFigure, theme: Theme): Picture {
  const curves = figure.panels.flatMap((panel) => panel.curves);
  const legend: Legend = {
    names: distinct(curves.map(({ name }) => shortened(name, NAME_CHARACTERS))),
    kinds: [CALCULATED, ...distinct(curves.flatMap(({ measured }) => measuredBy(measured) ?? []))],
  };
  const concat = figure.panels.map((panel, index) => panelSpec(panel, index, figure, legend, theme));
  const columns = Math.min(COLUMNS, Math.max(1, concat.length));
  return {
    widthPixels: columns * (PANEL.width + AXIS_WIDTH),
    spec: { concat, columns, spacing: 24 },
  };
}

const CALCULATED = "calculated";

interface Legend {
  readonly names: readonly string[];
  /** What is calculated, and whose measurements. */
  readonly kinds: readonly string[];
}

function panelSpec(panel: CurvePanel, index: number, figure: CurveFigure, legend: Legend, theme: Theme) {
  const values = panel.curves.flatMap(calculatedData);
  const measured = panel.curves.flatMap((curve) => measuredData(curve));
  const series = seriesOf(legend, theme);
  const y = {
    field: "up",
    type: QUANTITY,
    axis: {
      title: index % COLUMNS === 0 ? shortened(figure.up, 40) : null,
      domain: false,
      ticks: false,
      tickCount: 5,
      labelPadding: 8,
    },
  };
  return {
    title: { text: shortened(panel.title, 40), fontSize: 13, offset: 8 },
    ...PANEL,
    layer: [
      {
        data: { values: measured },
        mark: { type: "rule" as const, strokeWidth: 1.5 },
        encoding: { y, color: series.colour, strokeDash: series.dash },
      },
      {
        data: { values },
        mark: { type: "line" as const, strokeWidth: 2 },
        encoding: { x: across(figure, values), y, color: series.colour, strokeDash: series.dash },
      },
      {
        data: { values },
        mark: { type: "point" as const, size: 40, filled: true, opacity: 1 },
        encoding: { x: across(figure, values), y, color: series.colour, shape: series.shape },
      },
    ],
  };
}

/** Ticks stand where points are, and nowhere else. */
function across(figure: CurveFigure, values: readonly { readonly across: number }[]) {
  return {
    field: "across",
    type: QUANTITY,
    axis: {
      title: shortened(figure.across, 40),
      values: [...new Set(values.map((value) => value.across))],
      labelOverlap: false,
      labelFlush: false,
      labelFontSize: 11,
      format: "d",
      grid: false,
    },
  };
}

/** Levels differ in colour and shape; what is calculated and what was measured, in dashes. */
function seriesOf({ names, kinds }: Legend, theme: Theme) {
  const nominal = (field: string, domain: readonly string[], range: readonly unknown[]) => ({
    field,
    type: "nominal" as const,
    scale: { domain: [...domain], range: [...range] as string[] },
  });
  return {
    colour: nominal(
      "name",
      names,
      names.map((_, index) => seriesColour(theme, index)),
    ),
    shape: nominal(
      "name",
      names,
      names.map((_, index) => SHAPES[index % SHAPES.length]),
    ),
    dash: {
      field: "kind",
      type: "nominal" as const,
      scale: { domain: [...kinds], range: kinds.map((_, index) => (index === 0 ? [1, 0] : [5, 3 * index])) },
    },
  };
}

function calculatedData({ name, points }: Curve) {
  return points.map((point) => ({ ...point, name: shortened(name, NAME_CHARACTERS), kind: CALCULATED }));
}

function measuredData({ name, measured }: Curve) {
  return measured === undefined
    ? []
    : [{ up: measured.up, name: shortened(name, NAME_CHARACTERS), kind: measuredBy(measured) }];
}

function measuredBy(measured: Curve["measured"]): string | undefined {
  return measured && `measured by ${shortened(measured.by, NAME_CHARACTERS)}`;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
