import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration, parsePercent } from "../core/base/units.ts";
import { CLOCKS } from "../core/study/clock.ts";
import { parseHalfWidth } from "../core/study/repetitions.ts";
import { POLICIES } from "../core/study/resources-policy.ts";
import { LIMITS } from "../core/study/study.ts";
import { outputs } from "../outputs/index.ts";

export const YES = ["--yes", "install missing Debian packages without asking"] as const;

export function hardware(): Option {
  return new Option("--hardware <kind>", "where L0 is").choices(["auto", "real", "emulated"]);
}

export function withFull(command: Command): Command {
  return command.option("--full", "with tables and notes, not the answer alone");
}

export function withStudy(command: Command): Command {
  return command
    .addOption(hardware())
    .addOption(
      new Option("--clock <kind>", "what a second is: instructions, or an ordinary clock's").choices(CLOCKS),
    )
    .option("--platform <name>", "another platform than the study's, as deep as that goes")
    .option("--levels <n>", "the deepest level", whole(0, LIMITS.levels))
    .option("--boots <n>", "fresh bring-ups of the stack", whole(1, LIMITS.boots))
    .option("--runs <n>", "trials of a workload per level and direction in a boot", whole(1, LIMITS.runs))
    .option("--until <width>", "boots until every headline ratio is known to this, such as 5%", halfWidth)
    .option("--budget <time>", "begin no boot that would end later, such as 45min or 2h", duration)
    .addOption(new Option("--resources <policy>", "who gets which CPUs and memory").choices(POLICIES))
    .option("--workloads <names>", "only these, with commas between", names)
    .option("--seed <n>", "for the order of the workloads", whole(0, LIMITS.seed));
}

export function withParallel(command: Command): Command {
  const what = "boots side by side, in counted time alone; without it as many as CPUs and memory allow there";
  return command.option("--parallel <n>", what, whole(1, LIMITS.boots));
}

export function withFormats(command: Command): Command {
  const formats = outputs.map((output) => output.name).join(", ");
  return command
    .option("--format <names>", `files instead of text: ${formats}, or all; commas between`, names)
    .option("--out <folder>", "where the files go", "dvirt-results");
}

/** Nothing that could be taken for a path, or for the latest run. */
export function label(text: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/i.test(text) && text !== "latest") return text;
  throw new InvalidArgumentError("It must be letters, digits and dashes, and not latest.");
}

export function names(text: string): readonly string[] {
  return text.split(",");
}

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

const halfWidth = parsed(parseHalfWidth, "a percentage from 0.1% to 99%, such as 5%");
export const percentage = parsed((text) => parsePercent(text), "a percentage such as 5%");
const duration = parsed(parseDuration, "a time such as 90s, 45min or 2h");

function parsed(parse: (text: string) => number | undefined, form: string): (text: string) => number {
  return (text) => {
    const value = parse(text);
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`It must be ${form}.`);
  };
}
