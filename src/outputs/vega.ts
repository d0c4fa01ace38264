import type { TopLevelSpec } from "vega-lite";
import { optional } from "../core/base/optional.ts";
import type { Figure } from "../core/document/figure.ts";
import { barsPicture } from "./vega-bars.ts";
import { curvesPicture } from "./vega-curves.ts";
import { ratiosPicture } from "./vega-ratios.ts";
import { stacksPicture } from "./vega-stacks.ts";
import type { Picture, Theme } from "./vega-theme.ts";
import { timelinePicture } from "./vega-timeline.ts";
import { shortened, shortLabel, visibleLine, wrapped } from "./visible-text.ts";

/**
 * A figure as a Vega-Lite 6 specification: plain JSON that holds its data and asks for nothing from elsewhere.
 * The title is left out where it stands above the picture already; the label never is.
 */
export function figureSpec(figure: Figure, theme: Theme, title: "inside" | "outside"): TopLevelSpec {
  const { spec, widthPixels } = picture(figure, theme);
  const head = heading(figure, widthPixels, title, theme);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: visibleLine(figure.alt),
    ...optional({ title: head }),
    background: theme.paper,
    padding: title === "inside" ? 12 : 2,
    config: config(theme),
    ...spec,
  };
}

function picture(figure: Figure, theme: Theme): Picture {
  switch (figure.kind) {
    case "bars":
      return barsPicture(figure, theme);
    case "ratios":
      return ratiosPicture(figure, theme);
    case "curves":
      return curvesPicture(figure, theme);
    case "stacks":
      return stacksPicture(figure, theme);
    case "timeline":
      return timelinePicture(figure, theme);
  }
}

/** Where the title stands above the picture already, the label takes its place. */
function heading(
  { title, label }: Figure,
  widthPixels: number,
  place: "inside" | "outside",
  theme: Theme,
): NonNullable<TopLevelSpec["title"]> | undefined {
  const lines = label === undefined ? [] : [...wrapped(shortLabel(label), widthPixels / LABEL_CHARACTER)];
  if (place === "inside") {
    return {
      text: [...wrapped(shortened(title, 240), widthPixels / TITLE_CHARACTER)],
      ...(lines.length === 0 ? {} : { subtitle: lines }),
    };
  }
  return lines.length === 0
    ? undefined
    : { text: lines, color: theme.warning, fontSize: LABEL_SIZE, lineHeight: LABEL_SIZE + 4 };
}

const TITLE_SIZE = 16;
const LABEL_SIZE = 12;
/** Pixels per character, in the widest of common fonts. */
const TITLE_CHARACTER = 10;
const LABEL_CHARACTER = 7.6;

function config(theme: Theme): NonNullable<TopLevelSpec["config"]> {
  return {
    // The picture as a whole is described, not each of its marks.
    aria: false,
    font: theme.font,
    view: { stroke: null },
    title: {
      anchor: "start",
      frame: "bounds",
      color: theme.ink,
      fontSize: TITLE_SIZE,
      fontWeight: 600,
      offset: 14,
      subtitleColor: theme.warning,
      subtitleFontSize: LABEL_SIZE,
      subtitleFontWeight: 600,
      subtitleLineHeight: LABEL_SIZE + 4,
      subtitlePadding: 5,
    },
    axis: {
      labelColor: theme.ink,
      labelFontSize: 12,
      labelLimit: 0,
      titleColor: theme.muted,
      titleFontSize: 12,
      titleFontWeight: 400,
      titleLimit: 0,
      titlePadding: 8,
      domainColor: theme.muted,
      tickColor: theme.muted,
      gridColor: theme.faint,
      tickSize: 4,
    },
    legend: {
      labelColor: theme.ink,
      labelFontSize: 12,
      labelLimit: 320,
      title: null,
      orient: "top",
      columnPadding: 4,
      padding: 0,
      offset: 10,
    },
    text: { color: theme.ink, fontSize: 12 },
    rule: { color: theme.ink },
    tick: { color: theme.ink },
  };
}
