import { Command } from "commander";
import type { Context } from "./context.ts";
import { type CommandEntry, exitCodes } from "./define.ts";

/** A command with all that is known of it before its code is loaded. */
export function described(command: Command, entry: CommandEntry): Command {
  for (const { form, about } of entry.operands) command.argument(form, about);
  return command
    .description(entry.about)
    .helpOption("-h, --help", "this text")
    .addHelpText("after", `\n${moreHelp(entry)}`);
}

/** The command with its options too, for those who describe it and do not run it. */
export async function loaded(entry: CommandEntry, context: Context): Promise<Command> {
  const command = described(new Command(entry.name), entry);
  const define = await entry.load();
  define(command, context, async () => {});
  return command;
}

/** Columns of a terminal that nobody has made wider. */
const WIDTH = 80;

function moreHelp(entry: CommandEntry): string {
  const column = Math.max(...entry.examples.map(([line]) => line.length)) + 2;
  const beside = entry.examples.every(([, does]) => 2 + column + does.length <= WIDTH);
  return [
    "Examples:",
    ...entry.examples.flatMap(([line, does]) =>
      beside ? [`  ${line.padEnd(column)}${does}`] : [`  ${line}`, `      ${does}`],
    ),
    "",
    "Exit codes:",
    ...exitCodes(entry).map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`),
  ].join("\n");
}
