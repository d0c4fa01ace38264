import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Place } from "../lab/place.ts";

export const HOME = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(HOME, "dist", "main.js");

/** How the built program is called, before its own arguments. */
export const DVIRT: readonly string[] = [process.execPath, "--no-warnings", MAIN];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has written to standard output so far. */
  output(): string;
  /** Settles with true when standard error has that many complete lines like this, with false at the end. */
  lines(pattern: RegExp, count: number): Promise<boolean>;
  kill(signal: NodeJS.Signals): void;
}

/** A command line, split at its spaces; or its arguments, where one of them holds a space or comes from a list. */
export type CommandLine = string | readonly string[];

type Environment = Readonly<Record<string, string>>;

/** Runs the built program to its end. */
export function dvirt(place: Place, line: CommandLine, environment: Environment = {}): Promise<Ended> {
  return startDvirt(place, line, environment).ended;
}

/** Runs it to its end, which must be a success. */
export async function succeed(
  place: Place,
  line: CommandLine,
  environment: Environment = {},
): Promise<Ended> {
  const ended = await dvirt(place, line, environment);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

/** Runs it to its end, which must be a success without a word on standard error. */
export async function succeedQuietly(
  place: Place,
  line: CommandLine,
  environment: Environment = {},
): Promise<Ended> {
  const ended = await dvirt(place, line, environment);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
  return ended;
}

/** Runs a command that needs the lab of this machine: there is one, and somebody may be measuring in it. */
export async function dvirtOnceLabIsFree(
  place: Place,
  line: CommandLine,
  environment: Environment = {},
): Promise<Ended> {
  for (;;) {
    const ended = await dvirt(place, line, environment);
    if (!ended.stderr.startsWith("error[lab-busy] dvirt-lab:")) return ended;
    await new Promise((resolve) => setTimeout(resolve, 2000)); // the test's own time limit ends this
  }
}

/** Starts the built program in the place, which is its working folder and has its store. */
export function startDvirt(place: Place, line: CommandLine, environment: Environment = {}): Running {
  const argv = typeof line === "string" ? line.split(" ") : line;
  return startProgram(place, [...DVIRT, ...argv], environment);
}

/** Starts any program as the built one is started. */
export function startProgram(
  place: Place,
  [program = "", ...argv]: readonly string[],
  environment: Environment = {},
): Running {
  assertBuilt();
  const temporary = join(place.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const { XDG_DATA_HOME: _, ...inherited } = process.env;
  const child = spawn(program, argv, {
    cwd: place.folder,
    env: {
      ...inherited,
      DVIRT_STORE: place.store,
      XDG_CACHE_HOME: place.cache,
      HOME: place.folder,
      TMPDIR: temporary,
      NO_COLOR: "1",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const watcher of watchers) watcher();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    pid: child.pid ?? -1,
    ended,
    output: () => stdout,
    lines: (pattern, count) =>
      new Promise((resolve) => {
        const look = () => {
          if (completeLines(stderr).filter((line) => pattern.test(line)).length < count) return;
          watchers.delete(look);
          resolve(true);
        };
        watchers.add(look);
        look();
        ended.then(
          () => resolve(false),
          () => resolve(false),
        );
      }),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Lines that were written to their end. */
export function completeLines(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

/** The line that tells the end of a trial. */
export const TRIAL_ENDED =
  /^ {2}(?:boot (?<boot>\d+) )?(?<direction>up|down) +L(?<level>\d+) +(?<workload>\S+) /;

/** Ids of the trials that a command said had ended; with one run per direction the line tells all of it. */
export function reportedIds(stderr: string): readonly string[] {
  let boot = "";
  const ids: string[] = [];
  for (const line of completeLines(stderr)) {
    boot = /^boot (\d+)\//.exec(line)?.[1] ?? boot;
    const { direction, level, workload, boot: named = boot } = TRIAL_ENDED.exec(line)?.groups ?? {};
    if (direction !== undefined) ids.push(`b${named}-${direction}-L${level}-${workload}-1`);
  }
  return ids;
}

function assertBuilt(): void {
  const built = statSync(MAIN, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) throw new Error("dist/main.js is not there; build first: npx tsc -p .");
  const folder = join(HOME, "src");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".ts") && statSync(join(folder, name)).mtimeMs > built) {
      throw new Error(`dist/main.js is older than src/${name}; build first: npx tsc -p .`);
    }
  }
}
