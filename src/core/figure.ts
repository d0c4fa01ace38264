import type { Verdict } from "./stats/verdict.ts";

/** A picture as data; an output draws it. */
export type Figure = BarFigure | RatioFigure | StackFigure | TimelineFigure;

interface FigureText {
  /** Unique in a report, such as `figure-2` or `cpu-ratios`; names its files. */
  readonly id: string;
  readonly title: string;
  /** The picture in words, with its figures, for who cannot see it. */
  readonly alt: string;
  /** Stands in the picture itself, so that it stays when the picture is copied out; absent for real hardware. */
  readonly label?: string;
}

/** The study's figures 2 to 16: bars by level and platform with standard errors, panel beside panel. */
export interface BarFigure extends FigureText {
  readonly kind: "bars";
  readonly panels: readonly BarPanel[];
}

export interface BarPanel {
  /** Such as `Transactional throughput`. */
  readonly title: string;
  /** Of `value`, such as `transactions/s` or `ms`. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly platform: string;
  /** Such as `L1`. */
  readonly level: string;
  readonly value: number;
  readonly standardError: number | undefined;
  /** One value per boot, so that nobody has to trust the bar; empty for published means. */
  readonly points: readonly number[];
}

/** Ratios with their intervals against 1 and the margin of equivalence. */
export interface RatioFigure extends FigureText {
  readonly kind: "ratios";
  /** What the ratio is of, such as `throughput relative to the level named`. */
  readonly axis: string;
  /** 0.02: between 1/1.02 and 1.02 counts as equivalent. */
  readonly margin: number;
  readonly rows: readonly RatioRow[];
}

export interface RatioRow {
  readonly group: string;
  /** Such as `L2 to L1`. */
  readonly name: string;
  readonly ratio: number;
  /** Absent where the interval has no such end (one boot, or an unbounded one). */
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly verdict: Verdict["kind"];
}

/** The study's figure 1: what runs on what, one column per measured configuration. */
export interface StackFigure extends FigureText {
  readonly kind: "stacks";
  readonly stacks: readonly StackColumn[];
}

export interface StackColumn {
  /** Such as `x86_64-kvm, L2`. */
  readonly title: string;
  /** From the ground up. */
  readonly layers: readonly { readonly name: string; readonly detail: string }[];
}

/** `L1: hardware below KVM below Linux.` */
export function stackText(stacks: readonly StackColumn[]): string {
  const each = stacks.map(
    ({ title, layers }) => `${title}: ${layers.map(({ name }) => name).join(" below ")}`,
  );
  return `${each.join(". ")}.`;
}

/** Which trial ran when, at which level; shows the palindrome and what interrupted it. */
export interface TimelineFigure extends FigureText {
  readonly kind: "timeline";
  readonly spans: readonly TimelineSpan[];
}

export interface TimelineSpan {
  readonly boot: number;
  /** Such as `L1`. */
  readonly level: string;
  /** A workload's name. */
  readonly what: string;
  /** Seconds since the run's first trial. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly failed: boolean;
}
