import { optional } from "../base/optional.ts";
import type { VerdictKind } from "../stats/verdict.ts";
import type { Of } from "./of.ts";

/** A picture as data; an output draws it. */
export type Figure = BarFigure | RatioFigure | CurveFigure | StackFigure | TimelineFigure;

interface FigureText {
  /** Unique in a report, such as `figure-2` or `cpu-ratios`; names its files. */
  readonly id: string;
  readonly title: string;
  /** The picture in words, with its figures, for who cannot see it. */
  readonly alt: string;
  /** Stands in the picture itself, so that it stays when the picture is copied out; absent for real hardware. */
  readonly label?: string;
  /** The trials behind the whole picture; its parts narrow it down. */
  readonly of?: Of;
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
  /** The trials behind it; absent where it rests on none. */
  readonly of?: Of;
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
  readonly verdict: VerdictKind;
  /** The trials behind it; absent where it rests on none. */
  readonly of?: Of;
}

/** What a quantity becomes as something that is assumed grows, panel beside panel. */
export interface CurveFigure extends FigureText {
  readonly kind: "curves";
  /** What grows, with its unit. */
  readonly across: string;
  /** The quantity, with its unit. */
  readonly up: string;
  readonly panels: readonly CurvePanel[];
}

export interface CurvePanel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

export interface Curve {
  /** Such as `L1`; the same in every panel. */
  readonly name: string;
  readonly points: readonly { readonly across: number; readonly up: number }[];
  /** The same quantity as somebody measured it, whatever is assumed here; absent where nobody did. */
  readonly measured?: { readonly by: string; readonly up: number };
  /** The trials behind it; absent where it rests on none. */
  readonly of?: Of;
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

/** Undefined where there is no stack to draw. */
export function stackFigure(
  id: string,
  title: string,
  stacks: readonly StackColumn[],
  label?: string,
): StackFigure | undefined {
  if (stacks.length === 0) return undefined;
  const alt = `${stacks.map(stackText).join(". ")}.`;
  return { kind: "stacks", id, title, alt, ...optional({ label }), stacks };
}

/** `L1: hardware below KVM below Linux`. */
function stackText({ title, layers }: StackColumn): string {
  return `${title}: ${layers.map(({ name }) => name).join(" below ")}`;
}

/** Which trial ran when, at which level; shows the palindrome and what interrupted it. */
export interface TimelineFigure extends FigureText {
  readonly kind: "timeline";
  readonly spans: readonly TimelineSpan[];
}

export interface TimelineSpan {
  readonly boot: number;
  readonly level: number;
  /** A workload's name. */
  readonly what: string;
  /** Seconds since the run's first trial. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly failed: boolean;
}
