import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { randomStreamFor } from "../../src/core/base/random.ts";
import { createPlace, type Place, placeWithStudy, processesOf } from "../lab/place.ts";
import { type RawStore, readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { completeLines, type Running, reportedIds, startDvirt, TRIAL_ENDED } from "./built-program.ts";
import { asTold, filesIn, toldWritten } from "./written.ts";

const KILLS = 300;
/** Boots side by side in the runs of each lane. */
const LANES = ["1", "2"];
const SHAPE = { levels: 2, boots: 4, runs: 1 };
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);

/** Where in a life the kills landed, counted by what they left behind. */
interface Tally {
  startUp: number;
  bringUp: number;
  measuring: number;
  storedNotJudged: number;
  teardown: number;
  finishing: number;
}

test(`a run that is killed again and again, ${KILLS} times and more, loses nothing and measures nothing twice`, async ({
  onTestFailed,
}) => {
  const seed = Number(process.env["DVIRT_KILL_SEED"] ?? Date.now() % 2 ** 31);
  onTestFailed(() => {
    console.error(`kill moments were drawn from DVIRT_KILL_SEED=${seed}`);
  });
  const tally: Tally = {
    startUp: 0,
    bringUp: 0,
    measuring: 0,
    storedNotJudged: 0,
    teardown: 0,
    finishing: 0,
  };
  const kills = () => Object.values(tally).reduce((sum, count) => sum + count, 0);
  let runs = 0;
  const lane = async (stacks: string) => {
    const random = randomStreamFor(seed, `lane ${stacks}`);
    while (kills() < KILLS) {
      await killedUntilComplete(stacks, random, tally, () => kills() < KILLS);
      runs++;
    }
  };
  // Each lane cleans up after itself, also where the other one failed.
  const lanes = await Promise.allSettled(LANES.map(lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  console.log(`${kills()} kills over ${runs} runs (seed ${seed}):`, JSON.stringify(tally));
  expect(kills()).toBeGreaterThanOrEqual(KILLS);
  // A kill that never lands in some phase would prove nothing about that phase.
  for (const [phase, count] of Object.entries(tally))
    expect(count, `kills in phase ${phase}`).toBeGreaterThan(0);
}, 1_800_000); // each life takes a second or two of a host that may be slow

/** One run in a place of its own, killed and resumed until it ends by itself; left alone once no kill is wanted. */
async function killedUntilComplete(
  stacks: string,
  random: () => number,
  tally: Tally,
  wanted: () => boolean,
): Promise<void> {
  const place = await createPlace();
  try {
    await place.write("sim.yaml", studyText(SHAPE));
    const reported = new Set<string>();
    let stored = await readRawStore(place.store);
    let livesAtTheEnd = 0;
    for (let life = 1; ; life++) {
      expect(life, "a run must get on between kills").toBeLessThan(500);
      const [run] = stored.runs;
      const argv = run === undefined ? ["run", "sim.yaml"] : ["resume", run];
      const child = startDvirt(place, [...argv, "--parallel", stacks], { DVIRT_SIMULATED_SECONDS: "0.002" });
      const pending = PLAN.length - stored.observations.length;
      if (pending === 0) livesAtTheEnd++;
      if (wanted() && livesAtTheEnd <= 2) await strike(child, random, pending);
      const ended = await child.ended;
      for (const id of reportedIds(ended.stderr)) reported.add(id);
      const now = await readRawStore(place.store);
      expectKept(stored, now, reported);
      if (ended.signal === "SIGKILL") tally[phaseOf(ended.stderr, stored, now)]++;
      else if (ended.code === 0) return await expectComplete(place, ended.stderr);
      else expect(ended.code, ended.stderr).toBe(130); // the interrupt was faster than the kill
      stored = now;
    }
  } finally {
    await place.remove();
  }
}

/** Kills at a moment drawn for one of the phases of a life; may come too late for a life that ends by itself. */
async function strike(child: Running, random: () => number, pending: number): Promise<void> {
  const kind = random();
  if (kind < 0.4) {
    await wait(random() * 500); // node starts, the store is opened and migrated, the run is recorded
  } else if (pending === 0) {
    await child.lines(/^run /, 1);
    await wait(random() * 25); // the report, the files, closing
  } else {
    const lived = Math.min(pending, Math.floor(random() * 3));
    await (lived === 0 ? child.lines(/^run /, 1) : child.lines(TRIAL_ENDED, lived));
    await wait(random() * 25); // bring-up, a trial's commands, storing, parsing
    if (kind > 0.85) {
      child.kill("SIGINT");
      await wait(random() * 8); // teardown
    }
  }
  child.kill("SIGKILL");
}

function expectKept(before: RawStore, now: RawStore, reported: ReadonlySet<string>): void {
  expect(now.integrity).toBe("ok");
  expect(now.runs.slice(0, before.runs.length)).toEqual(before.runs);
  expect(now.runs.length).toBeLessThanOrEqual(1);
  const kept = new Map(now.observations);
  expect(kept.size, "no observation is doubled").toBe(now.observations.length);
  expect(
    [...reported].filter((id) => !kept.has(id)),
    "reported as ended and not in the store",
  ).toEqual([]);
  for (const [id, content] of before.observations) expect(kept.get(id), `${id} changed`).toBe(content);
  expect(
    before.outcomes.filter((id) => !now.outcomes.includes(id)),
    "outcomes that were lost",
  ).toEqual([]);
}

function phaseOf(stderr: string, before: RawStore, now: RawStore): keyof Tally {
  const unjudged = (store: RawStore) =>
    store.observations.map(([id]) => id).filter((id) => !store.outcomes.includes(id));
  const old = new Set(unjudged(before));
  if (unjudged(now).some((id) => !old.has(id))) return "storedNotJudged";
  if (stderr.includes("stopping: tearing down")) return "teardown";
  const last = completeLines(stderr).at(-1);
  if (last === undefined) return "startUp";
  if (now.observations.length === PLAN.length) return "finishing";
  return TRIAL_ENDED.test(last) ? "measuring" : "bringUp";
}

/** By the store and the files, of which the life that ended by itself told on standard error. */
async function expectComplete(place: Place, stderr: string): Promise<void> {
  const stored = await readRawStore(place.store);
  const [run] = stored.runs;
  expect(stored.runs).toHaveLength(1);
  expect(stored.observations.map(([id]) => id).sort(), "exactly the plan, each trial once").toEqual(PLAN);
  expect([...stored.outcomes].sort(), "exactly one outcome for each").toEqual(PLAN);
  // Each observation names a bring-up whose machine is known, and no machine came up twice in one.
  const machines = stored.machines.map(
    ({ boot, bringUp, level }) => `boot ${boot}, bring-up ${bringUp}, L${level}`,
  );
  expect(new Set(machines).size).toBe(machines.length);
  for (const [id, content] of stored.observations) {
    const row: { boot: number; level: number; observation: string } = JSON.parse(content);
    const { bringUp }: { bringUp: number } = JSON.parse(row.observation);
    expect(machines, id).toContain(`boot ${row.boot}, bring-up ${bringUp}, L${row.level}`);
  }
  const written = await filesIn(place, `dvirt-results/${run}`);
  expect(written).toEqual(expect.arrayContaining(["report.json", "report.md", "study.yaml", "trials.csv"]));
  expect(asTold(written)).toEqual(toldWritten(stderr).names);
  const files = (await place.files()).filter((name) => !/^store\.sqlite-(wal|shm)$/.test(name));
  expect(files, "no temporary file is left").toEqual(
    [...written.map((name) => `dvirt-results/${run}/${name}`), "sim.yaml", "store.sqlite"].sort(),
  );
  expect(await processesOf(place.folder), "no process is left").toEqual([]);
}

test("a run that was killed before its record was stored can simply be started again", async () => {
  const place = await placeWithStudy(studyText({ boots: 1, levels: 0 }));
  const first = startDvirt(place, "run sim.yaml");
  first.kill("SIGKILL");
  expect((await first.ended).signal).toBe("SIGKILL");
  const second = await startDvirt(place, "run sim.yaml").ended;
  expect(second.code, second.stderr).toBe(0);
});
