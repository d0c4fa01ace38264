import type { Command } from "commander";
import type { Context, ExitCode } from "./context.ts";

/** Gives a command its arguments and options, and what it does; its exit code goes to `end`. */
export type Define = (
  command: Command,
  context: Context,
  end: (running: Promise<ExitCode>) => Promise<void>,
) => void;
