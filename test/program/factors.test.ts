import { expect, test } from "vitest";
import { placeWithStudy } from "../lab/place.ts";
import { CPU, studyText } from "../lab/simulated-study.ts";
import { dvirt, succeed } from "./built-program.ts";

const text = (factors: string) => `${studyText({ levels: 1, boots: 3, workloads: [CPU] })}${factors}`;

test("plans, measures, shows and compares a study with factors", async () => {
  const place = await placeWithStudy(text("factors: { hugepages: [off, 2M] }\n"));
  const plan = await dvirt(place, "plan sim.yaml");
  expect(plan.stdout).toContain(
    "2 conditions, each brought up afresh in every boot:\n  c1  hugepages off\n  c2  hugepages 2M\n",
  );
  expect(plan.stdout).toContain("3 boots × 8 trials = 24 trials");
  const run = await succeed(place, "run sim.yaml --seed 3 --full");
  expect(run.stderr).toMatch(/boot 1\/3, hugepages (off|2M): bring-up 1, 4 trials/);
  // The simulated lab's own truth: at L1 huge pages give a twentieth.
  expect(run.stdout).toMatch(/hugepages 2M instead of off: cpu at L1 gains [3-7]\.\d+% \[/);
  expect(run.stdout).toMatch(/What a factor does to throughput/);
  expect((await dvirt(place, "list")).stdout).toContain("24/24");
  expect((await dvirt(place, "show latest --full")).stdout).toMatch(/b1-c[12]-up-L0-cpu-1/);

  await place.write("sim.yaml", text(""));
  await succeed(place, "run sim.yaml --seed 4");
  const runs = (await dvirt(place, "list")).stdout.match(/\S+-sim-\S+/g) ?? [];
  const apart = await dvirt(place, `compare ${runs[0] ?? ""} ${runs[1] ?? ""} --full`);
  expect(apart.stdout).toMatch(/they have no condition in common, hugepages off; hugepages 2M \/ no factors/);
  const same = await dvirt(place, `compare ${runs[0] ?? ""} ${runs[0] ?? ""} --full`);
  expect(same.stdout).toMatch(/hugepages 2M/);
  expect(same.stdout).not.toMatch(/no condition in common/);
});

test("refuses a level that an option takes away from under a setting", async () => {
  const place = await placeWithStudy(text("settings: { L1.thp: never }\n"));
  const refused = await dvirt(place, "plan sim.yaml --levels 0");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(
    "error[setting-beyond-levels] --levels: L1.thp is for L1, and the study's deepest level is L0",
  );
});

test("refuses a setting that it does not know with the file and the line", async () => {
  const place = await placeWithStudy(text("settings:\n  disc: ide\n"));
  const refused = await dvirt(place, "run sim.yaml");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toBe(
    'error[unknown-setting] sim.yaml:13: setting "disc" is not known\n' +
      "  try: one of: thp, hugepages, disk, cache, nic, cpuModel, mitigations, nestedPaging, clocksource; for one level alone: L1.thp\n",
  );
});
