import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { exists, namesIn, remove, textIfAny } from "../adapters/files.ts";
import { cacheFolder, defaultStorePath } from "../adapters/folders.ts";
import { removeLevelGroup } from "../adapters/level-group.ts";
import { openSqliteStore } from "../adapters/store/sqlite.ts";
import { failed, ok, type Problem, problemText, type Result } from "../core/problem.ts";
import { parseStudies, parseStudy, type Study } from "../core/study.ts";
import { BUILDING_ELSEWHERE } from "../images/build.ts";
import type { Store } from "../lab/ports.ts";
import { platforms } from "../platforms/index.ts";
import { workloads } from "../workloads/index.ts";

/** What every command may use; made once in main. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  /** The folder with studies/ and package.json. */
  readonly home: string;
  readonly version: string;
}

/** Exit codes, as sysexits(3) has them where it has one. */
export const EXIT = { fine: 0, finding: 1, usage: 2, unavailable: 69, bug: 70, stopped: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const USAGE_CODES: ReadonlySet<string> = new Set([
  "bad-yaml",
  "unknown-key",
  "missing-key",
  "bad-value",
  "unknown-platform",
  "platform-twice",
  "several-platforms",
  "too-deep",
  "not-on-real-hardware",
  "hypervisor-not-there",
  "hypervisors-beyond-levels",
  "xen-at-the-ground",
  "nothing-below-xen",
  "pinning-not-there",
  "policy-not-there",
  "reserve-too-small",
  "unknown-workload",
  "workload-twice",
  "scratch-too-small",
  "expression-does-not-fit",
  "unknown-setting",
  "unknown-setting-value",
  "setting-beyond-levels",
  "setting-not-there",
  "bad-factor",
  "too-many-conditions",
  "no-targets",
  "targets-not-used",
  "too-few-targets",
  "no-guest",
  "unlike-levels",
  "sizes-not-stated",
  "wrong-depth",
  "no-study",
  "no-run",
  "no-trial",
  "bad-option",
  "ambiguous-run",
  "nothing-comparable",
]);

/** 2 for what the user can mend in the study or the command line, 69 for a lab that cannot be had. */
function exitCodeFor(problems: readonly Problem[]): ExitCode {
  return problems.every((problem) => USAGE_CODES.has(problem.code)) ? EXIT.usage : EXIT.unavailable;
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
  context.errors.write(`${text}\n`);
}

export function isInteractive(context: Context): boolean {
  return context.input.isTTY === true && context.errors.isTTY === true;
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

/** A study by the name of one that ships, or by its file: one for each of its platforms. */
export async function loadStudies(context: Context, nameOrFile: string): Promise<Result<readonly Study[]>> {
  const found = await findStudy(context, nameOrFile);
  return found.ok ? parseStudies(found.value.text, found.value.label, VOCABULARY) : found;
}

/** The same of a study on one platform. */
export async function loadStudy(context: Context, nameOrFile: string): Promise<Result<Study>> {
  const found = await findStudy(context, nameOrFile);
  return found.ok ? parseStudy(found.value.text, found.value.label, VOCABULARY) : found;
}

const VOCABULARY = {
  workloads,
  platforms: platforms.map(({ name }) => name),
  deepest: Object.fromEntries(
    platforms.flatMap(({ name, limits }) => (limits === undefined ? [] : [[name, limits.deepest]])),
  ),
};

async function findStudy(
  context: Context,
  nameOrFile: string,
): Promise<Result<{ readonly text: string; readonly label: string }>> {
  const shipped = join(context.home, "studies", `${nameOrFile}.yaml`);
  const file = (await exists(nameOrFile)) || !(await exists(shipped)) ? nameOrFile : shipped;
  const text = await textIfAny(file);
  if (text === undefined) {
    const names = (await namesIn(join(context.home, "studies")))
      .map((name) => name.replace(/\.yaml$/, ""))
      .sort();
    return failed({
      code: "no-study",
      at: nameOrFile,
      what: "there is no such study, by name or by file that can be read",
      hint: `one of ${names.join(", ")}, or the path of a YAML file`,
    });
  }
  return ok({ text, label: file === shipped ? join("studies", `${nameOrFile}.yaml`) : file });
}

export interface StoreOption {
  readonly store?: string;
}

export function storePath(context: Context, options: StoreOption): string {
  return options.store ?? context.environment["DVIRT_STORE"] ?? defaultStorePath(context.environment);
}

export async function openStore(context: Context, options: StoreOption): Promise<Result<Store>> {
  return openSqliteStore(storePath(context, options));
}

export function cacheOf(context: Context): string {
  return cacheFolder(context.environment);
}

/** Where the running lab keeps its throw-away files; whoever holds the lock owns it. */
export function labFolderOf(context: Context): string {
  return join(cacheOf(context), "lab");
}

/** What a dvirt that was killed left behind; call it only while holding the lab's lock. */
export async function leftovers(context: Context): Promise<readonly string[]> {
  const cache = cacheOf(context);
  const found: string[] = [];
  if (await exists(labFolderOf(context))) found.push(labFolderOf(context));
  for (const room of ["images", "data-sets"]) {
    for (const name of await namesIn(join(cache, room))) {
      if (name.startsWith("building-")) found.push(join(cache, room, name));
    }
  }
  for (const name of await namesIn(tmpdir())) {
    if (name.startsWith(BUILDING_ELSEWHERE)) found.push(join(tmpdir(), name));
  }
  return found;
}

export async function sweep(context: Context): Promise<void> {
  await removeLevelGroup();
  for (const path of await leftovers(context)) await remove(path);
}
