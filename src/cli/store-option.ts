import type { Command } from "commander";

/** In a file of its own, so that a command that takes nothing else loads nothing else. */
export function takesStore(command: Command): Command {
  return command.option("--store <file>", "the store to use (or DVIRT_STORE)");
}
