import type { Command } from "commander";
import { type Context, EXIT, type ExitCode } from "./context.ts";
import { type CommandEntry, type Define, exitCodes } from "./define.ts";
import { loaded } from "./described.ts";

export const defineMan =
  (entries: readonly CommandEntry[]): Define =>
  (command, context, end) => {
    command.action(() => end(manCommand(context, entries)));
  };

/** `dvirt man`: the man page, as groff reads it (man(7)). */
async function manCommand(context: Context, entries: readonly CommandEntry[]): Promise<ExitCode> {
  const parts: string[] = [];
  for (const entry of entries) parts.push(commandPart(entry, await loaded(entry, context)));
  context.output.write(`.TH DVIRT 1 "" "dvirt ${roff(context.version)}" "User Commands"
.SH NAME
dvirt \\- measure what each layer of virtualization costs
.SH SYNOPSIS
.B dvirt
.I COMMAND
[options] [operands]
.SH DESCRIPTION
dvirt brings up a stack of virtual machines, measures the same workloads at every level (L0 is the computer, L1 a guest,
L2 a guest of that guest), and says what each layer costs, with intervals.
.SH COMMANDS
${parts.join("\n")}
.SH ENVIRONMENT
.TP
.B DVIRT_STORE
the store, in place of ~/.local/share/dvirt/store.sqlite
.TP
.B XDG_CACHE_HOME
where images and data sets are kept, in a folder dvirt
.TP
.B NO_COLOR
where it is set, no colours are shown
`);
  return EXIT.fine;
}

function commandPart(entry: CommandEntry, command: Command): string {
  const term = (name: string, about: string) => `.TP\n.B ${roff(name)}\n${roff(about)}`;
  return [
    `.SS dvirt ${roff([entry.name, ...entry.operands.map(({ form }) => form)].join(" "))}`,
    roff(`${entry.about}.`),
    ...entry.operands.map(({ form, about }) => term(form, about)),
    ...command.options.map(({ flags, description, argChoices }) =>
      term(flags, argChoices ? `${description}: ${argChoices.join(", ")}` : description),
    ),
    ".PP\nExamples:",
    ...entry.examples.map(([line, does]) => term(line, does)),
    ".PP\nExit codes:",
    ...exitCodes(entry).map(([code, meaning]) => term(code, meaning)),
  ].join("\n");
}

/** No character of the text is a command to groff. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1");
}
