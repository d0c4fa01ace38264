import type { TopLevelSpec } from "vega-lite";
import type { Tone } from "../core/stats/verdict.ts";

/** Colours of a picture; any text that a colour may be in the place where the picture stands. */
export interface Theme {
  readonly font: string;
  readonly paper: string;
  readonly ink: string;
  /** Axis titles, details. */
  readonly muted: string;
  /** Grid lines and the boxes' edges. */
  readonly faint: string;
  /** The margin of equivalence, the boxes of a stack. */
  readonly band: string;
  /** The label of emulated and simulated hardware. */
  readonly warning: string;
  /** Platforms or workloads, in order. */
  readonly series: readonly string[];
  readonly tones: Readonly<Record<Tone, string>>;
}

/**
 * The hues are Okabe and Ito's, which stay apart for colour-blind readers (Okabe and Ito, "Color Universal
 * Design", 2008), ordered and darkened or lightened so that each keeps a contrast of 3 to 1 with the paper.
 */
export const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    font: "system-ui, sans-serif",
    paper: "#ffffff",
    ink: "#1c2126",
    muted: "#56606a",
    faint: "#d9dee3",
    band: "#eef1f4",
    warning: "#9a3c00",
    series: ["#0072b2", "#d55e00", "#008f69", "#b3609a", "#a87300", "#2f8fcb"],
    tones: { slower: "#d55e00", faster: "#008f69", equivalent: "#0072b2", inconclusive: "#6b757f" },
  },
  dark: {
    font: "system-ui, sans-serif",
    paper: "#14181c",
    ink: "#e8ecef",
    muted: "#a3adb6",
    faint: "#363e46",
    band: "#232a31",
    warning: "#ffb070",
    series: ["#56b4e9", "#f0894a", "#2dbf95", "#d99fc4", "#f0e442", "#8fa8ff"],
    tones: { slower: "#f0894a", faster: "#2dbf95", equivalent: "#56b4e9", inconclusive: "#a3adb6" },
  },
};

/** For pictures whose text must come out alike on every machine, with the font that dvirt brings. */
export const PRINT_THEME: Theme = { ...THEMES.light, font: "Inter" };

/** The colour of the nth series; after the last the first comes again. */
export function seriesColour(theme: Theme, index: number): string {
  return theme.series[index % theme.series.length] ?? theme.ink;
}

/** What a kind of figure draws, without what all have in common. */
export interface Picture {
  readonly spec: TopLevelSpec;
  /** About how wide it gets, so that its heading can be wrapped. */
  readonly widthPixels: number;
}

/** A machine without any font would draw pictures without words, and so without their label: dvirt brings one. */
export function fontFiles(): readonly string[] {
  return [
    import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
    import.meta.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
  ].map((address) => decodeURIComponent(new URL(address).pathname));
}
