import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPlace, type Place } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { studyText } from "../lab/simulated-study.ts";
import { succeed } from "./built-program.ts";
import { asked, type Served, serve } from "./served.ts";

/** Two instances of one workload, of which the name of one begins like the other's. */
const WORKLOADS = ["{name: cpu, threads: 1}", "{name: cpu, as: cpu-four, threads: 4}"];
const TEXT = studyText({ boots: 2, workloads: WORKLOADS });

let place: Place;
let served: Served;
beforeAll(async () => {
  place = await createPlace();
  await place.write("one.yaml", TEXT);
  await place.write(
    "two.yaml",
    TEXT.replace("platform: simulated", "platforms: [simulated, simulated-costly]"),
  );
  for (const study of ["one.yaml", "two.yaml"]) {
    await succeed(place, `run ${study} --seed 1`);
  }
  served = await serve(place);
});
afterAll(async () => {
  await served.stop();
  await place.remove();
});

/** The rows of a page's table, each with its text and where its figures lead. */
async function rowsOf(page: string, table: string) {
  const { status, body } = await asked(served, page);
  expect(status, page).toBe(200);
  const [, markup = ""] = body.split(`<div class="table" id="table-${table}">`);
  const [own = ""] = markup.split("</table>");
  return own
    .split("<tr>")
    .filter((row) => row.includes("<td"))
    .map((row) => ({
      text: row.replaceAll(/<[^>]+>/g, " "),
      links: [...new Set(Array.from(row.matchAll(/href="([^"]+)"/g), ([, href = ""]) => href))],
    }));
}

const trialsOf = (run: string, workload: string, level: number) =>
  `/runs/${run}/trials?workload=${workload}&amp;level=${level}`;

const runIds = async () => (await readRawStore(place.store)).runs;
const runAlone = async () => (await runIds()).find((id) => !id.includes("-simulated")) ?? "";

describe("a figure leads to the trials behind it", () => {
  test.each(["cpu", "cpu-four"])("in the table of results of %s", async (workload) => {
    const run = await runAlone();
    const rows = await rowsOf(`/runs/${run}`, `${workload}-results`);
    expect(rows.map(({ links }) => links)).toEqual(
      [0, 1, 2].map((level) => [trialsOf(run, workload, level)]),
    );
  });

  test("in a table of both workloads", async () => {
    const run = await runAlone();
    const rows = await rowsOf(`/runs/${run}`, "comparisons-throughput");
    expect(rows.map(({ links }) => links)).toEqual(
      ["cpu", "cpu-four"].flatMap((workload) => [1, 2, 2].map((level) => [trialsOf(run, workload, level)])),
    );
  });

  test("on a group's page, of the run of its own platform", async () => {
    const ids = (await runIds()).filter((id) => id.includes("-simulated"));
    expect(ids).toHaveLength(2);
    const group = ids[0]?.replace(/-simulated(-costly)?$/, "");
    const rows = await rowsOf(`/groups/${group}`, "cpu-four-results");
    expect(rows).toHaveLength(6);
    for (const { text, links } of rows) {
      const [, platform, level] = /(simulated\S*)\s+L(\d)/.exec(text) ?? [];
      const run = ids.find((id) => id.endsWith(`-${platform}`)) ?? "";
      expect(links).toEqual([trialsOf(run, "cpu-four", Number(level))]);
    }
  });
});

test("the trials that a figure leads to are those of its workload alone", async () => {
  const { body } = await asked(served, trialsOf(await runAlone(), "cpu", 1).replace("&amp;", "&"));
  expect(body).toContain("b1-up-L1-cpu-1");
  expect(body).not.toContain("b1-up-L1-cpu-four-1");
});
