import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { allOf } from "../../src/core/report/parts/report.ts";
import { groupReportOf, isComplete } from "../../src/lab/group.ts";
import { runsOfGroup } from "../../src/lab/group-runs.ts";
import type { Store } from "../../src/lab/store.ts";
import { outputs } from "../../src/outputs/index.ts";
import { createPlace, type Place, placeForTest } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { dvirt, type Ended, startDvirt, succeed, TRIAL_ENDED } from "./built-program.ts";
import { filesIn } from "./written.ts";

const BOOTS = 2;
const PLATFORMS = "platforms: [simulated, { name: simulated-costly, levels: 1 }]";
const TEXT = studyText({ boots: BOOTS, workloads: ["{name: cpu, threads: 1}"] }).replace(
  "platform: simulated",
  PLATFORMS,
);
/** Trials of each platform. */
const PLANNED = [2, 1].map((levels) => plannedIds({ levels, boots: BOOTS, runs: 1 }, ["cpu"]));

async function placeWithStudy(): Promise<Place> {
  const place = await placeForTest();
  await place.write("two.yaml", TEXT);
  return place;
}

async function measured(place: Place): Promise<Ended & { readonly id: string }> {
  const run = await succeed(place, "run two.yaml --seed 5 --full");
  return { ...run, id: groupId(run) };
}

/** As the report names it. */
function groupId({ stdout }: Ended): string {
  return / group (\S+)/.exec(stdout)?.[1] ?? "";
}

async function inStore<T>(place: Place, body: (store: Store) => Promise<T>): Promise<T> {
  const opened = await openSqliteStore(place.store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  try {
    return await body(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** What the store holds of each platform's run: its platform, and its trials in order. */
async function trialsByPlatform(place: Place): Promise<Readonly<Record<string, readonly string[]>>> {
  return inStore(place, async (store) => {
    const found = [];
    for (const run of await store.runs()) {
      found.push([
        run.study.platform,
        Array.from(await allOf(store.trials(run.id)), ({ trial }) => trial.id).sort(),
      ]);
    }
    return Object.fromEntries(found);
  });
}

describe("dvirt run of a study on two platforms", () => {
  test("measures each in a run of its own, one after the other, and prints one report", async () => {
    const place = await placeWithStudy();
    const { stdout, stderr, id } = await measured(place);
    expect(await trialsByPlatform(place)).toEqual({
      simulated: PLANNED[0],
      "simulated-costly": PLANNED[1],
    });
    expect([...stderr.matchAll(/^platform (\d) of 2: (\S+)$/gm)].map(([, , name]) => name)).toEqual([
      ...["simulated", "simulated-costly"],
    ]);
    expect(stdout.match(/^Simulated · /gm)).toHaveLength(1);
    // Their truths: a level keeps 0.8 here, 0.6 there.
    expect(stdout).toMatch(/^cpu +L1 to L0 +0\.(79|80|81)\d .* 0\.(59|60|61)\d /m);
    expect(stdout).toMatch(/^simulated-costly +L2 +--/m);
    expect(stdout).toContain("UNLIKE MACHINES");
    await inStore(place, async (store) => {
      const [group] = await store.groups();
      expect(group).toMatchObject({ id, seed: 5, studies: [{ levels: 2 }, { levels: 1 }] });
      expect((await store.runs()).map((run) => [run.id, run.group])).toEqual([
        [`${id}-simulated`, { id, place: 1 }],
        [`${id}-simulated-costly`, { id, place: 2 }],
      ]);
    });
  });

  test("writes the group's files and each run's, and a study that gives the same plan again", async () => {
    const place = await placeWithStudy();
    const { id } = await measured(place);
    for (const name of [id, `${id}-simulated`, `${id}-simulated-costly`]) {
      const files = await filesIn(place, `dvirt-results/${name}`);
      expect(files, name).toEqual(
        expect.arrayContaining(["report.md", "report.json", "study.yaml", "trials.csv"]),
      );
    }
    const plan = await dvirt(place, "plan two.yaml");
    const again = await dvirt(place, `plan dvirt-results/${id}/study.yaml`);
    expect(plan.code, plan.stderr).toBe(0);
    expect(plan.stdout.match(/\(study sim, platform \S+\)/g)).toEqual([
      ...["(study sim, platform simulated)", "(study sim, platform simulated-costly)"],
    ]);
    expect(again.stdout).toBe(plan.stdout);
  });

  test("takes options for all platforms; one that goes less deep stays so", async () => {
    const place = await placeWithStudy();
    await succeed(place, "run two.yaml --levels 3 --boots 1");
    expect(await trialsByPlatform(place)).toEqual({
      simulated: plannedIds({ levels: 3, boots: 1, runs: 1 }, ["cpu"]),
      "simulated-costly": plannedIds({ levels: 1, boots: 1, runs: 1 }, ["cpu"]),
    });
  });

  test("measures the other platform where one cannot be, and ends with what kept it", async () => {
    const place = await placeWithStudy();
    const started = startDvirt(place, "run two.yaml", {
      DVIRT_SIMULATED_SECONDS: "0.2",
    });
    expect(await started.lines(TRIAL_ENDED, 1)).toBe(true);
    started.kill("SIGKILL");
    await started.ended;
    // What another version wrote, for all that this one can tell.
    const database = new Database(place.store);
    database.exec("UPDATE runs SET study = replace(study, '\"cpu\"', '\"weather\"')");
    database.close();
    const { code, stdout, stderr } = await dvirt(place, "resume --full");
    expect(code).toBe(69);
    expect(stderr).toMatch(/^error\[study-unreadable\] \S+-simulated: /m);
    expect(stderr).toMatch(/^the group is not complete\. Go on with: dvirt resume \S+-sim-\S+$/m);
    expect((await trialsByPlatform(place))["simulated-costly"]).toEqual(PLANNED[1]);
    expect(stdout).toMatch(/^simulated-costly +L1 +\d/m);
  });
});

describe("a group that was stopped", () => {
  test("by a kill goes on with its first unfinished run, and nothing is measured twice", async () => {
    const place = await placeWithStudy();
    const slow = { DVIRT_SIMULATED_SECONDS: "0.05" };
    let line = "run two.yaml --full";
    const before: (readonly [string, string])[] = [];
    // In the first run, in the first again, and in the second.
    for (const ended of [3, 4, 8]) {
      const started = startDvirt(place, line, slow);
      expect(await started.lines(TRIAL_ENDED, ended)).toBe(true);
      started.kill("SIGKILL");
      expect((await started.ended).signal).toBe("SIGKILL");
      const { observations, integrity } = await readRawStore(place.store);
      expect(integrity).toBe("ok");
      expect(observations.slice(0, before.length)).toEqual(before);
      before.splice(0, before.length, ...observations);
      line = "resume --full";
    }
    const stopped = await succeed(place, "report");
    expect(stopped.stdout).toMatch(
      /note: simulated-costly: \d+ of 8 trials are not measured yet: dvirt resume /,
    );
    const { stdout, stderr } = await succeed(place, line);
    expect(stderr).not.toContain("platform 1 of 2");
    expect(stdout).not.toContain("not measured yet");
    expect(await trialsByPlatform(place)).toEqual({
      simulated: PLANNED[0],
      "simulated-costly": PLANNED[1],
    });
  });

  test("by an interrupt tells how to go on with all of it", async () => {
    const place = await placeWithStudy();
    const started = startDvirt(place, "run two.yaml", {
      DVIRT_SIMULATED_SECONDS: "0.2",
    });
    expect(await started.lines(TRIAL_ENDED, 1)).toBe(true);
    started.kill("SIGINT");
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    const [, id = ""] = /Go on with: dvirt resume (\S+)/.exec(stderr) ?? [];
    const listed = await dvirt(place, "list");
    expect(listed.stdout).toMatch(new RegExp(`^${id} +2 platforms$`, "m"));
    expect(listed.stdout).toMatch(/^ {2}not begun +simulated-costly +L0–L1 +0 +0$/m);
    const shown = await dvirt(place, `report ${id}`);
    expect(shown.stdout).toContain(`note: simulated-costly has not begun: dvirt resume ${id}`);
    const resumed = await succeed(place, `resume ${id} --full`);
    expect(groupId(resumed)).toBe(id);
  });

  test("with its last trial stored and not judged is not complete", async () => {
    const place = await placeWithStudy();
    const { id } = await measured(place);
    const complete = () =>
      inStore(place, async (store) => {
        const [group] = await store.groups();
        const runs = group === undefined ? [] : [...(await runsOfGroup(group, store)).values()];
        return Promise.all(runs.map((run) => isComplete(run, store)));
      });
    expect(await complete()).toEqual([true, true]);
    const database = new Database(place.store);
    database.exec("DELETE FROM outcomes WHERE rowid = (SELECT MAX(rowid) FROM outcomes)");
    database.close();
    expect(await complete()).toEqual([true, false]);
    await succeed(place, `resume ${id}`);
    expect(await complete()).toEqual([true, true]);
  });
});

describe("a group in the store", () => {
  let group: Ended & { readonly place: Place; readonly id: string };

  beforeAll(async () => {
    const place = await createPlace();
    await place.write("two.yaml", TEXT);
    group = { place, ...(await measured(place)) };
  });

  afterAll(() => group.place.remove());

  test("is found by its name, by its beginning, as the latest and without a name, before its runs", async () => {
    const { place, stdout, id } = group;
    for (const line of [`report ${id}`, `report ${id.slice(0, 15)}`, "report latest", "report"]) {
      const report = await dvirt(place, line);
      expect(report).toMatchObject({ code: 0, stdout, stderr: "" });
    }
    const run = await dvirt(place, `report ${id}-simulated`);
    expect(run.stdout).toMatch(new RegExp(` · run ${id}-simulated · `));
  });

  test("is measured no further once it is complete, and its files come out the same", async () => {
    const { place, stdout, id } = group;
    const first = await readFile(join(place.out, id, "report.json"));
    const resumed = await dvirt(place, `resume ${id} --out again --full`);
    expect(resumed).toMatchObject({ code: 0, stdout });
    expect(resumed.stderr).not.toContain("platform 1");
    expect((await readFile(join(place.folder, "again", id, "report.json"))).equals(first)).toBe(true);
  });

  test.each(outputs.map(({ name }) => name))("becomes %s", async (format) => {
    const { place, id } = group;
    await inStore(place, async (store) => {
      const [stored] = await store.groups();
      if (stored === undefined) throw new Error(`${id} is not in the store`);
      const rendered = await outputs
        .find(({ name }) => name === format)
        ?.render(await groupReportOf(stored, store));
      if (rendered?.ok !== true) throw new Error(`${format} cannot be made`);
      expect(rendered.value.length).toBeGreaterThan(0);
      for (const { name, content } of rendered.value) expect(content.length, name).toBeGreaterThan(0);
    });
  });

  test("is shown with every platform's trials; one trial belongs to a run", async () => {
    const { place, id } = group;
    const shown = await dvirt(place, `show ${id} --full`);
    for (const name of ["simulated", "simulated-costly"]) {
      expect(shown.stdout).toMatch(new RegExp(`^${name} b1-up-L0-cpu-1 +\\d`, "m"));
    }
    const trial = await dvirt(place, `show ${id} b1-up-L0-cpu-1`);
    expect(trial.code).toBe(2);
    expect(trial.stderr).toContain(`try: dvirt show ${id}-PLATFORM b1-up-L0-cpu-1`);
    await succeed(place, `show ${id}-simulated b1-up-L0-cpu-1`);
  });

  test("is compared as what it is, and divided by nothing", async () => {
    const { place, id } = group;
    const compared = await succeed(place, `compare ${id} ${id}-simulated --full`);
    expect(compared.stdout).toContain("of several platforms");
  });

  test("has one run at a place", async () => {
    const { place, id } = group;
    await inStore(place, async (store) => {
      const [run] = await store.runs();
      if (run === undefined) throw new Error(`${id} has no run`);
      await expect(store.addRun({ ...run, id: "another" })).rejects.toThrow(/UNIQUE/);
    });
  });
});

test("what is done on one platform refuses a study on two", async () => {
  const place = await placeWithStudy();
  const { code, stderr } = await dvirt(place, "shell 0 --study two.yaml");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error\[several-platforms\] two\.yaml: .*simulated and simulated-costly/);
});
