import { join } from "node:path";
import type { Option } from "commander";
import { namesIn } from "../adapters/files.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import type { CommandEntry, Define, Operand } from "./define.ts";
import { loaded } from "./described.ts";

export const defineCompletion =
  (entries: readonly CommandEntry[]): Define =>
  (command, context, end) => {
    command.action((shell: string) => end(completionCommand(context, entries, shell)));
  };

/** A command as a shell completes it. */
interface Completed {
  readonly name: string;
  readonly about: string;
  /** A shell's command that prints what its operand may be; empty where only a file can be meant. */
  readonly words: string;
  readonly options: readonly Option[];
}

const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = { bash, zsh, fish };

/** `dvirt completion SHELL`: a script for it. */
async function completionCommand(
  context: Context,
  entries: readonly CommandEntry[],
  shell: string,
): Promise<ExitCode> {
  const script = SHELLS[shell];
  if (script === undefined) {
    return tell(context, [
      {
        code: "bad-option",
        at: "completion",
        what: `there is no completion for ${JSON.stringify(shell)}`,
        hint: `one of: ${Object.keys(SHELLS).join(", ")}`,
      },
    ]);
  }
  const studies = (await namesIn(join(context.home, "studies"))).map((name) => name.replace(/\.yaml$/, ""));
  const commands: Completed[] = [];
  for (const entry of entries) {
    const { name, about, operands } = entry;
    const { options } = await loaded(entry, context);
    commands.push({ name, about, words: wordsCommand(operands[0], studies), options });
  }
  context.output.write(script(commands));
  return EXIT.fine;
}

function wordsCommand(operand: Operand | undefined, studies: readonly string[]): string {
  const words = operand?.words === "studies" ? studies : operand?.words;
  if (words === undefined) return "";
  return words === "runs" ? "dvirt list --names 2>/dev/null" : `printf '%s\\n' ${words.join(" ")}`;
}

function bash(commands: readonly Completed[]): string {
  const options = (one: Completed) => one.options.map(({ long }) => long).join(" ");
  const choices = new Map(
    commands.flatMap((one) =>
      one.options.flatMap(({ long, argChoices }) => (argChoices ? [[long, argChoices.join(" ")]] : [])),
    ),
  );
  return `# dvirt completion bash
_dvirt() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} help" -- "$word"))
    return
  fi
  case $before in
${[...choices].map(([long, words]) => `    ${long}) COMPREPLY=($(compgen -W "${words}" -- "$word")); return ;;`).join("\n")}
  esac
  case \${COMP_WORDS[1]} in
${commands.map((one) => bashCase(one, options(one))).join("\n")}
  esac
}
complete -o default -F _dvirt dvirt ./dvirt
`;
}

function bashCase({ name, words }: Completed, options: string): string {
  return `    ${name})
      case $word in
        -*) COMPREPLY=($(compgen -W "${options}" -- "$word")) ;;
        *) COMPREPLY=($(compgen -W "${words === "" ? "" : `$(${words})`}" -- "$word")) ;;
      esac ;;`;
}

function zsh(commands: readonly Completed[]): string {
  return `#compdef dvirt
# dvirt completion zsh
_dvirt() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(
${commands.map(({ name, about }) => `      ${quoted(`${name}:${about}`)}`).join("\n")}
    )
    _describe command commands
    return
  fi
  local called=$words[2]
  shift words
  (( CURRENT-- ))
  case $called in
${commands.map(zshCase).join("\n")}
  esac
}
if [ "$funcstack[1]" = _dvirt ]; then _dvirt "$@"; else compdef _dvirt dvirt; fi
`;
}

function zshCase({ name, words, options }: Completed): string {
  const each = options.map((option) => {
    const about = option.description.replaceAll(/[[\]:\\]/g, "\\$&");
    const value = option.argChoices ? `:value:(${option.argChoices.join(" ")})` : ":value:_files";
    return quoted(`${option.long}[${about}]${option.required ? value : ""}`);
  });
  const rest = quoted(words === "" ? "*:file:_files" : `*:name:{ compadd -- $(${words}); _files }`);
  return `    ${name}) _arguments ${[...each, rest].join(" \\\n        ")} ;;`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, about, words, options }) => {
    const inside = `complete -c dvirt -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c dvirt -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(about)}`,
      ...(words === "" ? [] : [`${inside} -a ${fishQuoted(`(${words})`)}`]),
      ...options.map(({ long, description, required, argChoices }) => {
        const values = argChoices ? ` -x -a ${fishQuoted(argChoices.join(" "))}` : required ? " -r" : "";
        return `${inside} -l ${long?.slice(2)}${values} -d ${fishQuoted(description)}`;
      }),
    ];
  });
  return `# dvirt completion fish\n${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
