import type { TopLevelSpec } from "vega-lite";

/** What a kind of figure draws, without what all have in common. */
export interface Picture {
  readonly spec: TopLevelSpec;
  /** About how wide it gets, so that its heading can be wrapped. */
  readonly widthPixels: number;
}
