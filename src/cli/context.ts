import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { cacheFolder, defaultStorePath } from "../adapters/folders.ts";
import { type Problem, problemText } from "../core/base/problem.ts";
import { BLAME, type Blame } from "../core/base/problem-codes.ts";

/** What every command may use; made once in main. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
  /** What of the output could not be written, to a reader who is still there. */
  readonly unwritten: () => Promise<Problem | undefined>;
  readonly signal: AbortSignal;
  /** The folder with studies/ and package.json. */
  readonly home: string;
  readonly version: string;
  /** The words after `--` on the command line of a command that takes another one. */
  readonly behindDashes: readonly string[];
  /** Writes the commands that a text names as dvirt was called. */
  readonly asCalled: (text: string) => string;
}

/** Exit codes, as sysexits(3) has them where it has one. */
export const EXIT = { fine: 0, found: 1, usage: 2, unavailable: 69, bug: 70, stopped: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_BY_BLAME: Readonly<Record<Blame, ExitCode>> = {
  yours: EXIT.usage,
  trial: EXIT.found,
  lab: EXIT.unavailable,
};

/** Where not all problems are of one kind, the test machines count as what is missing. */
function exitCodeFor(problems: readonly Problem[]): ExitCode {
  const blames = new Set(problems.map(({ code }) => BLAME[code]));
  const [only = "lab", another] = blames;
  return EXIT_BY_BLAME[another === undefined ? only : "lab"];
}

export function tell(context: Context, problems: readonly Problem[]): ExitCode {
  if (context.signal.aborted) {
    say(context, "stopped; everything was torn down");
    return EXIT.stopped;
  }
  for (const problem of problems) say(context, problemText(problem));
  return exitCodeFor(problems);
}

export function say(context: Context, text: string): void {
  context.errors.write(`${context.asCalled(text)}\n`);
}

export async function ask(context: Context, question: string): Promise<boolean> {
  const lines = createInterface({ input: context.input, output: context.errors });
  try {
    const answer = await lines.question(`${question} [Y/n] `, { signal: context.signal });
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

export interface StoreOption {
  readonly store?: string;
}

export interface FullOption {
  /** Tables and notes too, not the answer alone. */
  readonly full?: boolean;
}

export function storePath(context: Context, options: StoreOption): string {
  return options.store ?? context.environment["DVIRT_STORE"] ?? defaultStorePath(context.environment);
}

export function cacheOf(context: Context): string {
  return cacheFolder(context.environment);
}

/** Where the running lab keeps its throw-away files; whoever holds the lock owns it. */
export function labFolderOf(context: Context): string {
  return join(cacheOf(context), "lab");
}
