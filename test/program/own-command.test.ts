import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeForTest, placeWithStudy } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { dvirt, startDvirt, succeed, TRIAL_ENDED } from "./built-program.ts";

const SHAPE = { levels: 2, boots: 3, runs: 1 };
const COMMAND = ["gzip", "-9", "-c", "a file; $HOME"];

describe("a command behind --", () => {
  test("takes the place of the workloads, over a kill, and is what the report is about", async () => {
    const place = await placeWithStudy(studyText(SHAPE));
    const line = ["run", "sim.yaml", "--executions", "3", "--seed", "4", "--", ...COMMAND];
    const first = startDvirt(place, line, { DVIRT_SIMULATED_SECONDS: "0.05" });
    expect(await first.lines(TRIAL_ENDED, 3)).toBe(true);
    first.kill("SIGKILL");
    await first.ended;
    const second = await succeed(place, "resume");
    const { runs, observations } = await readRawStore(place.store);
    expect(observations.map(([trial]) => trial).sort()).toEqual(plannedIds(SHAPE, ["gzip"]));
    expect(second.stdout).toContain("What gzip -9 -c a file; $HOME costs");
    expect(second.stdout).toMatch(/gzip {2}L1 .*slower[\s\S]*L2 .*slower/);

    const run = runs[0] ?? "";
    const shown = await succeed(place, ["show", run, "b2-up-L2-gzip-1"]);
    expect(shown.stdout).toContain("'a file; $HOME'");
    const written = await readFile(join(place.out, run, "study.yaml"), "utf8");
    expect(written).toMatch(/name: command\n[\s\S]*as: gzip/);
    await place.write("again.yaml", written);
    const again = await succeed(place, "plan again.yaml");
    expect(again.stdout).toContain("  gzip: command, a command of your own");
  });

  test("takes its packages and files into the study's image", async () => {
    const place = await placeForTest();
    await place.write("b=c", "a file");
    const files = ["--file", "/root/a=b=c", "--package", "zstd", "--package", "fio"];
    await succeed(place, ["run", "--platform", "simulated", "--seed", "1", ...files, "--", "zstd"]);
    const [id = ""] = (await readRawStore(place.store)).runs;
    const written = await readFile(join(place.out, id, "study.yaml"), "utf8");
    expect(written).toContain("image:\n  packages:\n    - zstd\n    - fio\n  files:\n    /root/a: b=c\n");
  });

  test("may be one word, or one that is an option of dvirt", async () => {
    const place = await placeForTest();
    const plan = ["plan", "--platform", "simulated", "--"];
    expect((await succeed(place, [...plan, "/usr/local/bin/My_Work"])).stdout).toContain(
      "  my-work: command,",
    );
    expect((await succeed(place, [...plan, "work", "--levels", "--", "-h"])).stdout).toContain(
      "--levels -- -h",
    );
  });
});

describe("what cannot be is refused:", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      "options of a command that is not there",
      ["plan", "--executions", "3"],
      "error[bad-option] --executions: it is for a command of your own, and none stands behind --\n",
    ],
    [
      "a name that no package has",
      ["plan", "--package", "Zstd!", "--", "zstd"],
      "error[bad-option] --package: Zstd! is no name of a Debian package",
    ],
    [
      "a file without a place in the guest",
      ["plan", "--file", "data.bin", "--", "cat"],
      "error[bad-option] --file: data.bin is no place for a file in the guest",
    ],
    [
      "a file where machines boot from",
      ["plan", "--file", "/usr/lib/dvirt/vmlinux=data.bin", "--", "cat"],
      "error[bad-option] --file: /usr/lib/dvirt/vmlinux is no place for a file in the guest",
    ],
    [
      "a way out of its folder",
      ["plan", "--file", "/root/../etc/passwd=data.bin", "--", "cat"],
      "error[bad-option] --file: /root/../etc/passwd is no place for a file in the guest",
    ],
    [
      "a file that is not there",
      ["run", "--yes", "--file", "/root/data=data.bin", "--", "cat", "/root/data"],
      "error[no-file] data.bin: it is to be /root/data of the image, and there is no such file\n",
    ],
    ["a command taken for a study", ["plan", "gzip"], "a command of your own stands behind --\n"],
  ];
  test.each(cases)("%s", async (_, line, said) => {
    const ended = await dvirt(await placeForTest(), line);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(said);
    expect(ended.stdout).toBe("");
  });
});
