import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeEach, expect, it } from "vitest";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { randomStream } from "../../src/core/base/random.ts";
import { studyFromData } from "../../src/core/study/study.ts";
import { trialLost } from "../../src/core/trial/observation.ts";
import { isFixed, planBoots, type Trial } from "../../src/core/trial/plan.ts";
import { workloads } from "../../src/workloads/index.ts";
import { observationsOf, outcomesOf } from "../lab/kept.ts";

// dvirt itself, measuring on two real stacks side by side, killed with SIGKILL at random moments and resumed. A few
// kills of shallow stacks here; DVIRT_KILLS=25 makes it as many as you like, DVIRT_KILL_LEVELS=2 as deep.

const LEVELS = process.env["DVIRT_KILL_LEVELS"] ?? "1";
const STACKS = ["--levels", LEVELS, "--boots", "2", "--parallel", "2"];
const KILL_WITHIN_SECONDS = 70 * Number(LEVELS);
const KILLS = Number(process.env["DVIRT_KILLS"] ?? "2");
const seed = Number(process.env["DVIRT_KILL_SEED"] ?? Date.now() % 100_000);
const random = randomStream(seed);
const place = mkdtempSync(join(tmpdir(), "dvirt-kill-"));
const store = join(place, "store.sqlite");
const cache = cacheFolder(process.env);

beforeEach(emptyStore);
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What an attempt that failed, or a run that was complete, left must not be taken for the next one's. */
function emptyStore(): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${store}${suffix}`, { force: true });
}

interface Ended {
  readonly code: number | null;
  /** Trials that dvirt said were measured, as `boot 1 up L0 cpu`. */
  readonly told: readonly string[];
  readonly text: string;
}

/** Where one stack alone is up, its boot is not said with each trial. */
const ANY = "?";

function dvirt(args: readonly string[], killAfterSeconds: number | undefined): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ["dist/main.js", ...args, "--store", store, "--out", join(place, "out")],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.stdout.resume();
    const timer =
      killAfterSeconds === undefined
        ? undefined
        : setTimeout(() => child.kill("SIGKILL"), killAfterSeconds * 1000);
    child.on("close", (code) => {
      clearTimeout(timer);
      const told = [...text.matchAll(/^ {2}(?:boot (\d) )?(up|down) +L(\d) +([\w-]+)/gm)].map(
        ([, boot = ANY, way, level, name]) => `boot ${boot} ${way} L${level} ${name}`,
      );
      resolve({ code, told, text });
    });
  });
}

/** Computers of this cache's lab, and servers and keepers of anybody. */
const processesLeft = () =>
  execFileSync(
    "sh",
    [
      "-c",
      'pgrep -f "path=$1/[0-9]+/L0|[m]ariadbd|[k]eeper .*dvirt" | grep -vx $$ || true',
      "sh",
      join(cache, "lab"),
    ],
    { encoding: "utf8" },
  ).trim();

it(`loses nothing, doubles nothing and leaves nothing over ${KILLS} kills (seed ${seed})`, async () => {
  let kills = 0;
  let begun = false;
  const told = new Set<string>();
  for (;;) {
    const last = kills >= KILLS;
    const args = begun
      ? ["resume"]
      : ["run", "test/live/live.yaml", "--workloads", "cpu,oltp", "--seed", "5", ...STACKS];
    const ended = await dvirt(args, last ? undefined : 1 + random() * KILL_WITHIN_SECONDS);
    const [run] = existsSync(store) ? await storedRuns() : [];
    begun = run !== undefined;
    for (const one of ended.told) told.add(one);
    const trouble = ended.text.split("\n").filter((line) => /error\[|^ {2}\| /.test(line));
    if (trouble.length > 0) console.error(trouble.join("\n"));
    if (ended.code === null) {
      kills += 1;
      await wait(1000); // the kernel ends what was told to die with its parent
      expect(processesLeft(), `after kill ${kills}`).toBe("");
      console.error(`kill ${kills}: ${told.size} trials told so far`);
    } else {
      expect(ended.code, ended.text).toBe(0);
      if (last) break;
      // It was done before the next kill: those kills that are left go to a new run.
      await checkComplete(told);
      emptyStore();
      told.clear();
      begun = false;
    }
  }
  await checkComplete(told);
  expect(processesLeft()).toBe("");
  expect(existsSync(join(cache, "lab"))).toBe(false);
  for (const room of ["images", "data-sets"]) {
    expect(readdirSync(join(cache, room)).filter((name) => name.startsWith("building-"))).toEqual([]);
  }
  expect(readFileSync("/proc/mounts", "utf8")).not.toContain(cache);
});

async function storedRuns() {
  const opened = await openSqliteStore(store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  try {
    return await opened.value.runs();
  } finally {
    await opened.value.close();
  }
}

async function checkComplete(told: ReadonlySet<string>): Promise<void> {
  const opened = await openSqliteStore(store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const [run, another] = await opened.value.runs();
  if (run === undefined) throw new Error("no run in the store");
  expect(another).toBeUndefined();
  const study = studyFromData(run.study, workloads);
  if (study === undefined) throw new Error("the stored study cannot be read");
  if (!isFixed(study)) throw new Error("the live study has no fixed number of boots");
  const planned = planBoots(study, run.seed).flatMap((boot) => boot.trials);
  const stored = await observationsOf(opened.value, run.id);
  const ids = (all: readonly Trial[]) => all.map((trial) => trial.id).sort();
  expect(ids(stored.filter((one) => !trialLost(one)).map((one) => one.trial))).toEqual(ids(planned));
  // An emulated computer loses a machine now and then by itself: that attempt is kept beside the one that speaks.
  for (const one of stored.filter(trialLost))
    console.error(`lost its machine: ${one.trial.id}#${one.attempt}`);
  const names = new Set(
    stored.flatMap(({ trial }) =>
      [trial.boot, ANY].map((boot) => `boot ${boot} ${trial.direction} L${trial.level} ${trial.workload}`),
    ),
  );
  expect([...told].filter((one) => !names.has(one))).toEqual([]);
  expect((await outcomesOf(opened.value, run.id)).size).toBe(stored.length);
  await opened.value.close();
}
