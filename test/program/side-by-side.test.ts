import { describe, expect, test } from "vitest";
import { placeWithStudy } from "../lab/place.ts";
import { type RawStore, readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { completeLines, dvirt, startDvirt, succeed, TRIAL_ENDED } from "./built-program.ts";

const SHAPE = { levels: 2, boots: 3, runs: 1 };
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);

/** What each trial printed, by its id; the order of storing is the host's. */
function printed({ observations }: RawStore): Readonly<Record<string, unknown>> {
  const each = observations.map(([id, content]): [string, unknown] => {
    const row: { stdout: string } = JSON.parse(content);
    return [id, row.stdout];
  });
  return Object.fromEntries(each.sort(([a], [b]) => a.localeCompare(b)));
}

describe("dvirt run --parallel", () => {
  test.each(["run", "plan"])("is refused by %s in wall time, and nothing is begun", async (command) => {
    const place = await placeWithStudy(studyText({ ...SHAPE, platform: "x86_64-kvm" }));
    expect(await dvirt(place, `${command} sim.yaml --hardware real --parallel 2`)).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "error[bad-option] --parallel: 2 boots side by side would disturb each other: where time is not counted, the figures of each depend on what the others do\n" +
        "  try: leave --parallel out: boots are measured side by side in counted time alone\n",
    });
    expect(await place.files()).toEqual(["sim.yaml"]);
    expect((await dvirt(place, "plan sim.yaml --hardware real --parallel 1")).code).toBe(0);
  });

  test("measures the plan with the figures of one at a time, and says whose each line is", async () => {
    const one = await placeWithStudy(studyText(SHAPE));
    await succeed(one, "run sim.yaml --seed 7");
    const three = await placeWithStudy(studyText(SHAPE));
    const { stderr } = await succeed(three, "run sim.yaml --seed 7 --parallel 3");
    const [alone, together] = [await readRawStore(one.store), await readRawStore(three.store)];
    expect(printed(together)).toEqual(printed(alone));
    expect(Object.keys(printed(together)).sort()).toEqual(PLAN);
    const lines = completeLines(stderr);
    expect(lines[0]).toMatch(/^run \S+: 3 boots, 3 side by side, 36 trials; about /);
    for (const boot of ["1", "2", "3"]) {
      const own = lines.filter((line) => TRIAL_ENDED.exec(line)?.groups?.["boot"] === boot);
      expect(own, `boot ${boot}`).toHaveLength(PLAN.length / 3);
    }
  });

  test("takes less time, as the plan says", async () => {
    const place = await placeWithStudy(studyText(SHAPE));
    const cost = async (...options: readonly string[]) =>
      (await dvirt(place, ["plan", "sim.yaml", ...options], { DVIRT_SIMULATED_SECONDS: "1" })).stdout
        .split("\n")
        .find((line) => /^about |side by side/.test(line));
    const seconds = 36 * 6 + 9 * 3;
    expect(await cost()).toBe(`about ${Math.floor(seconds / 60)} min 0${seconds % 60} s`);
    expect(await cost("--parallel", "3")).toBe("about 1 min 21 s (3 boots side by side)");
    expect(await cost("--parallel", "3", "--until", "5%")).toMatch(/ \(3 boots side by side in the pilot\)$/);
  });

  test("is stopped by Ctrl-C with all its boots, and resume completes it", async () => {
    const place = await placeWithStudy(studyText(SHAPE));
    const running = startDvirt(place, "run sim.yaml --parallel 2", { DVIRT_SIMULATED_SECONDS: "0.03" });
    expect(await running.lines(TRIAL_ENDED, 5)).toBe(true);
    running.kill("SIGINT");
    const stopped = await running.ended;
    expect(stopped.code, stopped.stderr).toBe(130);
    const before = await readRawStore(place.store);
    expect(before.observations.length).toBeLessThan(PLAN.length);
    const { stdout } = await succeed(place, `resume ${before.runs[0]} --parallel 2 --full`);
    const after = await readRawStore(place.store);
    expect(after.observations.slice(0, before.observations.length)).toEqual(before.observations);
    expect(after.observations.map(([id]) => id).sort()).toEqual(PLAN);
    for (const boot of [1, 2]) {
      expect(stdout).toContain(`note: boot ${boot} was interrupted and went on in a fresh bring-up`);
    }
  });
});
