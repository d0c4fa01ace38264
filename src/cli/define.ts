import type { Command } from "commander";
import type { Context, ExitCode } from "./context.ts";

/** Gives a command its options, and what it does; its exit code goes to `end`. */
export type Define = (
  command: Command,
  context: Context,
  end: (running: Promise<ExitCode>) => Promise<void>,
) => void;

/** What is said of a command wherever it is described: its help, the man page, a shell's completion. */
export interface CommandEntry {
  readonly name: string;
  readonly about: string;
  readonly operands: readonly Operand[];
  /** Whether what stands behind `--` is a command of the user's own. */
  readonly takesCommand?: true;
  /** What it does beyond what it prints: where that cannot be written, this still counts. */
  readonly leaves?: true;
  /** Command lines that somebody may want, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** What an exit code means beside those that every command has. */
  readonly exits: { readonly [code in 1 | 69 | 130]?: string };
  /** The rest of the command is loaded when it is called. */
  readonly load: () => Promise<Define>;
}

export interface Operand {
  /** `[name]` where it may be left out, `<name>` where not. */
  readonly form: string;
  readonly about: string;
  /** What a shell can complete it with: the names of studies, of runs, or these words. */
  readonly words?: "studies" | "runs" | readonly string[];
}

/** Every exit code of a command with its meaning, in order. */
export function exitCodes({ exits }: CommandEntry): readonly (readonly [code: string, meaning: string])[] {
  const all = {
    0: "fine",
    2: "the command line, a study or a name in it is wrong",
    70: "a bug in dvirt",
    ...exits,
  };
  return Object.entries(all);
}
