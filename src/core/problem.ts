import { printable } from "./printable.ts";

/** An expected failure: what was found, where, and what to try. Bugs throw instead. */
export interface Problem {
  /** A short kebab-case name that scripts and tests can rely on. */
  readonly code: string;
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

export function failed(...problems: readonly Problem[]): {
  readonly ok: false;
  readonly problems: readonly Problem[];
} {
  return { ok: false, problems };
}

/** The text that a person sees, over as many lines as there is to say. */
export function problemText(problem: Problem): string {
  const lines = [
    `error[${problem.code}]${problem.at === undefined ? "" : ` ${problem.at}`}: ${problem.what}`,
  ];
  if (problem.hint !== undefined) lines.push(`  try: ${problem.hint}`);
  if (problem.evidence !== undefined && problem.evidence.trim() !== "") {
    lines.push(
      ...problem.evidence
        .trimEnd()
        .split("\n")
        .map((line) => `  | ${line}`),
    );
  }
  return printable(lines.join("\n"));
}
