import { Command, InvalidArgumentError, Option } from "commander";
import { systemProblem } from "../adapters/system-problem.ts";
import { LIMITS } from "../core/study.ts";
import { cleanCommand } from "./clean.ts";
import { type Context, EXIT, type ExitCode } from "./context.ts";
import { listCommand } from "./list.ts";
import { planCommand } from "./plan.ts";
import { resumeCommand, runCommand, tell } from "./run.ts";
import { shellCommand } from "./shell.ts";
import { showCommand } from "./show.ts";

/** Reads the command line, runs one command, and says how it ended. */
export async function runProgram(context: Context, argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = new Command("dvirt")
    .description("measures what each layer of virtualization costs: L0, a guest L1, a guest of a guest L2, …")
    .version(context.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.output.write(text),
      writeErr: (text) => context.errors.write(text),
    })
    .showHelpAfterError("(dvirt --help lists the commands)");
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .option("--store <file>", "the store to use (or DVIRT_STORE)");
  const withStudy = (made: Command) =>
    made
      .addOption(new Option("--hardware <kind>", "where L0 is").choices(["auto", "real", "emulated"]))
      .option("--levels <n>", "the deepest level", whole(0, LIMITS.levels))
      .option("--boots <n>", "fresh bring-ups of the stack", whole(1, LIMITS.boots))
      .option("--runs <n>", "trials of a workload per level and direction in a boot", whole(1, LIMITS.runs))
      .option("--workloads <names>", "only these, with commas between", (text) => text.split(","));
  const seeded = (made: Command) =>
    made.option("--seed <n>", "for the order of the workloads", whole(0, LIMITS.seed));
  const measuring = (made: Command) =>
    made
      .option("--yes", "install missing Debian packages without asking")
      .option("--out <folder>", "where result files go", "dvirt-results");

  measuring(
    seeded(
      withStudy(
        command("run [study]", "bring the stack up, measure every level, print what each layer costs"),
      ),
    ),
  ).action(async (study: string | undefined, options) => {
    code = await runCommand(context, study ?? "quick", options);
  });
  measuring(command("resume [run]", "go on with a run that was stopped")).action(
    async (run: string | undefined, options) => {
      code = await resumeCommand(context, run ?? "latest", options);
    },
  );
  seeded(withStudy(command("plan [study]", "print what run would do, and do nothing"))).action(
    async (study: string | undefined, options) => {
      code = await planCommand(context, study ?? "quick", options);
    },
  );
  command("list", "list the runs in the store").action(async (options) => {
    code = await listCommand(context, options);
  });
  command("show [run] [trial]", "show a run, or all that one trial left").action(
    async (run: string | undefined, trial: string | undefined, options) => {
      code = await showCommand(context, run ?? "latest", trial, options);
    },
  );
  command("shell", "open a shell that many levels deep")
    .argument("<level>", "the deepest level", whole(0, LIMITS.levels))
    .option("--yes", "install missing Debian packages without asking")
    .addOption(new Option("--hardware <kind>", "where L0 is").choices(["auto", "real", "emulated"]))
    .option("--study <study>", "whose machines to use", "quick")
    .action(async (level: number, options) => {
      code = await shellCommand(context, level, options.study, options);
    });
  program
    .command("clean")
    .description("remove images, data sets and leftovers from the cache, saying what and how big")
    .option("--dry-run", "only say it")
    .action(async (options) => {
      code = await cleanCommand(context, options);
    });

  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    return tell(context, [problem]);
  }
  return code;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function isCommanderError(error: unknown): error is { exitCode: number; code: string } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}
