import { Command, InvalidArgumentError, Option } from "commander";
import { systemProblem } from "../adapters/system-problem.ts";
import { parseHalfWidth } from "../core/repetitions.ts";
import { POLICIES } from "../core/resources-policy.ts";
import { DEFAULT_MARGIN, LIMITS } from "../core/study.ts";
import { parseDuration } from "../core/units.ts";
import { outputs } from "../outputs/index.ts";
import { auditCommand } from "./audit.ts";
import { cleanCommand } from "./clean.ts";
import { compareCommand } from "./compare.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import { doctorCommand } from "./doctor.ts";
import { listCommand } from "./list.ts";
import { planCommand } from "./plan.ts";
import { reportCommand } from "./report.ts";
import { resumeCommand, runCommand } from "./run.ts";
import { serveCommand } from "./serve.ts";
import { shellCommand } from "./shell.ts";
import { showCommand } from "./show.ts";

const formats = outputs.map((output) => output.name).join(", ");

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
      .option("--platform <name>", "another platform than the study's, as deep as that goes")
      .option("--levels <n>", "the deepest level", whole(0, LIMITS.levels))
      .option("--boots <n>", "fresh bring-ups of the stack", whole(1, LIMITS.boots))
      .option("--runs <n>", "trials of a workload per level and direction in a boot", whole(1, LIMITS.runs))
      .option("--until <width>", "boots until every headline ratio is known to this, such as 5%", halfWidth)
      .option("--budget <time>", "begin no boot that would end later, such as 45min or 2h", duration)
      .addOption(new Option("--resources <policy>", "who gets which CPUs and memory").choices(POLICIES))
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
  measuring(command("resume [run]", "go on with a run or a group that was stopped")).action(
    async (run: string | undefined, options) => {
      code = await resumeCommand(context, run ?? "latest", options);
    },
  );
  seeded(withStudy(command("plan [study]", "print what run would do, and do nothing"))).action(
    async (study: string | undefined, options) => {
      code = await planCommand(context, study ?? "quick", options);
    },
  );
  command("list", "list the runs and groups in the store").action(async (options) => {
    code = await listCommand(context, options);
  });
  command("show [run] [trial]", "show a run, or all that one trial left").action(
    async (run: string | undefined, trial: string | undefined, options) => {
      code = await showCommand(context, run ?? "latest", trial, options);
    },
  );
  const names = (text: string) => text.split(",");
  const reporting = (made: Command) =>
    made
      .option("--format <names>", `files instead of text: ${formats}, or all; commas between`, names)
      .option("--out <folder>", "where the files go", "dvirt-results");
  reporting(command("report [subject]", "the report of a run, a group or a published study")).action(
    async (subject: string | undefined, options) => {
      code = await reportCommand(context, subject ?? "latest", options);
    },
  );
  reporting(
    command("compare <subjects...>", "runs and published studies side by side, the first as the measure"),
  )
    .option("--margin <percent>", "what counts as equivalent", percentage, DEFAULT_MARGIN)
    .option(
      "--fail-on-slower <percent>",
      "exit 1 where an interval says that a figure fell by more",
      percentage,
    )
    .action(async (subjects: string[], options) => {
      code = await compareCommand(context, subjects, options);
    });
  command(
    "serve",
    "the store as web pages: runs, live, comparisons, audits; read-only, on this machine alone",
  )
    .option("--port <n>", "where it listens; 0 takes one that is free", whole(0, 65_535), 8090)
    .option(
      "--listen <address>",
      "listen for other machines too; then a token is asked for, which is printed",
    )
    .option("--name <hosts>", "host names by which it may be called; commas between", names)
    .action(async (options) => {
      code = await serveCommand(context, options);
    });
  command("shell", "open a shell that many levels deep")
    .argument("<level>", "the deepest level", whole(0, LIMITS.levels))
    .option("--yes", "install missing Debian packages without asking")
    .addOption(new Option("--hardware <kind>", "where L0 is").choices(["auto", "real", "emulated"]))
    .option("--study <study>", "whose machines to use", "quick")
    .action(async (level: number, options) => {
      code = await shellCommand(context, level, options.study, options);
    });
  program
    .command("audit [subject]")
    .description(
      "recompute all that follows from a published study's figures, or a CSV file's, and list what does not hold",
    )
    .option("--json", "everything, for programs")
    .action(async (subject: string | undefined, options) => {
      code = await auditCommand(context, subject ?? "fitzgerald-2014", options);
    });
  program
    .command("doctor")
    .description(
      "say what this machine can do and what stands in the way, with evidence and remedies; change nothing",
    )
    .option("--json", "everything, for programs")
    .action(async (options) => {
      code = await doctorCommand(context, options);
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

function halfWidth(text: string): number {
  const value = parseHalfWidth(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError("It must be a percentage from 0.1% to 99%, such as 5%.");
}

function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError("It must be a time such as 90s, 45min or 2h.");
}

/** `5%` as 0.05. */
function percentage(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) / 100;
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be a percentage such as 5%.");
}

function isCommanderError(error: unknown): error is { exitCode: number; code: string } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}
