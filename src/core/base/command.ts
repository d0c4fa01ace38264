/** A command to run on a machine: an argv array, never a shell line (quoting happens in one adapter). */
export interface Command {
  readonly argv: readonly string[];
  /** The limit of the whole execution. */
  readonly timeoutSeconds: number;
  /** Text for standard input; without it the command reads end of file. */
  readonly stdin?: string;
}

/** A script for `sh`, with `$0`, `$1` and so on. */
export function shellCommand(script: string, timeoutSeconds: number, ...words: readonly string[]): Command {
  return { argv: ["sh", "-c", script, ...words], timeoutSeconds };
}

/** What an execution left behind, whichever way it ended. */
export interface Completed {
  readonly end:
    | { readonly kind: "exited"; readonly code: number }
    | { readonly kind: "killed"; readonly signal: string }
    | { readonly kind: "timed-out"; readonly limitSeconds: number }
    | { readonly kind: "lost"; readonly what: string }
    | { readonly kind: "not-run"; readonly what: string };
  /** Text that can be made bytes again (adapters/raw-text.ts): what is no UTF-8 is in it as half characters. */
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes in the middle of standard output that were not kept; absent where all of it is there. */
  readonly leftOutBytes?: number;
  /** Wall-clock seconds by the clock of the machine that dvirt runs on. */
  readonly seconds: number;
}

export function succeeded(completed: Completed): boolean {
  return completed.end.kind === "exited" && completed.end.code === 0;
}

/** The end of what a command said, for evidence. */
export function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}

/** How it ended, in words: `exit code 1`, `no end after 30 s`. */
export function endText(end: Completed["end"]): string {
  switch (end.kind) {
    case "exited":
      return `exit code ${end.code}`;
    case "killed":
      return `killed by ${end.signal}`;
    case "timed-out":
      return `no end after ${end.limitSeconds} s`;
    case "lost":
    case "not-run":
      return end.what;
  }
}
