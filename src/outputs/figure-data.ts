import { optional } from "../core/base/optional.ts";
import { figures, type Table, table, words } from "../core/document/document.ts";
import type {
  BarFigure,
  CurveFigure,
  Figure,
  RatioFigure,
  StackFigure,
  TimelineFigure,
} from "../core/document/figure.ts";

/** The figures that a picture draws, for who cannot see it or does not trust it. */
export function figureData(figure: Figure): Table {
  switch (figure.kind) {
    case "bars":
      return barData(figure);
    case "ratios":
      return ratioData(figure);
    case "curves":
      return curveData(figure);
    case "stacks":
      return stackData(figure);
    case "timeline":
      return timelineData(figure);
  }
}

/** What the tables of all figures have in common. */
function dataOf({ id, title, of }: Figure) {
  return { id: `${id}-data`, title: `Data of: ${title}`, ...optional({ all: of }) };
}

function barData(figure: BarFigure): Table {
  const bars = figure.panels.flatMap(({ title, unit, bars: own }) =>
    own.map((bar) => ({ ...bar, title, unit })),
  );
  return table(bars, {
    ...dataOf(figure),
    columns: [
      words("quantity", ({ title }) => title),
      words("unit", ({ unit }) => unit),
      words("platform", ({ platform }) => platform),
      words("level", ({ level }) => level),
      figures("mean", ({ value }) => number(value)),
      figures("standard error", ({ standardError }) => number(standardError)),
      words("each boot", ({ points }) => points.map(number).join(", ")),
    ],
    of: ({ of }) => of,
  });
}

function ratioData(figure: RatioFigure): Table {
  return table(figure.rows, {
    ...dataOf(figure),
    columns: [
      words("", ({ group }) => group),
      words("levels", ({ name }) => name),
      figures("ratio", ({ ratio }) => number(ratio)),
      figures("low", ({ low }) => number(low)),
      figures("high", ({ high }) => number(high)),
      words("verdict", ({ verdict }) => verdict),
    ],
    of: ({ of }) => of,
  });
}

function curveData(figure: CurveFigure): Table {
  const points = figure.panels.flatMap(({ title, curves }) =>
    curves.flatMap(({ name, points: own, measured, of }) =>
      own.map((point) => ({ ...point, title, name, measured, of })),
    ),
  );
  return table(points, {
    ...dataOf(figure),
    columns: [
      words("panel", ({ title }) => title),
      words("curve", ({ name }) => name),
      figures(figure.across, ({ across }) => number(across)),
      figures(figure.up, ({ up }) => number(up)),
      figures("measured", ({ measured }) => number(measured?.up)),
      words("by", ({ measured }) => measured?.by),
    ],
    of: ({ of }) => of,
  });
}

function stackData(figure: StackFigure): Table {
  return table(figure.stacks, {
    ...dataOf(figure),
    columns: [
      words("configuration", ({ title }) => title),
      words("from the ground up", ({ layers }) =>
        layers.map(({ name, detail }) => (detail === "" ? name : `${name} (${detail})`)).join("; "),
      ),
    ],
  });
}

function timelineData(figure: TimelineFigure): Table {
  return table(figure.spans, {
    ...dataOf(figure),
    columns: [
      figures("boot", ({ boot }) => boot),
      words("level", ({ level }) => `L${level}`),
      words("workload", ({ what }) => what),
      figures("from (s)", ({ fromSeconds }) => fromSeconds.toFixed(1)),
      figures("to (s)", ({ toSeconds }) => toSeconds.toFixed(1)),
      words("", ({ failed }) => (failed ? "failed" : "")),
    ],
    of: ({ what, level, boot }) => ({ workload: what, level, boot }),
  });
}

/** Six digits: more than any measurement has. */
function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Number(value.toPrecision(6)));
}
