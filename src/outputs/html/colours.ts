import type { Tone } from "../../core/stats/verdict.ts";
import { THEMES, type Theme } from "../vega-theme.ts";

const TONES: readonly Tone[] = ["slower", "faster", "equivalent", "inconclusive"];

/** A theme that names the page's custom properties, so that one picture serves light, dark and paper. */
export const PAGE_THEME: Theme = {
  font: THEMES.light.font,
  paper: "var(--paper)",
  ink: "var(--ink)",
  muted: "var(--muted)",
  faint: "var(--faint)",
  band: "var(--band)",
  warning: "var(--warning)",
  series: THEMES.light.series.map((_, index) => `var(--series-${index})`),
  tones: {
    slower: "var(--slower)",
    faster: "var(--faster)",
    equivalent: "var(--equivalent)",
    inconclusive: "var(--inconclusive)",
  },
};

/** The declarations that give a theme's colours to a page. */
export function customProperties(name: keyof typeof THEMES): string {
  const theme = THEMES[name];
  const own = (["paper", "ink", "muted", "faint", "band", "warning"] as const).map(
    (key) => `--${key}:${theme[key]}`,
  );
  const series = theme.series.map((colour, index) => `--series-${index}:${colour}`);
  const tones = TONES.map((tone) => `--${tone}:${theme.tones[tone]}`);
  return [`color-scheme:${name}`, ...own, ...series, ...tones].join(";");
}
