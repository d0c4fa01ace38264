import { Command } from "commander";
import { systemProblem } from "../adapters/system-problem.ts";
import { problemText } from "../core/base/problem.ts";
import { commands } from "./commands.ts";
import { type Context, EXIT, type ExitCode, say, tell } from "./context.ts";
import type { CommandEntry } from "./define.ts";
import { described } from "./described.ts";

/** Reads the command line, runs one command, and says how it ended. Only that command's code is loaded. */
export async function runProgram(
  outer: Omit<Context, "behindDashes">,
  argv: readonly string[],
): Promise<ExitCode> {
  const { own, behindDashes } = splitAtDashes(argv);
  const context: Context = { ...outer, behindDashes };
  let code: ExitCode = EXIT.fine;
  let called: CommandEntry | undefined;
  const program = new Command("dvirt")
    .description("measures what each layer of virtualization costs: L0, a guest L1, a guest of a guest L2, …")
    .version(context.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.output.write(context.asCalled(text)),
      writeErr: (text) => context.errors.write(context.asCalled(text)),
    })
    .showHelpAfterError("(dvirt --help lists the commands)");
  const entries = new Map(commands.map((entry) => [described(program.command(entry.name), entry), entry]));
  program.hook("preSubcommand", async (_, command) => {
    called = entries.get(command);
    const define = await called?.load();
    define?.(command, context, async (running) => {
      code = await running;
    });
  });
  try {
    await program.parseAsync(withHelpLast(own), { from: "user" });
  } catch (error) {
    if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    return tell(context, [problem]);
  }
  const unwritten = await context.unwritten();
  if (unwritten === undefined) return code;
  say(context, problemText(unwritten));
  return code === EXIT.fine && called?.leaves === undefined ? EXIT.unavailable : code;
}

/** Words after `--` are another command's, where the command called takes one. */
function splitAtDashes(argv: readonly string[]) {
  const called = commands.find(({ name }) => name === argv[0]);
  const dashes = called?.takesCommand ? argv.indexOf("--") : -1;
  return dashes < 0
    ? { own: argv, behindDashes: [] }
    : { own: argv.slice(0, dashes), behindDashes: argv.slice(dashes + 1) };
}

/** `help run` as `run --help`: only a command that is called is loaded, and so has its options. */
function withHelpLast([first, second, ...rest]: readonly string[]): readonly string[] {
  const given = [first, second, ...rest].filter((one) => one !== undefined);
  return first === "help" && second !== undefined ? [second, ...rest, "--help"] : given;
}

function isCommanderError(error: unknown): error is { exitCode: number; code: string } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}
