import type { Verdict } from "../core/observation.ts";
import type { Boot, Trial } from "../core/plan.ts";
import type { Problem } from "../core/problem.ts";

/** What happens in the lab, as it happens; whoever shows progress renders these and nothing else. */
export type LabEvent =
  | {
      readonly kind: "run-started";
      readonly run: string;
      /** Trials that were in the store already. */
      readonly done: number;
    }
  /** Which trials the next boot has, in the store or not. */
  | { readonly kind: "boot-planned"; readonly trials: readonly Trial[] }
  | {
      readonly kind: "boot-started";
      readonly boot: Boot["index"];
      /** Its name; absent where the study has no factors. */
      readonly condition?: string;
      readonly pending: number;
      readonly bringUp: number;
    }
  | { readonly kind: "machine-starting"; readonly level: number; readonly driver: string }
  | {
      readonly kind: "machine-ready";
      readonly level: number;
      readonly readySeconds: number;
      readonly sinceLaunchSeconds: number;
    }
  | { readonly kind: "machine-stopped"; readonly level: number }
  | { readonly kind: "trial-started"; readonly trial: Trial }
  | {
      readonly kind: "trial-ended";
      readonly trial: Trial;
      /** The machine was lost under it: it is executed again. */
      readonly lost: boolean;
      /** It is doubted and executed again. */
      readonly again: boolean;
      readonly verdict: Verdict;
      readonly seconds: number;
    }
  | { readonly kind: "stack-lost"; readonly problem: Problem; readonly again: boolean }
  | { readonly kind: "run-ended"; readonly run: string };

export type EventSink = (event: LabEvent) => void;
