import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeForTest, placeWithStudy } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { CPU, plannedIds, studyText } from "../lab/simulated-study.ts";
import { dvirt, startDvirt, succeed, TRIAL_ENDED } from "./built-program.ts";
import { asked, serve } from "./served.ts";

const SHAPE = { levels: 1, boots: 3, runs: 1 };
const FOUR = "{name: cpu, as: cpu-four, threads: 4}";

describe("cpu with one thread beside cpu with four", () => {
  test("is planned, measured over a kill, shown, reported, exported and chosen by its own name", async () => {
    const place = await placeWithStudy(studyText({ ...SHAPE, workloads: [CPU, FOUR] }));
    const planned = await dvirt(place, "plan sim.yaml");
    expect(planned.stdout).toContain("  cpu-four: cpu, prime search");
    expect(planned.stdout).toMatch(/^ {2}b1-up-L0-cpu-four-1 /m);

    const first = startDvirt(place, "run sim.yaml", {
      DVIRT_SIMULATED_SECONDS: "0.05",
    });
    expect(await first.lines(TRIAL_ENDED, 3)).toBe(true);
    first.kill("SIGKILL");
    await first.ended;
    const second = await succeed(place, "resume --full");
    const { runs, observations } = await readRawStore(place.store);
    expect(observations.map(([trial]) => trial).sort()).toEqual(plannedIds(SHAPE, ["cpu", "cpu-four"]));
    const run = runs[0] ?? "";

    const argvOf = async (trial: string) => (await dvirt(place, `show ${run} ${trial}`)).stdout;
    expect(await argvOf("b1-up-L1-cpu-1")).toContain("--threads=1 ");
    expect(await argvOf("b1-up-L1-cpu-four-1")).toContain("--threads=4 ");

    expect(second.stdout).toContain("cpu-four, resources reserved");
    const report = await readFile(join(place.out, run, "report.md"), "utf8");
    expect(report).toMatch(/^\| cpu-four \| workload cpu, threads 4, /m);
    expect(report).toMatch(/^\| cpu \| threads 1, /m);
    const trials = await readFile(join(place.out, run, "trials.csv"), "utf8");
    expect(trials.match(/,cpu-four,/g)).toHaveLength(12);
    expect(await readFile(join(place.out, run, "study.yaml"), "utf8")).toContain("as: cpu-four");
    const served = await serve(place);
    const page = await asked(served, `/runs/${run}`);
    await served.stop();
    expect(page.body).toContain("cpu-four");

    const chosen = await dvirt(place, "plan sim.yaml --workloads cpu-four");
    expect(chosen.stdout).toContain("3 boots × 4 trials = 12 trials");
    expect(chosen.stdout).not.toMatch(/b1-up-L0-cpu-1/);
  });
});

describe("a study is refused", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      "where two workloads have one name",
      [FOUR, FOUR],
      "error[workload-twice] sim.yaml:12: two workloads are called cpu-four\n" +
        "  try: a name of its own for one of them, such as as: cpu-four-2; more trials of one are made by repetitions\n",
    ],
    [
      "where a name could not stand in a trial's",
      ["{name: cpu, as: Cpu 4, threads: 4}"],
      'error[bad-value] sim.yaml:11: workloads.0.as: a workload\'s name has lower-case letters, digits and dashes (found "Cpu 4")\n',
    ],
    [
      "where two workloads need different data sets",
      ["{name: oltp, threads: 1, rows: 1000}", "{name: oltp, as: oltp-large, threads: 1, rows: 2000}"],
      "error[data-sets-differ] sim.yaml:12: oltp-large would work on another data set than oltp, and a study has one\n" +
        "  try: the same tables, rows and logFile for both, or a study for each\n",
    ],
  ];
  test.each(cases)("%s", async (_, workloads, stderr) => {
    const place = await placeWithStudy(studyText({ workloads }));
    for (const verb of ["plan", "run"]) {
      expect(await dvirt(place, `${verb} sim.yaml`)).toMatchObject({ code: 2, stderr });
    }
  });

  test("not where two workloads share a data set and differ in how the server flushes", async () => {
    const place = await placeForTest();
    const oltp = (as: string, flush: number) =>
      `{name: oltp, as: ${as}, threads: 1, rows: 1000, seconds: 4, flushLogAtCommit: ${flush}}`;
    await place.write("sim.yaml", studyText({ ...SHAPE, workloads: [oltp("safe", 1), oltp("lazy", 0)] }));
    const ended = await succeed(place, "run sim.yaml --full");
    expect(ended.stdout).toContain("lazy, resources reserved");
  });
});
