import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { ensureImage } from "../../src/images/build.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import { createPlace, type Place } from "../lab/place.ts";
import { dvirt } from "../program/built-program.ts";
import { type Network, startNetwork } from "./network.ts";

let network: Network;
let place: Place;

beforeAll(async () => {
  const image = await ensureImage(await guestRecipe(process.arch === "arm64" ? "aarch64" : "x86_64"), {
    cache: cacheFolder(process.env),
    say: console.error,
    signal: AbortSignal.timeout(1_800_000),
  });
  if (!image.ok) throw new Error(JSON.stringify(image.problems));
  network = await startNetwork(image.value.rootDisk);
  place = await createPlace();
});

afterAll(async () => {
  await place?.remove();
  await network?.stop();
});

function study(workloads: readonly Readonly<Record<string, unknown>>[]): Promise<string> {
  const size = { cpus: availableParallelism(), memory: `${Math.ceil(totalmem() / 2 ** 20)}MiB` };
  const architecture = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
  return place.write(
    "installed.yaml",
    stringify({
      study: "installed",
      title: "A server with sysbench and MariaDB",
      platform: "ssh",
      levels: 0,
      repetitions: { boots: 1 },
      resources: { policy: "stated", sizes: [size] },
      scratch: { size: "128MiB" },
      targets: { config: network.config("right"), levels: [{ host: "level0", architecture }] },
      workloads,
    }),
  );
}

it("measures with what is installed on the target, its own server filling the data set", async () => {
  const file = await study([
    { name: "cpu", threads: 1, primeMax: 1000, events: 200 },
    { name: "oltp", threads: 1, rows: 1000, seconds: 1, bufferPool: "16MiB", logFile: "16MiB" },
  ]);
  const ended = await dvirt(place, `run ${file} --yes --seed 1`);
  expect(ended.code, ended.stderr).toBe(0);
  const [run = ""] = readdirSync(place.out);
  const report = readFileSync(join(place.out, run, "report.md"), "utf8");
  expect(report).toMatch(/installed tools[^\n]*sysbench 1\.0\.\d+, mariadbd /);
  expect(report).toContain("each level measured with the sysbench and MariaDB that are installed on it");
  expect(report).toMatch(/^.*oltp.*L0/ms);
});
