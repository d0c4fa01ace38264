import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { platforms } from "../../src/platforms/index.ts";
import { references } from "../../src/references/index.ts";
import { workloads } from "../../src/workloads/index.ts";
import { type Place, placeForTest, placeWithStudy } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { CPU, OLTP, studyText } from "../lab/simulated-study.ts";
import {
  type CommandLine,
  dvirt,
  dvirtOnceLabIsFree,
  HOME,
  startDvirt,
  succeed,
  succeedQuietly,
} from "./built-program.ts";

/** What went wrong is all that is said: the whole of standard error, and nothing on standard output. */
interface Refusal {
  readonly code: number;
  readonly stderr: string;
}

async function refused(place: Place, argv: CommandLine): Promise<Refusal> {
  const { code, stdout, stderr } = await dvirt(place, argv);
  expect(stdout, "a refusal prints no result").toBe("");
  return { code: code ?? -1, stderr };
}

describe("a study that cannot be read names its file, its line and what to try", () => {
  const cases: readonly (readonly [name: string, text: string, stderr: string])[] = [
    [
      "an unknown key",
      studyText().replace("title: Simulated", "title: Simulated\ncolour: red"),
      'error[unknown-key] sim.yaml:3: the study has the unknown key "colour"\n' +
        "  try: one of: study, title, platform, hardware, clock, levels, hypervisors, repetitions, resources, scratch, margin, settings, factors, doubts, targets, image, workloads, platforms\n",
    ],
    [
      "a key that belongs deeper down",
      studyText().replace("title: Simulated", "title: Simulated\nbudget: 2h"),
      'error[unknown-key] sim.yaml:3: the study has the unknown key "budget"\n' +
        "  try: budget belongs in repetitions\n",
    ],
    [
      "a key that does not go with those beside it",
      studyText().replace("boots: 3", "boots: 3\n  budget: 2h"),
      'error[unknown-key] sim.yaml:7: repetitions has the unknown key "budget"\n' +
        "  try: budget does not go with the keys beside it: docs/study.md says what does\n",
    ],
    [
      "a parameter with a slip in it",
      studyText({ workloads: [CPU, "{name: threads, thread: 1}"] }),
      'error[unknown-key] sim.yaml:12: workloads.1 has the unknown key "thread"\n' +
        "  try: did you mean threads? docs/study.md lists every key\n",
    ],
    [
      "an unknown key deeper down",
      studyText().replace("scratch: {size: 512MiB}", "scratch:\n  size: 512MiB\n  cash: none"),
      'error[unknown-key] sim.yaml:11: scratch has the unknown key "cash"\n' +
        "  try: one of: size, cache, latency\n",
    ],
    [
      "a wrong type",
      studyText().replace("boots: 3", "boots: three"),
      'error[bad-value] sim.yaml:6: repetitions.boots: a whole number is needed (found "three")\n',
    ],
    [
      "a size without a unit",
      studyText().replace("size: 512MiB", 'size: "128"'),
      'error[bad-value] sim.yaml:9: scratch.size: "128" is no size; write it like 768MiB (found "128")\n',
    ],
    [
      "a missing key",
      studyText().replace("  boots: 3\n", ""),
      "error[missing-key] sim.yaml:6: repetitions.boots is missing: a whole number is needed\n",
    ],
    [
      "an unknown platform",
      studyText({ platform: "z80-xen" }),
      `error[unknown-platform] sim.yaml:3: platform "z80-xen" is not known\n  try: one of: ${platforms.map(({ name }) => name).join(", ")}\n`,
    ],
    [
      "an unknown workload",
      studyText({ workloads: [CPU, "{name: gpu}"] }),
      `error[unknown-workload] sim.yaml:12: workload "gpu" is not known\n  try: one of: ${workloads.map(({ name }) => name).join(", ")}\n`,
    ],
    [
      "a workload's wrong parameter",
      studyText({ workloads: [CPU, "{name: threads, threads: 0}"] }),
      "error[bad-value] sim.yaml:12: workloads.1.threads: 1 is the least (found 0)\n",
    ],
    [
      "a resources policy that is none",
      studyText().replace("policy: reserved", "policy: fair"),
      'error[bad-value] sim.yaml:8: resources.policy: no such policy; one of: constant-guest, reserved, over-committed, stated (found "fair")\n',
    ],
    [
      "over-committed memory without how far",
      studyText().replace(
        /resources: .*/,
        "resources: {policy: over-committed, host: {cpus: 2, memory: 2GiB}}",
      ),
      "error[missing-key] sim.yaml:8: resources.memoryShare is missing: text is needed\n",
    ],
    [
      "an expression that means nothing",
      studyText({ workloads: [CPU, "{name: memory-read, threads: 2 * cores}"] }),
      'error[bad-value] sim.yaml:12: workloads.1.threads: "cores" means nothing here; numbers, sizes such as 256MiB, cpus, memory, + - * / and parentheses are allowed (found "2 * cores")\n',
    ],
    [
      "an expression that comes to nothing at a level",
      studyText({ workloads: [CPU, "{name: threads, threads: 3 - cpus}"] }),
      'error[bad-value] sim.yaml:12: workloads.1.threads: with 3 CPU(s) and 2.3 GiB this is 0: 1 is the least (found "3 - cpus")\n',
    ],
    [
      "a data set that would differ from level to level",
      studyText({ workloads: [CPU, "{name: oltp, threads: 1, rows: 1000 * cpus}"] }),
      "error[bad-value] sim.yaml:12: workloads.1: the levels would work on different data sets, because an expression that shapes it differs from level to level" +
        ' (found {"name":"oltp","threads":1,"rows":"1000 * cpus"})\n',
    ],
    [
      "two workloads of one name",
      studyText({ workloads: [CPU, CPU] }),
      "error[workload-twice] sim.yaml:12: two workloads are called cpu\n" +
        "  try: a name of its own for one of them, such as as: cpu-2; more trials of one are made by repetitions\n",
    ],
  ];
  test.each(cases)("%s", async (_, text, stderr) => {
    const place = await placeWithStudy(text);
    expect(await refused(place, "run sim.yaml")).toEqual({ code: 2, stderr });
    expect(await place.files(), "nothing was begun").toEqual(["sim.yaml"]);
  });

  test("text that is no YAML", async () => {
    const place = await placeWithStudy(studyText().replace("boots: 3", "boots: [3"));
    const { code, stderr } = await refused(place, "run sim.yaml");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error\[bad-yaml\] sim\.yaml:\d+: this is no YAML from column \d+ on: [^\n]*[^:\n]\n {2}try: check the indentation.*\n$/,
    );
  });

  test("a scratch disk that is too small is told with a size that will do", async () => {
    const place = await placeForTest();
    const text = (size: string) => studyText({ workloads: [OLTP] }).replace("512MiB", size);
    await place.write("sim.yaml", text("64MiB"));
    const { code, stderr } = await refused(place, "run sim.yaml");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error\[scratch-too-small\] sim\.yaml:9: workload oltp needs a scratch disk of (\d+) MiB, the study gives 64 MiB\n {2}try: size: \1MiB\n$/,
    );
    await place.write("sim.yaml", text(/try: size: (\S+)/.exec(stderr)?.[1] ?? ""));
    await succeedQuietly(place, "plan sim.yaml");
  });

  test("two mistakes are both told", async () => {
    const place = await placeWithStudy(studyText({ platform: "z80-xen", workloads: ["{name: gpu}"] }));
    const { code, stderr } = await refused(place, "run sim.yaml");
    expect(code).toBe(2);
    expect(stderr.match(/^error\[[a-z-]+\]/gm)).toEqual([
      "error[unknown-platform]",
      "error[unknown-workload]",
    ]);
  });
});

test("a study that is not there is told with those that are", async () => {
  const place = await placeForTest();
  const names = (await readdir(join(HOME, "studies"))).map((name) => name.replace(/\.yaml$/, "")).sort();
  expect(await refused(place, "run quikc")).toEqual({
    code: 2,
    stderr:
      "error[no-study] quikc: there is no such study, by name or by file that can be read\n" +
      `  try: did you mean quick? one of ${names.join(", ")}, or the path of a YAML file; a command of your own stands behind --\n`,
  });
});

test("a folder in the place of a study is an expected failure", async () => {
  const place = await placeForTest();
  await mkdir(join(place.folder, "studies"));
  const { code, stderr } = await refused(place, "run studies");
  expect(stderr).toMatch(/^error\[no-study\] studies: /);
  expect(code).toBe(2);
});

describe("a command line that cannot be read", () => {
  const hint = "(dvirt --help lists the commands)\n";
  const cases: readonly (readonly [argv: string, stderr: string])[] = [
    [
      "run sim.yaml --hardware quantum",
      `error: option '--hardware <kind>' argument 'quantum' is invalid. Allowed choices are auto, real, emulated.\n${hint}`,
    ],
    [
      "run sim.yaml --levels two",
      `error: option '--levels <n>' argument 'two' is invalid. It must be a whole number from 0 to 9.\n${hint}`,
    ],
    [
      "run sim.yaml --levels -1",
      `error: option '--levels <n>' argument '-1' is invalid. It must be a whole number from 0 to 9.\n${hint}`,
    ],
    [
      "run sim.yaml --levels 1.5",
      `error: option '--levels <n>' argument '1.5' is invalid. It must be a whole number from 0 to 9.\n${hint}`,
    ],
    [
      "run sim.yaml --boots 0",
      `error: option '--boots <n>' argument '0' is invalid. It must be a whole number from 1 to 10000.\n${hint}`,
    ],
    ["frobnicate sim.yaml", `error: unknown command 'frobnicate'\n${hint}`],
    ["run sim.yaml --fast", `error: unknown option '--fast'\n${hint}`],
    [
      "run sim.yaml --workloads cpu,gpu,tpu",
      "error[bad-option] --workloads: study sim has no gpu, no tpu\n  try: cpu,oltp\n",
    ],
  ];
  test.each(cases)("dvirt %s", async (line, stderr) => {
    const place = await placeWithStudy(studyText());
    expect(await refused(place, line.split(" "))).toEqual({ code: 2, stderr });
    expect(await place.files(), "nothing was begun").toEqual(["sim.yaml"]);
  });

  // What a study may not say, an option may not either.
  test.each([
    ["--levels", "10", "from 0 to 9"],
    ["--boots", "10001", "from 1 to 10000"],
    ["--boots", "99999999999", "from 1 to 10000"],
    ["--runs", "0", "from 1 to 1000"],
    ["--runs", "1001", "from 1 to 1000"],
    ["--seed", "2147483648", "from 0 to 2147483647"],
    ["--seed", "99999999999999999999", "from 0 to 2147483647"],
  ])(
    "dvirt run sim.yaml %s %s is refused, because it is too much or too little",
    async (name, value, range) => {
      const place = await placeWithStudy(studyText({ boots: 1, workloads: [CPU] }));
      expect(await refused(place, `run sim.yaml ${name} ${value}`)).toEqual({
        code: 2,
        stderr: `error: option '${name} <n>' argument '${value}' is invalid. It must be a whole number ${range}.\n${hint}`,
      });
      expect(await place.files(), "nothing was begun").toEqual(["sim.yaml"]);
    },
  );

  test.each([
    ["levels: 10", "levels"],
    ["  boots: 10001", "repetitions.boots"],
    ["  runs: 1001", "repetitions.runs"],
  ])("a study may not say %s either", async (line, key) => {
    const place = await placeWithStudy(
      studyText().replace(new RegExp(`^${line.replace(/: .*/, "")}: .*$`, "m"), line),
    );
    const { code, stderr } = await refused(place, "run sim.yaml");
    expect(stderr).toMatch(
      new RegExp(`^error\\[bad-value\\] sim\\.yaml:\\d: ${key}: \\d+ is the most .*\\n$`),
    );
    expect(code).toBe(2);
  });

  test("the most that is allowed is allowed", async () => {
    const place = await placeWithStudy(studyText({ boots: 1, workloads: [CPU] }));
    const most = (options: string) => dvirt(place, ["plan", "sim.yaml", ...options.split(" ")]);
    for (const options of [
      "--levels 9 --seed 2147483647",
      "--levels 0 --runs 1000",
      "--levels 0 --boots 10000",
    ]) {
      const ended = await most(options);
      expect({ code: ended.code, stderr: ended.stderr }, options).toEqual({ code: 0, stderr: "" });
    }
  });
});

describe("a lab that cannot be had", () => {
  /** Tools that are there by name and tell on whoever calls them, so that nothing can be built or booted. */
  async function folderOfDecoys(place: Place): Promise<string> {
    const folder = join(place.folder, "decoys");
    await mkdir(folder);
    for (const name of ["qemu-system-x86_64", "mmdebstrap", "mke2fs", "setpriv", "x86_64-linux-gnu-gcc"]) {
      const path = await place.write(
        join("decoys", name),
        `#!/bin/sh\necho "$0" >>"${place.folder}/called"\nexit 1\n`,
      );
      await chmod(path, 0o755);
    }
    return folder;
  }

  // 4000 GiB of guest with 1000 GiB for each level above it are 4000, 5000 and 6000 GiB.
  const tooLarge = (hardware: string) =>
    studyText({ platform: `x86_64-kvm\nhardware: ${hardware}\nclock: wall` }).replace(
      "guest: {cpus: 1, memory: 768MiB}, reserve: {cpus: 1, memory: 768MiB}",
      "guest: {cpus: 1, memory: 4000GiB}, reserve: {cpus: 1, memory: 1000GiB}",
    );

  test.each(["emulated", "auto"])(
    "memory that cannot fit is told by level, before anything is put into the cache (hardware: %s)",
    async (hardware) => {
      const place = await placeForTest();
      const decoys = await folderOfDecoys(place);
      await place.write("sim.yaml", tooLarge(hardware));
      const ended = await dvirtOnceLabIsFree(place, "run sim.yaml", {
        PATH: decoys,
      });
      expect(ended.stderr).toMatch(
        /^error\[memory-does-not-fit\] sim: the levels need 5\.9 TiB of memory \(L0 5\.9 TiB, L1 4\.9 TiB, L2 3\.9 TiB(, the emulator 1\.3 GiB)?\), and [\d.]+ [KMGT]iB are available\n {2}try: fewer levels, or a smaller resources\.guest\.memory or resources\.reserve\.memory\n$/,
      );
      expect(ended.code).toBe(69);
      expect(ended.stdout).toBe("");
      const files = await place.files();
      expect(files.filter((name) => name.startsWith("cache/"))).toEqual([]);
      expect(files, "no tool was called").not.toContain("called");
    },
  );

  test("missing packages are told with the exact command that installs them", async () => {
    const place = await placeForTest();
    const bin = join(place.folder, "bin");
    await mkdir(bin);
    await symlink(process.execPath, join(bin, "node"));
    await place.write("sim.yaml", studyText({ platform: "x86_64-kvm", levels: 0 }));
    const ended = await dvirtOnceLabIsFree(place, "run sim.yaml", { PATH: bin });
    // dvirt also looks into the folders of administrators, whatever the PATH says.
    const administrators = (name: string) => existsSync(`/usr/sbin/${name}`) || existsSync(`/sbin/${name}`);
    expect(administrators("apt-get"), "apt-get is expected in /usr/bin, which is not on this PATH").toBe(
      false,
    );
    const missing = [
      ...(existsSync("/usr/share/keyrings/debian-archive-keyring.gpg") ? [] : ["debian-archive-keyring"]),
      ...(administrators("mke2fs") ? [] : ["e2fsprogs"]),
      "gcc",
      "mmdebstrap",
      "qemu-system-x86",
      ...(process.getuid?.() === 0 || administrators("newuidmap") ? [] : ["uidmap"]),
      "util-linux",
    ];
    const said = /Debian packages are missing: ([^;]+);/.exec(ended.stderr)?.[1]?.split(", ") ?? [];
    expect([...said].sort()).toEqual(missing);
    expect({ code: ended.code, stdout: ended.stdout, stderr: ended.stderr }).toEqual({
      code: 69,
      stdout: "",
      stderr:
        `error[packages-missing]: Debian packages are missing: ${said.join(", ")}; this is no Debian or Ubuntu machine\n` +
        `  try: apt-get update && apt-get install -y --no-install-recommends ${said.join(" ")}   (as root)\n`,
    });
    expect(await place.files()).toEqual(["sim.yaml"]);
  });
});

describe("a store that cannot be used", () => {
  const commands: readonly (readonly string[])[] = [["run", "sim.yaml"], ["resume"], ["list"], ["show"]];

  test.each(commands)("of another version is refused and left as it is: dvirt %s", async (...argv) => {
    const place = await placeWithStudy(studyText());
    const database = new Database(place.store);
    database.exec("CREATE TABLE future (x); PRAGMA user_version = 99");
    database.close();
    expect(await refused(place, argv)).toEqual({
      code: 69,
      stderr: expect.stringMatching(
        new RegExp(
          `^error\\[store-version\\] ${place.store}: this store has version 99, and this dvirt reads version \\d+ alone\\n` +
            "  try: use the dvirt that wrote it, or another store with --store FILE\\n$",
        ),
      ),
    });
    const after = new Database(place.store);
    expect(after.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "future" }]);
    after.close();
  });

  test.each(commands)("because it is no database is refused and left as it is: dvirt %s", async (...argv) => {
    const place = await placeWithStudy(studyText());
    const text = "These are somebody's notes, and they are no database.\n".repeat(50);
    await place.write("store.sqlite", text);
    expect(await refused(place, argv)).toEqual({
      code: 69,
      stderr:
        `error[store-unusable] ${place.store}: the store cannot be opened: file is not a database\n` +
        "  try: check the folder's rights and free space, or choose another file with --store FILE\n",
    });
    expect(await readFile(place.store, "utf8")).toBe(text);
  });

  test("because its folder cannot be made is an expected failure", async () => {
    const place = await placeWithStudy(studyText());
    const store = join(await place.write("a-file", ""), "below", "store.sqlite");
    const { code, stderr } = await refused(place, ["run", "sim.yaml", "--store", store]);
    expect(stderr).toMatch(/^error\[store-unusable\] \S+: .+\n {2}try: .*--store FILE\n$/);
    expect(stderr).toContain(store);
    expect(code).toBe(69);
  });

  test.each(["resume", "list", "show", "report", "compare one two", "serve"])(
    "because it is not there is told by what only reads it, which makes none: dvirt %s",
    async (line) => {
      const place = await placeForTest();
      expect(await refused(place, `${line} --store typo.sqlite`)).toEqual({
        code: 2,
        stderr:
          "error[no-store] typo.sqlite: there is no store here\n" +
          "  try: check the path; dvirt run makes a store\n",
      });
      expect(await place.files()).toEqual([]);
    },
  );

  test("is empty where nobody has named it and nothing was run yet", async () => {
    const place = await placeForTest();
    const ended = await succeedQuietly(place, "list");
    expect(ended.stdout).toBe("no run yet: dvirt run makes one\n");
    expect(await place.files()).toEqual([]);
  });
});

describe("a folder that cannot be made, because a file is in its place, is an expected failure", () => {
  test.each(["out", "out/deeper"])("for the results: %s", async (out) => {
    const place = await placeWithStudy(studyText({ boots: 1, levels: 0, workloads: [CPU] }));
    const file = await place.write("out", "");
    const ended = await dvirt(place, `run sim.yaml --out ${out}`);
    expect(ended.stderr).toMatch(/^error\[[a-z-]+\] .+\n {2}try: .+\n$/m);
    expect(ended.stderr).not.toContain("this is a bug");
    expect(ended.code).toBe(69);
    // It is said before anything is measured, and nothing stands in the way of the next try.
    expect(ended.stderr).not.toContain("boot 1/1");
    await rm(file);
    await succeed(place, `run sim.yaml --out ${out}`);
  });

  test("below /proc, where none can be made at all", async () => {
    const place = await placeWithStudy(studyText({ boots: 1, levels: 0, workloads: [CPU] }));
    expect(await refused(place, "run sim.yaml --out /proc/results")).toEqual({
      code: 69,
      stderr: expect.stringMatching(
        /^error\[no-folder\] \/proc\/results: no folder can be made here\n {2}try: .+\n$/,
      ),
    });
  });

  test("for the cache", async () => {
    const place = await placeWithStudy(studyText({ boots: 1, levels: 0, workloads: [CPU] }));
    const file = await place.write("a-file", "");
    const ended = await dvirt(place, "run sim.yaml", { XDG_CACHE_HOME: file });
    expect(ended.stderr).toMatch(/^error\[[a-z-]+\] .+\n {2}try: .+\n$/);
    expect(ended.stderr).not.toContain("this is a bug");
    expect(ended.code).toBe(69);
  });
});

describe("two at once on one store", () => {
  const slow = { DVIRT_SIMULATED_SECONDS: "0.05" };

  async function first(place: Place, store: string) {
    await place.write("sim.yaml", studyText({ boots: 1 }));
    const running = startDvirt(place, `run sim.yaml --store ${store}`, slow);
    expect(await running.lines(/^ {2}up /, 1), "the first must be measuring").toBe(true);
    return running;
  }

  const busy = (pid: number) =>
    new RegExp(
      "^error\\[lab-busy\\] \\S+: another dvirt holds the lab on this machine: " +
        `dvirt run sim \\(process ${pid}, since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\)\\n` +
        "  try: wait for it, or stop it with Ctrl-C where it runs: two runs at once would measure each other\\n$",
    );

  test.each(["run sim.yaml", "resume"])("the second, dvirt %s, is told who the first is", async (line) => {
    const place = await placeForTest();
    const running = await first(place, place.store);
    const second = await refused(place, line.split(" "));
    const ended = await running.ended;
    expect(second).toEqual({ code: 69, stderr: expect.stringMatching(busy(running.pid)) });
    expect(ended.code, "the first is not disturbed").toBe(0);
    expect((await readRawStore(place.store)).runs, "the second left no run").toHaveLength(1);
  });

  test("the store is the same by whatever path it is named", async () => {
    const place = await placeForTest();
    const running = await first(place, place.store);
    const second = await dvirt(place, "resume --store ./store.sqlite", slow);
    const ended = await running.ended;
    expect({ code: second.code, stderr: second.stderr }).toEqual({
      code: 69,
      stderr: expect.stringMatching(busy(running.pid)),
    });
    expect(ended.code, ended.stderr).toBe(0);
  });

  test("two stores are two, also where their paths are long and begin alike", async () => {
    const place = await placeForTest();
    const folder = join(place.folder, "long".repeat(20));
    const running = await first(place, join(folder, "one.sqlite"));
    const second = await dvirt(place, `run sim.yaml --store ${join(folder, "two.sqlite")}`);
    const ended = await running.ended;
    expect(second.code, second.stderr).toBe(0);
    expect(ended.code, ended.stderr).toBe(0);
  });
});

/** What `show` says: a published study has a report too. */
function orPublished({ code, stderr }: { readonly code: number; readonly stderr: string }) {
  const names = references.map(({ name }) => name).join(", ");
  return { code, stderr: stderr.replace(/\n$/, `; published studies: ${names}\n`) };
}

describe("a run or a trial that is not in the store", () => {
  test("resume and show say so where the store is empty", async () => {
    const place = await placeForTest();
    const empty = { code: 2, stderr: "error[no-run]: the store holds no run yet\n  try: dvirt run\n" };
    expect(await refused(place, "resume")).toEqual(empty);
    expect(await refused(place, "resume 2026")).toEqual(empty);
    expect(await refused(place, "show")).toEqual(orPublished(empty));
  });

  test("resume and show name what they looked for, and how to find what is there", async () => {
    const place = await placeWithStudy(studyText({ boots: 1, levels: 0, workloads: [CPU] }));
    await succeed(place, "run sim.yaml --seed 1");
    await succeed(place, "run sim.yaml --seed 2");
    const { runs } = await readRawStore(place.store);
    const unknown = {
      code: 2,
      stderr: "error[no-run] nonesuch: the store holds no run of this name\n  try: dvirt list\n",
    };
    expect(await refused(place, "show nonesuch")).toEqual(orPublished(unknown));
    expect(await refused(place, "resume nonesuch")).toEqual(unknown);
    const [one, two] = [...runs].sort();
    expect(await refused(place, `show ${one ?? ""} b1-up-L7-cpu-1`)).toEqual({
      code: 2,
      stderr:
        `error[no-trial] b1-up-L7-cpu-1: run ${one} holds no such trial\n` +
        `  try: dvirt show ${one} lists them\n`,
    });
    expect(await refused(place, "show 20")).toEqual({
      code: 2,
      stderr: `error[ambiguous-run] 20: 2 runs begin like this: ${one}, ${two}\n`,
    });
  });
});
