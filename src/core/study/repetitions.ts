import { z } from "zod";
import { optional } from "../base/optional.ts";
import { parseDuration, parsePercent, percentText } from "../base/units.ts";
import { plainIssue } from "./plain-issue.ts";
import { quantity } from "./quantity.ts";

/** How often everything is measured. */
export type Repetitions = FixedRepetitions | AdaptiveRepetitions;

/** As often as it says, whatever comes out. */
export interface FixedRepetitions {
  readonly kind: "fixed";
  /** Fresh bring-ups of the stack: the number of replicates. */
  readonly boots: number;
  /** Trials of each workload per level and direction within a boot. */
  readonly runs: number;
  /** The deepest level is measured on the way up alone, where the way turns; absent where it is measured twice there. */
  readonly deepest?: "once";
}

/** Until the intervals are as narrow as asked, whatever they say. */
export interface AdaptiveRepetitions {
  readonly kind: "until";
  /** Relative: 0.05 asks for headline ratios whose interval reaches 5% to either side. */
  readonly ratioHalfWidth: number;
  readonly boots: { readonly minimum: number; readonly maximum: number };
  readonly runs: { readonly maximum: number };
  /** No boot begins that would not end within it; absent where there is no limit. */
  readonly budgetSeconds?: number;
}

/** The most that a study may ask for. */
export const MOST = { boots: 10_000, runs: 1000 } as const;

/**
 * With fewer boots in the pilot the spread is guessed so badly that intervals, stopped when they look narrow, hold the
 * truth too rarely (docs/statistics.md).
 */
const LEAST_PILOT = 6;

/** Beyond these boots cost more than what they buy: the width falls with their square root. */
const USUAL = { boots: 40, runs: 4 } as const;

const fixed = z
  .strictObject({
    boots: z.int().min(1).max(MOST.boots),
    runs: z.int().min(1).max(MOST.runs).default(1),
    deepest: z.enum(["once", "twice"]).default("twice"),
  })
  .transform(
    ({ deepest, ...given }): FixedRepetitions => ({
      kind: "fixed",
      ...given,
      ...(deepest === "once" ? { deepest } : {}),
    }),
  );

export function parseHalfWidth(text: string): number | undefined {
  return parsePercent(text, (share) => share >= 0.001 && share < 1);
}

const halfWidth = quantity(parseHalfWidth, "no half-width; write it like 5%, from 0.1% to 99%");

const duration = quantity(parseDuration, "no duration; write it like 90s, 45min or 2h");

const boots = z.int().min(LEAST_PILOT).max(MOST.boots);

const adaptive = z
  .strictObject({
    until: z.strictObject({ ratioHalfWidth: halfWidth }),
    boots: z
      .strictObject({ minimum: boots.default(LEAST_PILOT), maximum: boots.default(USUAL.boots) })
      .prefault({}),
    runs: z.strictObject({ maximum: z.int().min(1).max(MOST.runs).default(USUAL.runs) }).prefault({}),
    budget: duration.optional(),
  })
  .check(({ value, issues }) => {
    if (value.boots.minimum <= value.boots.maximum) return;
    issues.push({
      code: "custom",
      input: value,
      path: ["boots", "maximum"],
      message: `the maximum is below the minimum of ${value.boots.minimum}`,
    });
  })
  .transform(
    ({ until, boots, runs, budget }): AdaptiveRepetitions => ({
      kind: "until",
      ...until,
      boots,
      runs,
      ...optional({ budgetSeconds: budget }),
    }),
  );

/** Both forms, for a list of all their keys. */
export const repetitionsForms = z.union([fixed, adaptive]);

/** As a study says it: with `until` the one kind, without it the other. */
export const repetitionsSchema = z.looseObject({}).transform((given, context): Repetitions => {
  const parsed = ("until" in given ? adaptive : fixed).safeParse(given, { error: plainIssue });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const { path, message } = issue;
    if (issue.code === "unrecognized_keys") {
      context.issues.push({ code: issue.code, keys: issue.keys, path, message, input: given });
    } else context.issues.push({ code: "custom", path, message, input: given });
  }
  return z.NEVER;
});

/** Back as a study says it. */
export function repetitionsDocument(repetitions: Repetitions): Readonly<Record<string, unknown>> {
  if (repetitions.kind === "fixed") {
    const { boots, runs, deepest } = repetitions;
    return { boots, runs, ...optional({ deepest }) };
  }
  const { ratioHalfWidth, boots, runs, budgetSeconds } = repetitions;
  return {
    until: { ratioHalfWidth: percentText(ratioHalfWidth) },
    boots,
    runs,
    ...(budgetSeconds === undefined ? {} : { budget: `${budgetSeconds}s` }),
  };
}

/** How the command line turns a study's repetitions into others. */
export interface RepetitionOptions {
  readonly boots?: number;
  readonly runs?: number;
  /** Relative. */
  readonly until?: number;
  readonly budget?: number;
}

/** Numbers of boots or runs make any study a fixed one, a half-width or a budget an adaptive one. */
export function withOptions(own: Repetitions, options: RepetitionOptions): Repetitions {
  const { until, budget } = options;
  if (until !== undefined || (budget !== undefined && own.kind === "until")) {
    const base = own.kind === "until" ? own : undefined;
    const budgetSeconds = budget ?? base?.budgetSeconds;
    const maximum = options.boots ?? base?.boots.maximum ?? USUAL.boots;
    return {
      kind: "until",
      ratioHalfWidth: until ?? base?.ratioHalfWidth ?? 0,
      boots: { minimum: Math.min(base?.boots.minimum ?? LEAST_PILOT, maximum), maximum },
      runs: { maximum: options.runs ?? base?.runs.maximum ?? USUAL.runs },
      ...optional({ budgetSeconds }),
    };
  }
  if (options.boots === undefined && options.runs === undefined) return own;
  const fallback: Omit<FixedRepetitions, "kind"> =
    own.kind === "fixed" ? own : { boots: own.boots.minimum, runs: 1 };
  const { boots = fallback.boots, runs = fallback.runs } = options;
  return { ...fallback, kind: "fixed", boots, runs };
}
