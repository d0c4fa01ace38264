import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Place, placeForTest } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { CPU, studyText } from "../lab/simulated-study.ts";
import { dvirt, succeed, succeedQuietly } from "./built-program.ts";

/** A store with two short runs, called before and after. */
async function twoRuns(): Promise<{ place: Place; before: string; after: string }> {
  const place = await placeForTest();
  await place.write("sim.yaml", studyText({ boots: 3, levels: 1, workloads: [CPU] }));
  await succeed(place, "run sim.yaml --seed 1 --label before");
  await succeed(place, "run sim.yaml --seed 2 --label after");
  const names = (await succeedQuietly(place, "list --names")).stdout.trim().split("\n");
  const [after = "", before = ""] = names;
  return { place, before, after };
}

/** The run whose answer is shown for a name. */
async function shown(place: Place, name: string): Promise<string | undefined> {
  return / · run (\S+)/.exec((await succeedQuietly(place, `show ${name}`)).stdout)?.[1];
}

test("a run is named by its label, by latest~1, and by the file of another store", async () => {
  const { place, before, after } = await twoRuns();
  expect(await shown(place, "before")).toBe(before);
  expect(await shown(place, "after")).toBe(after);
  expect(await shown(place, "latest")).toBe(after);
  expect(await shown(place, "latest~1")).toBe(before);
  const elsewhere = await placeForTest();
  expect(await shown(elsewhere, place.store)).toBe(after);
  expect(await shown(elsewhere, `${place.store}:before`)).toBe(before);
  const files = await succeed(elsewhere, `report ${place.store}:latest~1 --format csv`);
  expect(files.stderr).toContain(`written to dvirt-results/${before}: `);
  const beyond = await dvirt(place, "show latest~2");
  expect(beyond).toMatchObject({ code: 2, stdout: "" });
  expect(beyond.stderr).toContain("error[no-run] latest~2: the store holds no more than 2\n");
  expect((await dvirt(place, "show befoer")).stderr).toContain("try: did you mean before? dvirt list; ");
});

test("a label that could be taken for a path or for the latest run is refused", async () => {
  const place = await placeForTest();
  for (const label of ["a/b", "x.sqlite", "latest"]) {
    const ended = await dvirt(place, `run quick --platform simulated --label ${label}`);
    expect(ended.code, label).toBe(2);
    expect(ended.stderr).toContain("It must be letters, digits and dashes, and not latest.");
  }
  expect(await place.files()).toEqual([]);
});

test("a gate is closed by what is slower and, where it says so, by what could be", async () => {
  const { place } = await twoRuns();
  const gate = (options: string) => dvirt(place, `compare before after ${options}`);
  // One platform, one truth: nothing is slower, and no interval of three boots is as narrow as this.
  const open = await gate("--fail-on-slower 0.1%");
  expect(open.code, open.stderr).toBe(0);
  expect(open.stderr).toMatch(/^\d of \d figure\(s\) could be slower by 0\.100% for all that was measured/m);
  expect((await gate("--fail-on-slower 0.1% --fail-on-unknown")).code).toBe(1);
  expect((await gate("--fail-on-slower 50% --fail-on-unknown")).code).toBe(0);
  const alone = await gate("--fail-on-unknown");
  expect(alone).toMatchObject({ code: 2, stdout: "" });
  expect(alone.stderr).toContain("try: --fail-on-slower 5% --fail-on-unknown\n");
});

test("a summary is appended to a file as a page of Markdown with every figure", async () => {
  const { place, before, after } = await twoRuns();
  await place.write("summary.md", "# Job\n\n");
  await succeedQuietly(place, "compare before after --fail-on-slower 50% --summary summary.md");
  const text = await readFile(join(place.folder, "summary.md"), "utf8");
  expect(text).toMatch(new RegExp(`^# Job\n\n### ${before} against ${after}\n\n\\*\\*SIMULATED`));
  expect(text).toMatch(/^Slower by more than 50\.0%: 0 of 2\. Not known: 0, /m);
  expect(text).toMatch(/^\| cpu at L0 \| \S+ \| [\d.]+ \[[\d., ]+\] \| [a-z ]+ \|$/m);
  expect(text).toMatch(/^\| cpu at L1 \| /m);
});

test("more boots are added to a run, and those that it has are not measured again", async () => {
  const { place, before } = await twoRuns();
  const had = (await readRawStore(place.store)).observations.length;
  const more = await succeed(place, `resume before --boots 5`);
  expect(more.stderr).toContain(`run ${before}: 5 boots, 20 trials, 12 of them in the store already;`);
  expect((await readRawStore(place.store)).observations.length).toBe(had + 8);
  expect((await succeedQuietly(place, "list")).stdout).toMatch(new RegExp(`^${before} .* 20/20 +0$`, "m"));
  const fewer = await dvirt(place, `resume before --boots 4`);
  expect(fewer).toMatchObject({ code: 2, stdout: "" });
  expect(fewer.stderr).toBe(
    "error[bad-option] --boots: the run has 5 boots, and none of them is taken away\n  try: --boots 6 or more\n",
  );
});
