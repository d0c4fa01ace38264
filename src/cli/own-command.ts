import { basename } from "node:path";
import type { Command } from "commander";
import { plainName } from "../core/base/file-name.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import { type ImageAdditions, imageAdditionsSchema } from "../core/study/image-additions.ts";
import { nominalSizes } from "../core/study/level-sizes.ts";
import type { Study } from "../core/study/study.ts";
import { command as commandWorkload } from "../workloads/command.ts";
import type { Context } from "./context.ts";
import { whole } from "./options.ts";

/** How a command behind `--` is measured. */
export interface OwnCommandOptions {
  readonly executions?: number;
  readonly warmup?: number;
  readonly prepare?: string;
  readonly cleanup?: string;
  /** Debian packages that the image gets. */
  readonly package?: readonly string[];
  /** Files that it gets, each as GUEST-PATH=FILE. */
  readonly file?: readonly string[];
}

export function withOwnCommand(command: Command): Command {
  return command
    .usage("[options] [study] [-- command...]")
    .option("--executions <n>", "of the command behind --, in each trial", whole(1, 1000))
    .option("--warmup <n>", "executions before those, which do not count", whole(0, 1000))
    .option("--prepare <line>", "for a shell, before each execution; its time does not count")
    .option("--cleanup <line>", "for a shell, after the last execution")
    .option("--package <name>", "a Debian package that the command needs; more than once for more", gathered)
    .option(
      "--file <guest-path=file>",
      "a file of this host that it needs; more than once for more",
      gathered,
    );
}

function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const OPTIONS = ["executions", "warmup", "prepare", "cleanup", "package", "file"] as const;

/** Options for a command of the user's own are nothing without one. */
export function ownCommandProblems(
  { behindDashes }: Context,
  options: OwnCommandOptions,
): readonly Problem[] {
  const lonely = OPTIONS.find((name) => options[name] !== undefined);
  if (lonely === undefined || behindDashes.length > 0) return [];
  return [
    {
      code: "bad-option",
      at: `--${lonely}`,
      what: "it is for a command of your own, and none stands behind --",
      hint: `dvirt run --${lonely} … -- COMMAND ARGUMENTS`,
    },
  ];
}

/** The study's machines with the command in place of its workloads. */
export function withOwn(study: Study, own: readonly string[], options: OwnCommandOptions): Result<Study> {
  const { executions, warmup, prepare, cleanup } = options;
  const params = Object.entries({ run: own, executions, warmup, prepare, cleanup });
  const name = plainName(basename(own[0] ?? ""), "command"); // what trials and reports call it
  const image = withAdditions(study.image, options);
  if (!image.ok) return image;
  const resolved = commandWorkload.resolve(
    { name, params: Object.fromEntries(params.filter(([, value]) => value !== undefined)) },
    nominalSizes(study),
  );
  if (resolved.ok) {
    return ok({
      ...study,
      ...image.value,
      name,
      title: `What ${shortened(own.join(" "))} costs`,
      workloads: [resolved.workload],
    });
  }
  return failed({
    code: "bad-option",
    at: "--",
    what: resolved.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
    hint: "dvirt run -- COMMAND ARGUMENTS",
  });
}

/** The study's additions to the image and the options' own. */
function withAdditions(
  of: ImageAdditions | undefined,
  { package: packages = [], file: files = [] }: OwnCommandOptions,
): Result<Pick<Study, "image">> {
  if (packages.length === 0 && files.length === 0) return ok({});
  // Without a file there is no path either: all of it is shown as what it cannot be.
  const pairs = files.map((text) => /^(.*?)=(.+)$/s.exec(text)?.slice(1) ?? [text, "-"]);
  const parsed = imageAdditionsSchema.safeParse({
    ...of,
    packages: [...(of?.packages ?? []), ...packages],
    files: { ...of?.files, ...Object.fromEntries(pairs) },
  });
  if (parsed.success) return ok({ image: parsed.data });
  const issue = parsed.error.issues[0];
  const [kind, which] = issue?.path ?? [];
  return failed({
    code: "bad-option",
    at: kind === "packages" ? "--package" : "--file",
    what: `${kind === "packages" ? packages[Number(which) - (of?.packages.length ?? 0)] : String(which)} ${issue?.code === "invalid_key" ? issue.issues[0]?.message : issue?.message}`,
    hint: kind === "packages" ? "--package zstd" : "--file /root/data.bin=data.bin",
  });
}

const LONGEST_TITLE = 60;

function shortened(line: string): string {
  const text = line.replace(/\s+/g, " ");
  return text.length <= LONGEST_TITLE ? text : `${text.slice(0, LONGEST_TITLE - 1)}…`;
}
