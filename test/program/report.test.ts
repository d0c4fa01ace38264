import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import type { Truth } from "../../src/core/machine/provenance.ts";
import { studyData } from "../../src/core/study/study.ts";
import { runPlan } from "../../src/lab/run.ts";
import { outputs } from "../../src/outputs/index.ts";
import { DEFAULT_TRUTH, setUpSimulated } from "../../src/platforms/simulated.ts";
import { createPlace, type Place, placeForTest, placeWithStudy } from "../lab/place.ts";
import { CPU, studyOf, studyText } from "../lab/simulated-study.ts";
import { madeUpProvenance } from "../unit/made-up/provenance.ts";
import { completeLines, dvirt, succeed, succeedQuietly } from "./built-program.ts";
import { asTold, filesIn, toldWritten } from "./written.ts";

const LABEL = "SIMULATED: no machine was measured";
const STUDY = studyOf({ levels: 2, boots: 6, workloads: [CPU] });

/** Runs of one study on simulated labs whose truths differ as their names say; each has luck of its own. */
const TRUTHS: Readonly<Record<string, Partial<Truth>>> = {
  base: {},
  again: {},
  slow: { throughputAtL0: 850 },
  "a-little-slow": { throughputAtL0: 970 },
  "slow-in-guests": { kept: 0.7 },
  "near-the-limit": { throughputAtL0: 950 },
};

let shared: Place;

beforeAll(async () => {
  shared = await createPlace();
  const opened = await openSqliteStore(shared.store);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const store = opened.value;
  for (const [index, [id, truth]] of Object.entries(TRUTHS).entries()) {
    const seed = index + 1;
    const platform = setUpSimulated(STUDY, seed, { ...DEFAULT_TRUTH, ...truth }, 0);
    const { hardware, timing, origin } = platform;
    const createdAt = `2026-11-23T10:00:0${index}.000Z`;
    await store.addRun({
      id,
      createdAt,
      study: studyData(STUDY),
      seed,
      hardware,
      timing,
      provenance: madeUpProvenance({ origin }),
    });
    const result = await runPlan({
      id,
      study: STUDY,
      seed,
      platform,
      stacks: 1,
      store,
      clock: systemClock,
      emit: () => {},
      signal: new AbortController().signal,
    });
    expect(result.ok).toBe(true);
  }
  await store.close();
});

afterAll(() => shared.remove());

/** A command on the store with all those runs, in this place or in one of its own. */
async function ended(line: string, place?: Place) {
  const { code, stdout, stderr } = await dvirt(place ?? (await placeForTest()), line, {
    DVIRT_STORE: shared.store,
  });
  return { code, stdout, stderr };
}

const ownFiles = async (place: Place) => (await place.files()).filter((name) => !name.startsWith("tmp/"));

describe("dvirt report", () => {
  test("prints what the run itself printed with --full, by name, by its beginning, as the latest and without a name", async () => {
    const place = await placeWithStudy(studyText({ boots: 2, levels: 1 }));
    const run = await succeed(place, "run sim.yaml --full");
    const id = /run (\S+) ·/.exec(run.stdout)?.[1] ?? "";
    for (const line of [`report ${id}`, `report ${id.slice(0, 15)}`, "report latest", "report"]) {
      const report = await dvirt(place, line);
      expect(report).toMatchObject({ code: 0, stdout: run.stdout, stderr: "" });
    }
  });

  test("writes again the files that the run wrote, to the last byte", async () => {
    const place = await placeWithStudy(studyText({ boots: 2, levels: 1 }));
    const run = await succeed(place, "run sim.yaml");
    const formats = outputs.filter(({ made }) => made === "always").map(({ name }) => name);
    const report = await succeed(place, `report --format ${formats.join()} --out again`);
    const id = toldWritten(run.stderr).folder.split("/").at(-1);
    const names = await filesIn(place, `again/${id}`);
    expect(toldWritten(report.stderr)).toEqual({ folder: `again/${id}`, names: asTold(names) });
    expect([...names, "study.yaml"].sort()).toEqual(
      [...(await filesIn(place, `dvirt-results/${id}`))].sort(),
    );
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const name of names) {
      const [one, other] = ["again", "dvirt-results"].map((folder) =>
        readFile(join(place.folder, folder, `${id}`, name)),
      );
      expect((await one)?.equals((await other) ?? Buffer.of()), name).toBe(true);
    }
  });

  test.each(outputs.map(({ name }) => name))("writes %s, and tells which files that were", async (format) => {
    const place = await placeForTest();
    const { code, stdout, stderr } = await ended(`report base --format ${format} --out out`, place);
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "" });
    const names = await filesIn(place, "out/base");
    expect(toldWritten(stderr)).toEqual({ folder: "out/base", names: asTold(names) });
    expect(await ownFiles(place)).toEqual(names.map((name) => `out/base/${name}`));
    for (const name of names)
      expect((await stat(join(place.folder, "out/base", name))).size, name).toBeGreaterThan(0);
  });

  test("writes several formats at once, and all of them by one word", async () => {
    const place = await placeForTest();
    const two = await ended("report base --format csv,markdown --out two", place);
    expect(two.code, two.stderr).toBe(0);
    const few = await filesIn(place, "two/base");
    expect(few).toEqual(expect.arrayContaining(["comparisons.csv", "report.md", "tables.csv", "trials.csv"]));
    const all = await ended("report base --format all --out all", place);
    expect(all.code, all.stderr).toBe(0);
    const many = await filesIn(place, "all/base");
    expect(toldWritten(all.stderr).names).toEqual(asTold(many));
    expect(many).toEqual(expect.arrayContaining([...few]));
    expect(many.length).toBeGreaterThan(few.length);
  });

  test("as terminal is the text that it is without a format", async () => {
    const place = await placeForTest();
    const plain = await ended("report base", place);
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    expect(plain.stdout).toContain(LABEL);
    expect(await ended("report base --format terminal", place)).toEqual(plain);
    expect(await ownFiles(place)).toEqual([]);
  });

  test("of a run that was stopped says what is missing", async () => {
    const place = await placeForTest();
    const opened = await openSqliteStore(place.store);
    if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
    await opened.value.addRun({
      id: "begun",
      createdAt: "2026-11-23T10:00:00.000Z",
      study: studyData(STUDY),
      seed: 1,
      hardware: "simulated",
      timing: "wall",
      provenance: madeUpProvenance(),
    });
    await opened.value.close();
    const report = await succeedQuietly(place, "report begun");
    expect(report.stdout).toContain("cpu: there is nothing to compare");
    expect(report.stdout).toContain("note: 36 of 36 trials are not measured yet: dvirt resume begun");
    const names = outputs.map(({ name }) => name).join();
    await succeed(place, `report begun --format ${names} --out out`);
  });

  test("in a format that there is not is refused with those that there are, before anything is touched", async () => {
    const place = await placeForTest();
    const { code, stdout, stderr } = await dvirt(place, "report base --format markdown,gif,word");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error\[bad-option\] --format: there is no format gif, no word\n {2}try: one or more of \S+\n$/,
    );
    const known = /one or more of (\S+)/.exec(stderr)?.[1]?.split(",");
    expect(known).toEqual(["terminal", "all", ...outputs.map(({ name }) => name)]);
    expect(await ownFiles(place)).toEqual([]);
  });

  test("in a file and on the terminal at once, where both are named", async () => {
    const place = await placeForTest();
    const both = await succeed(place, "report fitzgerald-2014 --format csv,terminal --out out");
    const shown = await succeedQuietly(place, "report fitzgerald-2014");
    expect(both.stdout).toBe(shown.stdout);
    expect(await place.files()).toContain("out/fitzgerald-2014/tables.csv");
    const meant = await dvirt(place, "report fitzgerald-2014 --format latxe");
    expect(meant.stderr).toContain("try: did you mean latex? ");
  });

  test("of what is neither a run nor a published study is refused with how to find both", async () => {
    const place = await placeForTest();
    const { code, stdout, stderr } = await ended("report nonesuch", place);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error\[no-run\] nonesuch: the store holds no run of this name\n {2}try: dvirt list; published studies: fitzgerald-2014\b.*\n$/,
    );
    const empty = await dvirt(place, "report");
    expect(empty).toMatchObject({ code: 2, stdout: "" });
    expect(empty.stderr).toMatch(
      /^error\[no-run\]: the store holds no run yet\n {2}try: dvirt run; published/,
    );
  });

  test("of a name with which several runs begin is refused with their names", async () => {
    const { code, stderr } = await ended("report slow-");
    expect(code, stderr).toBe(0);
    const many = await ended("report a");
    expect(many.code).toBe(2);
    expect(many.stderr).toMatch(/^error\[ambiguous-run\] a: 2 runs begin like this: again, a-little-slow\n/);
    // A whole name is that run, whatever begins with it.
    expect((await ended("report slow")).code).toBe(0);
  });

  test("into a folder that cannot be made is an expected failure", async () => {
    const place = await placeForTest();
    await place.write("a-file", "");
    const { code, stderr } = await ended("report base --format markdown --out a-file/below", place);
    expect(stderr).toMatch(/^error\[[a-z-]+\] .+\n {2}try: .+\n$/);
    expect(stderr).not.toContain("this is a bug");
    expect(code).toBe(69);
  });

  test("of a published study needs no run", async () => {
    const place = await placeForTest();
    const report = await succeedQuietly(place, "report fitzgerald-2014");
    expect(report.stdout).toMatch(/^cpu on x86_64, over-committed: L1 costs /m);
    expect(report.stdout).not.toContain("SIMULATED");
  });
});

describe("dvirt compare", () => {
  const told = (stderr: string) =>
    completeLines(stderr).flatMap(
      (line) => /^slower by more than (\S+: \S+ at L\d of \S+): /.exec(line)?.[1] ?? [],
    );

  test("of two runs with one truth finds them equivalent, by their absolute figures", async () => {
    const { code, stdout, stderr } = await ended("compare base again --full");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(LABEL);
    expect(stdout).toMatch(
      /^cpu: L2 keeps of its own L0 0\.6\d+ \[.*\] in base \[simulated\], 0\.6\d+ \[.*\] in again /m,
    );
    const changes = [...stdout.matchAll(/^cpu +again +(L\d) .* (equivalent|slower|faster|inconclusive) /gm)];
    expect(changes.map(([, level, verdict]) => [level, verdict])).toEqual([
      ["L0", "equivalent"],
      ["L1", "equivalent"],
      ["L2", "equivalent"],
    ]);
  });

  test("of a run with itself gives a ratio of 1 everywhere", async () => {
    const { code, stdout } = await ended("compare base base --fail-on-slower 1% --full");
    expect(code).toBe(0);
    const ratios = [...stdout.matchAll(/^cpu +base +L\d +0% +(\S+) /gm)].map(([, ratio]) => ratio);
    expect(ratios).toEqual(["1.000", "1.000", "1.000"]);
  });

  test("with --fail-on-slower ends with 1 where a figure fell by more, and says which", async () => {
    const { code, stderr } = await ended("compare base slow --fail-on-slower 5%");
    expect(code).toBe(1);
    expect(told(stderr)).toEqual([0, 1, 2].map((level) => `5.00%: cpu at L${level} of slow`));
    expect(stderr).toMatch(/: 0\.8\d+ \[0\.8\d+, 0\.8\d+\]\n/);
  });

  test("with --fail-on-slower ends with 0 the other way round: what got faster is not slower", async () => {
    const { code, stdout, stderr } = await ended("compare slow base --fail-on-slower 5% --full");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^cpu +base +L\d .* faster /gm)).toHaveLength(3);
  });

  test.each([
    ["5%", 0, []],
    ["1%", 1, [0, 1, 2]],
  ] as const)(
    "with --fail-on-slower %s of what fell by three percent ends with %d",
    async (limit, wanted, levels) => {
      const { code, stderr } = await ended(`compare base a-little-slow --fail-on-slower ${limit}`);
      expect(code, stderr).toBe(wanted);
      expect(told(stderr)).toEqual(levels.map((level) => `1.00%: cpu at L${level} of a-little-slow`));
    },
  );

  test("with --fail-on-slower names only the levels that fell", async () => {
    const { code, stderr } = await ended("compare base slow-in-guests --fail-on-slower 5%");
    expect(code).toBe(1);
    expect(told(stderr)).toEqual([
      "5.00%: cpu at L1 of slow-in-guests",
      "5.00%: cpu at L2 of slow-in-guests",
    ]);
  });

  test("with --fail-on-slower does not fail for what boots leave open, and says that it is open", async () => {
    const { code, stderr } = await ended("compare base near-the-limit --fail-on-slower 5%");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^\d of 3 figure\(s\) could be slower by 5\.00% for all that was measured; more boots would tell\n$/,
    );
  });

  test("of more than two holds each against the first, and fails for any of them", async () => {
    const { code, stdout, stderr } = await ended("compare base again slow --fail-on-slower 5% --full");
    expect(code).toBe(1);
    expect(told(stderr)).toEqual([0, 1, 2].map((level) => `5.00%: cpu at L${level} of slow`));
    expect(stdout.match(/^cpu +(again|slow) +L\d /gm)).toHaveLength(6);
  });

  test("without --fail-on-slower ends with 0, whatever it finds", async () => {
    const { code, stdout, stderr } = await ended("compare base slow --full");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^cpu +slow +L\d .* slower /gm)).toHaveLength(3);
  });

  test("takes the margin that it is given", async () => {
    const { code, stdout } = await ended("compare base slow --margin 30% --full");
    expect(code).toBe(0);
    expect(stdout.match(/^cpu +slow +L\d .* equivalent /gm)).toHaveLength(3);
  });

  test("writes the comparison in the formats that a report has", async () => {
    const place = await placeForTest();
    const { code, stdout, stderr } = await ended(
      "compare base slow --format markdown,json --out out --fail-on-slower 5%",
      place,
    );
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
    const folder = join(place.folder, "out", "compare-base-slow");
    const markdown = await readFile(join(folder, "report.md"), "utf8");
    expect(markdown).toContain(`> **${LABEL}`);
    expect(markdown).toContain("# base against slow");
    expect(JSON.parse(await readFile(join(folder, "report.json"), "utf8"))).toMatchObject({
      subject: { kind: "comparison", of: ["base", "slow"] },
      hardware: "simulated",
      timing: "wall",
    });
  });

  test("with a published study shows both and divides neither; nothing can be said to have failed or passed", async () => {
    const pair = "compare base fitzgerald-2014";
    const shown = await ended(`${pair} --full`);
    expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 0, stderr: "" });
    expect(shown.stdout).toContain("relative costs stand side by side and are not divided by each other");
    expect(shown.stdout).toMatch(
      /^cpu: L2 keeps of its own L0 .* in base \[simulated\], .* in fitzgerald-2014: S390x/m,
    );
    const asked = await ended(`${pair} --fail-on-slower 5%`);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/^error\[nothing-comparable\] --fail-on-slower: .+\n {2}try: .+\n$/);
  });

  test("of one run is refused", async () => {
    expect(await ended("compare base")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error[bad-option] compare: one run alone has nothing to be compared with\n" +
        "  try: dvirt compare A B; dvirt list names the runs\n",
    });
  });

  test("of a run that is not there is refused, whichever it is", async () => {
    for (const names of ["nonesuch base", "base nonesuch"]) {
      const { code, stdout, stderr } = await ended(`compare ${names}`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^error\[no-run\] nonesuch: /);
    }
  });

  test.each([
    ["--fail-on-slower", "5"],
    ["--fail-on-slower", "0%"],
    ["--fail-on-slower", "100%"],
    ["--margin", "two"],
    ["--margin", "-2%"],
  ])("%s %s is refused with what it must be", async (option, value) => {
    const { code, stdout, stderr } = await ended(`compare base again ${option} ${value}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(
      `option '${option} <percent>' argument '${value}' is invalid. It must be a percentage such as 5%.`,
    );
  });
});
