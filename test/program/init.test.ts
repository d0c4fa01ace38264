import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { workloads } from "../../src/workloads/index.ts";
import { placeForTest } from "../lab/place.ts";
import { dvirt, succeed, succeedQuietly } from "./built-program.ts";

test("init writes a study that can be planned, also with all that it offers in comments", async () => {
  const place = await placeForTest();
  const { stdout } = await succeedQuietly(place, "init my-own.yaml");
  expect(stdout).toMatch(/^my-own\.yaml is written\. Change it, then:\n {2}\S*dvirt plan my-own\.yaml\n/);
  const text = await readFile(join(place.folder, "my-own.yaml"), "utf8");
  expect(parse(text)).toMatchObject({ study: "my-own", platform: "x86_64-kvm", levels: 2 });
  const plan = await succeed(place, "plan my-own.yaml --platform simulated");
  expect(plan.stdout).toContain("memory-write");
  const all = text.replace(/^( *)# (- \{|image:| {2}packages:| {2}files:|factors:)/gm, "$1$2");
  expect(all).not.toBe(text);
  await place.write("all.yaml", all);
  await place.write("data.bin", "data");
  const whole = await succeed(place, "plan all.yaml");
  expect(whole.stdout).toMatch(/compress/);
  expect(whole.stdout).toMatch(/mitigations/);
});

test("init leaves a file that is there as it is", async () => {
  const place = await placeForTest();
  await place.write("study.yaml", "mine");
  expect(await dvirt(place, "init")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^error\[file-there\] study\.yaml: there is a file of this name already\n {2}try: choose another name: \S*dvirt init FILE\n$/,
    ),
  });
  expect(await readFile(join(place.folder, "study.yaml"), "utf8")).toBe("mine");
  expect((await dvirt(place, "init no/such/folder.yaml")).code).not.toBe(0);
});

test("workloads lists each with its parameters", async () => {
  const { stdout } = await succeedQuietly(await placeForTest(), "workloads");
  for (const { name, about, parameters } of workloads) {
    expect(stdout).toContain(`${name}: ${about}\n`);
    for (const parameter of parameters()) expect(stdout).toContain(`\n  ${parameter.name}: `);
  }
  expect(stdout).toContain("\n  requests: 100000\n");
  expect(stdout).toContain("\n  run: must be said\n");
});
