import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "libsql";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createPlace, type Place, placeForTest, placeWithStudy } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { CPU, OLTP, plannedIds, studyText } from "../lab/simulated-study.ts";
import {
  completeLines,
  dvirt,
  dvirtOnceLabIsFree,
  startDvirt,
  succeed,
  succeedQuietly,
} from "./built-program.ts";
import { asTold, filesIn, toldWritten } from "./written.ts";

const SHAPE = { levels: 2, boots: 3, runs: 1 };
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);
const LABEL = "SIMULATED: no machine was measured";
/** What a run always leaves in its folder, whatever formats there are beside. */
const FILES = ["comparisons.csv", "report.json", "report.md", "study.yaml", "tables.csv", "trials.csv"];
const TRIAL_LINE = /^ {2}(up|down) +L\d+ +\S+ /;

/** A complete run of a simulated study, and what it said. */
async function completeRun(seed = 7, given?: Place) {
  const place = given ?? (await placeForTest());
  await place.write("sim.yaml", studyText(SHAPE));
  const ended = await dvirt(place, `run sim.yaml --seed ${seed} --full`);
  const [run = ""] = (await readRawStore(place.store)).runs;
  const read = (name: string) => readFile(join(place.out, run, name), "utf8");
  return { place, ended, run, read };
}

let shared: ReturnType<typeof completeRun> | undefined;

/** One complete run for all tests that only look at it. */
function completeRunToRead() {
  shared ??= createPlace().then((place) => completeRun(7, place));
  return shared;
}

afterAll(async () => (await shared)?.place.remove());

/** Rows of RFC 4180 text, written here so that the writer is not checked by itself. */
function csvRows(text: string): readonly (readonly string[])[] {
  expect(text.endsWith("\r\n")).toBe(true);
  const rows: string[][] = [];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    const row = rows.at(-1);
    const value = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    if (row === undefined) rows.push([value]);
    else row.push(value);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** The same values with the keys of every object in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, each]) => [key, backwards(each)]));
}

describe("dvirt run", () => {
  test("prints the tables with --full on standard output, the progress on standard error, and nothing else on either", async () => {
    const { place, ended, run } = await completeRunToRead();
    expect(ended.code, ended.stderr).toBe(0);
    const out = ended.stdout.split("\n");
    expect(out[0]).toBe(`Simulated · run ${run} · seed 7 · simulated hardware`);
    for (const workload of ["cpu", "oltp"]) {
      const at = out.indexOf(`${workload}, resources reserved`);
      expect(at, `a table of ${workload}`).toBeGreaterThan(0);
      expect(out[at + 2]).toMatch(
        /^Platform +D_virt +TPSec +ΔL\(n-1\) +StdErr +StdErr % +Time \(ms\) +ΔL\(n-1\) +StdErr +StdErr % +boots$/,
      );
      const rows = out.slice(at + 4, at + 7).map((line) => line.split(/ +/));
      expect(rows.map((cells) => cells[0])).toEqual(["simulated", "simulated", "simulated"]);
      expect(rows.map((cells) => cells[1])).toEqual(["L0", "L1", "L2"]);
      expect(rows.map((cells) => cells.at(-1))).toEqual(["3", "3", "3"]);
      expect(ended.stdout).toMatch(
        new RegExp(
          `^${workload}: L1 costs [\\d.]+% of L0's throughput \\(ratio 0\\.\\d+ \\[.*\\]\\): slower, by at least [\\d.]+%; L2 `,
          "m",
        ),
      );
    }
    expect(
      out.filter((line) => TRIAL_LINE.test(line)),
      "progress does not stand among the results",
    ).toEqual([]);

    const progress = completeLines(ended.stderr);
    expect(progress.filter((line) => TRIAL_LINE.test(line))).toHaveLength(PLAN.length);
    expect(progress.filter((line) => /^boot \d\/3: bring-up \d, 12 trials/.test(line))).toHaveLength(3);
    expect(progress[0]).toMatch(new RegExp(`^run ${run}: 3 boots, 36 trials; about `));
    expect(progress.at(-1)).toMatch(/^written to /);
    const told = toldWritten(ended.stderr);
    expect(told.folder).toBe(`dvirt-results/${run}`);
    const written = await filesIn(place, `dvirt-results/${run}`);
    expect(told.names).toEqual(asTold(written));
    expect(written).toEqual(expect.arrayContaining(FILES));
    for (const foreign of ["─", "TPSec", "\u001b", "\r"]) expect(ended.stderr).not.toContain(foreign);
  });

  test("prints the answer on one screen without --full: a bar and a word for each level, in plain text", async () => {
    const { place, run } = await completeRunToRead();
    const again = await succeed(place, "resume");
    const lines = completeLines(again.stdout);
    expect(lines.length).toBeLessThanOrEqual(14);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(lines[0]).toBe(`Simulated · run ${run}`);
    expect(again.stdout).toMatch(/^L2 costs 3\d%( to 3\d%)? of L0's throughput/m);
    for (const name of ["cpu ", "oltp"]) {
      expect(again.stdout).toMatch(
        new RegExp(`^${name}  L1  [█▏▎▍▌▋▊▉·]+  −[12]\\d(\\.\\d)?% ±[\\d.]+ +slower$`, "m"),
      );
    }
    expect(again.stdout).toContain("\nDoubts: none of 36 trials failed or is doubted. 3 boots give wide");
    expect(again.stdout).not.toContain("\u001b");
    expect(again.stdout).not.toContain("TPSec");
    const shown = await succeed(place, "show", { COLUMNS: "60", FORCE_COLOR: "1" });
    expect(Math.max(...completeLines(shown.stdout).map((line) => [...line].length))).toBeLessThanOrEqual(60);
  });

  test("measures exactly the plan", async () => {
    const { place } = await completeRunToRead();
    const stored = await readRawStore(place.store);
    expect(stored.observations.map(([id]) => id).sort()).toEqual(PLAN);
    expect([...stored.outcomes].sort()).toEqual(PLAN);
  });

  test("writes tables.csv with a row for each workload and level", async () => {
    const { run, read } = await completeRunToRead();
    const [head = [], ...rows] = csvRows(await read("tables.csv"));
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => head.length));
    const cells = rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ""])));
    expect(cells.map((cell) => `${cell["workload"]} ${cell["level"]}`)).toEqual(
      ["cpu", "oltp"].flatMap((name) => ["L0", "L1", "L2"].map((level) => `${name} ${level}`)),
    );
    for (const cell of cells) {
      expect(cell).toMatchObject({ run, hardware: "simulated", platform: "simulated", boots: "3" });
      expect(Number(cell["throughput_per_s"])).toBeGreaterThan(0);
      // One thread: each transaction takes the whole of its time.
      expect(Number(cell["throughput_per_s"]) * Number(cell["response_s"])).toBeCloseTo(1, 3);
    }
  });

  test("writes trials.csv with a row for each trial, in the order they ran", async () => {
    const { place, read } = await completeRunToRead();
    const [head = [], ...rows] = csvRows(await read("trials.csv"));
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => head.length));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column("trial")).toEqual((await readRawStore(place.store)).observations.map(([id]) => id));
    expect(new Set(column("hardware"))).toEqual(new Set(["simulated"]));
    expect(new Set(column("problem"))).toEqual(new Set([""]));
  });

  test("writes report.json in the format it names", async () => {
    const { run, read } = await completeRunToRead();
    const report: unknown = JSON.parse(await read("report.json"));
    expect(report).toMatchObject({
      format: "dvirt-report/2",
      subject: {
        kind: "run",
        id: run,
        seed: 7,
        planned: 36,
        study: { name: "sim", levels: 2, repetitions: { kind: "fixed", boots: 3, runs: 1 } },
      },
      hardware: "simulated",
      label: expect.stringContaining(LABEL),
      trials: Array.from({ length: 36 }, () => ({
        reading: { metrics: { throughput: expect.any(Number) } },
      })),
    });
  });

  test("writes comparisons.csv with a row for each metric, workload and pair of levels", async () => {
    const { run, read } = await completeRunToRead();
    const [head = [], ...rows] = csvRows(await read("comparisons.csv"));
    const cells = rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ""])));
    expect(
      cells.map((cell) => `${cell["metric"]} ${cell["workload"]} ${cell["level"]} ${cell["to_level"]}`),
    ).toEqual(
      ["throughput", "response"].flatMap((metric) =>
        ["cpu", "oltp"].flatMap((name) =>
          ["L1 L0", "L2 L0", "L2 L1"].map((levels) => `${metric} ${name} ${levels}`),
        ),
      ),
    );
    for (const cell of cells) {
      expect(cell).toMatchObject({ run, hardware: "simulated", verdict: "slower" });
      // Satterthwaite's, of the pair's own 2 and the workload's 4.
      expect(Number(cell["df"])).toBeGreaterThanOrEqual(2);
      expect(Number(cell["df"])).toBeLessThanOrEqual(6);
      // The truth: each level keeps 0.8 of the one below.
      const truth = 0.8 ** (cell["to_level"] === "L0" && cell["level"] === "L2" ? 2 : 1);
      const ratio = Number(cell["ratio"]) ** (cell["metric"] === "response" ? -1 : 1);
      expect(ratio / truth).toBeCloseTo(1, 1);
    }
  });

  test("writes study.yaml with every default resolved", async () => {
    const { read } = await completeRunToRead();
    expect(parse(await read("study.yaml"))).toMatchObject({
      platform: "simulated",
      hardware: "auto",
      levels: 2,
      repetitions: { boots: 3, runs: 1 },
      margin: "2%",
      workloads: [
        { name: "cpu", threads: 1, primeMax: 20_000, events: 10_000 },
        { name: "oltp", rows: 1000, seconds: 4, flushLogAtCommit: 1 },
      ],
    });
  });

  test("writes a study.yaml that gives the same plan again", async () => {
    const { place, run } = await completeRunToRead();
    const original = await dvirt(place, "plan sim.yaml --seed 7");
    const again = await dvirt(place, `plan ${join(place.out, run, "study.yaml")} --seed 7`);
    expect(again.stderr).toBe("");
    expect(again.stdout).toBe(original.stdout);
  });

  test("puts the label SIMULATED into every format that a person reads", async () => {
    const { place, ended, read } = await completeRunToRead();
    expect(ended.stdout).toContain(LABEL);
    expect(await read("report.md")).toContain(LABEL);
    expect((await dvirt(place, "show")).stdout).toContain(LABEL);
    expect((await dvirt(place, "list")).stdout).toContain("simulated");
  });

  test("takes the shape from its options where they are given", async () => {
    const place = await placeWithStudy(studyText(SHAPE));
    const options = ["--levels", "1", "--boots", "2", "--runs", "3", "--workloads", "oltp"];
    await succeed(place, ["run", "sim.yaml", ...options]);
    expect((await readRawStore(place.store)).observations.map(([id]) => id).sort()).toEqual(
      plannedIds({ levels: 1, boots: 2, runs: 3 }, ["oltp"]),
    );
  });

  test("runs each level with what expressions come to there, and keeps both", async () => {
    const place = await placeWithStudy(
      studyText({ ...SHAPE, workloads: ["{name: cpu, threads: 2 * cpus}"] }),
    );
    await succeed(place, "run sim.yaml");
    const { runs } = await readRawStore(place.store);
    const report = await readFile(join(place.out, runs[0] ?? "", "report.md"), "utf8");
    expect(report).toContain("threads 2 \\* cpus (L0 6, L1 4, L2 2)");
    const shown = await dvirt(place, "show latest b1-up-L1-cpu-1");
    expect(shown.stdout).toContain("--threads=4");
    await succeed(place, "resume latest");
  });

  test("keeps to one folder per run and never touches an earlier one", async () => {
    const { place, run } = await completeRun(7);
    const written = async () => {
      const names = await filesIn(place, `dvirt-results/${run}`);
      expect(names).toEqual(expect.arrayContaining(FILES));
      return Promise.all(
        names.map(async (name) => [name, await readFile(join(place.out, run, name), "latin1")]),
      );
    };
    const before = await written();
    await succeed(place, "run sim.yaml --seed 8");
    expect(await written()).toEqual(before);
    const { runs } = await readRawStore(place.store);
    expect(runs).toHaveLength(2);
    expect(runs).toContain(run);
  });
});

describe("dvirt plan", () => {
  const five = [
    CPU,
    OLTP,
    "{name: threads}",
    "{name: memory-read, threads: 1, blockSize: 256MiB}",
    "{name: memory-write, threads: 1, blockSize: 256MiB}",
  ];

  async function planOf(place: Place, ...options: readonly string[]): Promise<string> {
    const ended = await succeedQuietly(place, ["plan", "sim.yaml", ...options]);
    return ended.stdout;
  }

  const trialsIn = (text: string) =>
    [...text.matchAll(/^ {2}(b\d+-(?:up|down)-\S+)/gm)].map((match) => match[1]);

  test("is the same for the same seed, and another for another", async () => {
    const place = await placeWithStudy(studyText({ ...SHAPE, workloads: five }));
    const seven = await planOf(place, "--seed", "7");
    expect(await planOf(place, "--seed", "7")).toBe(seven);
    expect(trialsIn(await planOf(place, "--seed", "8"))).not.toEqual(trialsIn(seven));
  });

  test("shows what each level gets, and each argv where expressions make them differ", async () => {
    const place = await placeWithStudy(
      studyText({ ...SHAPE, workloads: ["{name: cpu, threads: 2 * cpus}"] }),
    );
    const text = await planOf(place);
    expect(text).toContain(
      "Machines, resources reserved\n  L0  3 CPU(s), 2.3 GiB; measured: 3 CPU(s), 2.3 GiB\n",
    );
    for (const [level, threads] of [6, 4, 2].entries()) {
      expect(text).toMatch(new RegExp(`^ +L${level}: sysbench cpu .*--threads=${threads} `, "m"));
    }
    const constant = await planOf(place, "--resources", "constant-guest");
    expect(constant).toContain("  L0  3 CPU(s), 2.3 GiB; measured: 1 CPU(s), 768 MiB\n");
    expect(constant.match(/sysbench cpu .*--threads=2 /g)).toHaveLength(1);
    const over = await planOf(place, "--resources", "over-committed");
    expect(over).toContain("  L2  3 CPU(s), 2.3 GiB; measured: 3 CPU(s), 2.3 GiB\n");
  });

  test("lists the trials in the order in which a run with that seed executes them", async () => {
    const place = await placeWithStudy(studyText({ ...SHAPE, workloads: five }));
    const planned = trialsIn(await planOf(place, "--seed", "12345"));
    await succeed(place, "run sim.yaml --seed 12345");
    expect((await readRawStore(place.store)).observations.map(([id]) => id)).toEqual(planned);
    expect(planned).toHaveLength(3 * 2 * 3 * 5);
  });

  test("writes nothing anywhere", async () => {
    const place = await placeWithStudy(studyText(SHAPE));
    await planOf(place);
    expect(await place.files()).toEqual(["sim.yaml"]);
  });

  test("prints every machine's argv for a study with machines, and needs none of the tools", async () => {
    const place = await placeWithStudy(
      studyText({ ...SHAPE, platform: "x86_64-kvm\nhardware: emulated\nclock: wall" }),
    );
    const ended = await succeedQuietly(place, "plan sim.yaml", { PATH: place.folder });
    const programs = [...ended.stdout.matchAll(/^ {6}(.*?)qemu-system-x86_64 /gm)].map(
      ([, before]) => before,
    );
    expect(programs, "L1 is kept off the first CPU of L0").toEqual([
      "",
      expect.stringMatching(/^taskset -c 1[,\d]* $/),
      "",
    ]);
    expect(await place.files()).toEqual(["sim.yaml"]);
  });
});

describe("dvirt list and dvirt show", () => {
  test("list has a row for each run, oldest first, with what was measured of what was planned", async () => {
    const { place } = await completeRun(7);
    await succeed(place, "run sim.yaml --boots 1 --levels 1 --seed 8");
    const ended = await succeedQuietly(place, "list");
    const rows = completeLines(ended.stdout)
      .slice(4)
      .filter((line) => line !== "");
    const rest = /^\S+ +simulated +simulated +(L0–L\d) +(\d+\/\d+) +(\d+)$/;
    expect(rows.map((row) => rest.exec(row)?.slice(1))).toEqual([
      ["L0–L2", "36/36", "0"],
      ["L0–L1", "8/8", "0"],
    ]);
    const { runs } = await readRawStore(place.store);
    expect(rows.map((row) => row.split(" ")[0])).toEqual(runs);
  });

  test("list of an empty store says how to make a run", async () => {
    const place = await placeForTest();
    const ended = await dvirt(place, "list");
    expect(ended).toMatchObject({ code: 0, stdout: "no run yet: dvirt run makes one\n", stderr: "" });
  });

  test("show --full repeats the run's report and lists its trials, by the beginning of its name too", async () => {
    const { place, ended, run } = await completeRunToRead();
    const shown = await succeedQuietly(place, `show ${run.slice(0, 12)} --full`);
    expect(shown.stdout.startsWith(ended.stdout.trimEnd())).toBe(true);
    const listed = [...shown.stdout.matchAll(/^(b\d-(?:up|down)-L\d-\S+) +[\d.]+ +[\d.]+$/gm)].map(
      (match) => match[1],
    );
    expect(listed.sort()).toEqual(PLAN);
    expect(await dvirt(place, "show --full")).toEqual(shown);
  });

  test("show RUN TRIAL prints what the trial left, raw output included", async () => {
    const { place, run } = await completeRunToRead();
    const id = "b2-down-L1-oltp-1";
    const shown = await succeedQuietly(place, `show ${run} ${id}`);
    const stored = new Map((await readRawStore(place.store)).observations).get(id);
    const { stdout }: { stdout: string } = JSON.parse(stored ?? "{}");
    expect(stdout).toContain("sysbench 1.0.20 (simulated by dvirt)");
    expect(shown.stdout).toContain(`--- standard output\n${stdout.trimEnd()}\n`);
    expect(shown.stdout).toMatch(new RegExp(`^--- trial\n${id}, attempt 1, bring-up 2, started \\d{4}-`));
    expect(shown.stdout).toContain("--- command\nsysbench oltp_read_write ");
    expect(shown.stdout).toContain("--- end\nexit code 0 after ");
    expect(shown.stdout).toMatch(/^--- prepare\nsh -c '/m);
    expect(shown.stdout).toMatch(/^--- cleanup\nsh -c '/m);
    expect(shown.stdout).toContain('--- outcome\n{"metrics":{"throughput":');
    expect(shown.stdout).toMatch(
      /^--- guards\nunknown {2}clock-rate: a simulated machine's time is made up$/m,
    );
    expect(shown.stdout).toMatch(/^fine {5}littles-law: 1\.00 threads at work on average/m);
  });
});

describe("Ctrl-C", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "(%s) in the middle ends with 130, says how to go on, and what it says completes the run",
    async (signal) => {
      const place = await placeWithStudy(studyText(SHAPE));
      const running = startDvirt(place, "run sim.yaml", {
        DVIRT_SIMULATED_SECONDS: "0.03",
      });
      expect(await running.lines(TRIAL_LINE, 4)).toBe(true);
      running.kill(signal);
      const stopped = await running.ended;
      expect({ code: stopped.code, stdout: stopped.stdout }).toEqual({ code: 130, stdout: "" });
      const before = await readRawStore(place.store);
      const [run] = before.runs;
      expect(before.observations.length).toBeLessThan(PLAN.length);
      expect(stopped.stderr).toMatch(/^stopping: tearing down, deepest first$/m);
      const said = completeLines(stopped.stderr).at(-1) ?? "";
      expect(said).toBe(
        `stopped; everything was torn down and nothing measured is lost. Go on with: dvirt resume ${run}`,
      );
      expect(before.observations.length).toBe(
        completeLines(stopped.stderr).filter((line) => TRIAL_LINE.test(line)).length,
      );

      const command = said.slice(said.indexOf("dvirt ") + "dvirt ".length).split(" ");
      const resumed = await succeed(place, [...command, "--full"]);
      expect(resumed.stderr).toMatch(
        new RegExp(`^run ${run}: .*, ${before.observations.length} of them in the store already;`),
      );
      const after = await readRawStore(place.store);
      expect(after.runs).toEqual([run]);
      expect(after.observations.map(([id]) => id).sort()).toEqual(PLAN);
      expect(after.observations.slice(0, before.observations.length)).toEqual(before.observations);
      expect(resumed.stdout).toContain("note: boot 1 was interrupted and went on in a fresh bring-up");
    },
  );

  test("twice ends a program that waits for what never comes, such as a file that nobody reads", async () => {
    const place = await placeForTest();
    const folder = join(place.folder, "out", "fitzgerald-2014");
    await mkdir(folder, { recursive: true });
    execFileSync("mkfifo", [join(folder, "report.json")]);
    const stuck = startDvirt(place, "report fitzgerald-2014 --format json,terminal --out out");
    await expect.poll(stuck.output, { timeout: 60_000 }).toContain("FitzGerald");
    stuck.kill("SIGINT");
    expect(await stuck.lines(/^stopping: /, 1)).toBe(true);
    await setTimeout(1100); // sooner it would be the same press, handed on by another process
    stuck.kill("SIGINT");
    const { signal, stderr } = await stuck.ended;
    expect(signal, "a shell calls that 130").toBe("SIGINT");
    expect(stderr).toContain("\nended before everything was torn down\n");
  });

  test("resume refuses a host that gives the levels other sizes, and compares values, not their text", async () => {
    const { place, run } = await completeRun();
    const resumed = async (change: (provenance: string) => string) => {
      const database = new Database(place.store);
      const row: unknown = database.prepare("SELECT provenance FROM runs").get();
      const before = z.object({ provenance: z.string() }).parse(row).provenance;
      database.prepare("UPDATE runs SET provenance = ?").run(change(before));
      database.close();
      return dvirt(place, `resume ${run}`);
    };
    expect((await resumed((text) => JSON.stringify(backwards(JSON.parse(text))))).code).toBe(0);
    const refused = await resumed((text) => text.replace('"cpus":1', '"cpus":3'));
    expect(refused.code).toBe(69);
    expect(refused.stderr).toContain(`error[host-changed] ${run}: this host gives the levels other CPUs`);
  });

  test("resume of a complete run measures nothing and prints the same report", async () => {
    const { place, ended, run } = await completeRun();
    const before = await readRawStore(place.store);
    const resumed = await dvirt(place, "resume --full");
    expect({ code: resumed.code, stdout: resumed.stdout }).toEqual({ code: 0, stdout: ended.stdout });
    expect(completeLines(resumed.stderr).filter((line) => TRIAL_LINE.test(line))).toEqual([]);
    expect(resumed.stderr).toContain(`run ${run}: 3 boots, 36 trials, 36 of them in the store already`);
    expect(await readRawStore(place.store)).toEqual(before);
  });
});

describe("dvirt clean", () => {
  async function filledCache() {
    const place = await placeForTest();
    const content = {
      "images/abc/root.img": 300_000,
      "data-sets/def/data.img": 200_000,
      "lab/scratch.img": 100_000,
      "images/building-1/half": 50_000,
    };
    for (const [name, bytes] of Object.entries(content)) {
      const path = join(place.cache, "dvirt", name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, Buffer.alloc(bytes, 1));
    }
    await place.write("sim.yaml", studyText({ boots: 1, levels: 0, workloads: [CPU] }));
    await succeed(place, "run sim.yaml");
    return { place, cached: Object.keys(content).map((name) => `cache/dvirt/${name}`) };
  }

  const told = (stdout: string, verb: string, place: Place) =>
    completeLines(stdout)
      .map((line) =>
        new RegExp(`^${verb} (\\S+) \\([\\d.]+ [KM]iB\\)$`).exec(line)?.[1]?.slice(place.cache.length + 1),
      )
      .filter((name) => name !== undefined)
      .sort();

  const ROOMS = ["dvirt/data-sets/def", "dvirt/images/abc", "dvirt/images/building-1", "dvirt/lab"];

  test("--dry-run says what would go and how big it is, and removes nothing", async () => {
    const { place, cached } = await filledCache();
    const ended = await dvirtOnceLabIsFree(place, "clean --dry-run");
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    expect(told(ended.stdout, "would remove", place)).toEqual(ROOMS);
    expect(await place.files()).toEqual(expect.arrayContaining(cached));
  });

  test("removes images, data sets and leftovers, and keeps the store and the results", async () => {
    const { place } = await filledCache();
    const kept = (await place.files()).filter((name) => !name.startsWith("cache/"));
    const ended = await dvirtOnceLabIsFree(place, "clean");
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    expect(told(ended.stdout, "removed", place)).toEqual(ROOMS);
    expect(completeLines(ended.stdout).at(-1)).toMatch(
      /^[\d.]+ [KM]iB in all; measured runs stay in the store$/,
    );
    expect(await place.files()).toEqual(kept);
    const again = await dvirtOnceLabIsFree(place, "clean");
    expect(again).toMatchObject({ code: 0, stdout: "nothing to remove\n", stderr: "" });
  });
});

test("the simulated lab leaves other people's images and leftovers in the cache alone", async () => {
  const place = await placeForTest();
  const lab = join(place.cache, "dvirt", "lab");
  await mkdir(lab, { recursive: true });
  await writeFile(join(lab, "scratch.img"), "of a run with machines");
  await place.write("sim.yaml", studyText({ boots: 1, levels: 0, workloads: [CPU] }));
  await succeed(place, "run sim.yaml");
  expect(await readFile(join(lab, "scratch.img"), "utf8")).toBe("of a run with machines");
});
