import type { RatioEstimate } from "./stats/ratio.ts";
import { significant } from "./units.ts";

/** A share as `12.6%`, signed on demand; `--` where there is none. */
export function percent(value: number | undefined, form: "signed" | "plain"): string {
  if (value === undefined || !Number.isFinite(value)) return "--";
  const text = `${significant(value * 100, 3)}%`;
  return form === "signed" && value > 0 ? `+${text}` : text;
}

/** `0.87 [0.85, 0.89]`, or the ratio alone where it has no interval. */
export function ratioText(estimate: RatioEstimate): string {
  const ratio = significant(estimate.ratio, 3);
  return estimate.standardError === undefined
    ? `${ratio} (no interval)`
    : `${ratio} [${significant(estimate.low, 3)}, ${significant(estimate.high, 3)}]`;
}

/** `0.8512 to 0.8934`, or `--` where there is no interval. */
export function intervalText(estimate: RatioEstimate): string {
  return estimate.standardError === undefined
    ? "--"
    : `${significant(estimate.low, 4)} to ${significant(estimate.high, 4)}`;
}

/** Two digits, or that it is below one in ten thousand; `--` where there is none. */
export function pText(p: number | undefined): string {
  if (p === undefined) return "--";
  return p < 0.0001 ? "<0.0001" : significant(p, 2);
}
