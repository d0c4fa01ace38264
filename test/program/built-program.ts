import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "./place.ts";

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

/** Runs the built program to its end. */
export function dvirt(
  place: Place,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return startDvirt(place, argv, environment).ended;
}

/**
 * The same for commands that need the lab of this machine (clean, studies with machines): the lab is one,
 * and somebody may be measuring in it.
 */
export async function dvirtOnceLabIsFree(
  place: Place,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  for (;;) {
    const ended = await dvirt(place, argv, environment);
    if (!ended.stderr.startsWith("error[lab-busy] dvirt-lab:")) return ended;
    await new Promise((resolve) => setTimeout(resolve, 2000)); // the test's own time limit ends this
  }
}

/** Starts the built program in the place, which is also its working folder. */
export function startDvirt(
  place: Place,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  return startProgram(place, [...DVIRT, ...argv], environment);
}

/** Starts any program as the built one is started. */
export function startProgram(
  place: Place,
  [program = "", ...argv]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  assertBuilt();
  const temporary = join(place.folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const { DVIRT_STORE: _, XDG_DATA_HOME: __, ...inherited } = process.env;
  const child = spawn(program, argv, {
    cwd: place.folder,
    env: {
      ...inherited,
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
export const TRIAL_ENDED = /^ {2}(up|down) +L(\d+) +(\S+) /;

/** Ids of the trials that a command said had ended; with one run per direction the line tells all of it. */
export function reportedIds(stderr: string): readonly string[] {
  let boot = "";
  const ids: string[] = [];
  for (const line of completeLines(stderr)) {
    boot = /^boot (\d+)\//.exec(line)?.[1] ?? boot;
    const found = TRIAL_ENDED.exec(line);
    if (found !== null) ids.push(`b${boot}-${found[1]}-L${found[2]}-${found[3]}-1`);
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
