import type { ProblemCode } from "./problem-codes.ts";

/** An expected failure: what was found, where, and what to try. Bugs throw instead. */
export interface Problem {
  readonly code: ProblemCode;
  /** The place: `file:line`, a level such as `L1`, or a trial's id. */
  readonly at?: string;
  readonly what: string;
  /** One thing to try, as a command or a change to make. */
  readonly hint?: string;
  /** Evidence worth keeping with the message, such as the end of a console. */
  readonly evidence?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(...problems: readonly Problem[]): Extract<Result<unknown>, { ok: false }> {
  return { ok: false, problems };
}

/** What checks found, each of which may have found nothing. */
export function problemsOf(
  ...found: readonly (Problem | undefined | readonly (Problem | undefined)[])[]
): readonly Problem[] {
  return found.flat().filter((one) => one !== undefined);
}

/** The text that a person sees, over as many lines as there is to say. */
export function problemText(problem: Problem): string {
  const { code, at, what, hint, evidence = "" } = problem;
  const lines = [`error[${code}]${at === undefined ? "" : ` ${at}`}: ${what}`];
  if (hint !== undefined) lines.push(`  try: ${hint}`);
  if (evidence.trim() !== "") lines.push(`  | ${evidence.trimEnd().replaceAll("\n", "\n  | ")}`);
  return printable(lines.join("\n"));
}

/** Text from machines and studies for a terminal: control characters, which could move its cursor, become `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "?");
}
