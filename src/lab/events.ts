import type { Problem } from "../core/base/problem.ts";
import type { Driver } from "../core/machine/driver.ts";
import type { Outcome } from "../core/trial/observation.ts";
import type { Boot, Trial } from "../core/trial/plan.ts";
import type { MachineRecord } from "./ports.ts";

/** What happens to one stack. */
export type StackEvent =
  | {
      readonly kind: "boot-started";
      /** Its name; absent where the study has no factors. */
      readonly condition?: string;
      readonly pending: number;
      readonly bringUp: number;
    }
  | { readonly kind: "machine-starting"; readonly level: number; readonly driver: Driver }
  | ({ readonly kind: "machine-ready" } & Pick<
      MachineRecord,
      "level" | "readySeconds" | "sinceLaunchSeconds"
    >)
  | { readonly kind: "machine-stopped"; readonly level: number }
  | { readonly kind: "trial-started"; readonly trial: Trial }
  | {
      readonly kind: "trial-ended";
      readonly trial: Trial;
      /** The machine was lost under it: it is executed again. */
      readonly lost: boolean;
      /** It is doubted and executed again. */
      readonly again: boolean;
      readonly outcome: Outcome;
      readonly seconds: number;
    }
  | { readonly kind: "stack-lost"; readonly problem: Problem; readonly again: boolean }
  /** Nothing of it is left to measure. */
  | { readonly kind: "boot-ended" };

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
  /** Boots may be measured side by side, so what happens to a stack says whose it is. */
  | (StackEvent & { readonly boot: Boot["index"] })
  | { readonly kind: "run-ended"; readonly run: string };

export type EventSink = (event: LabEvent) => void;

export type StackEventSink = (event: StackEvent) => void;
