import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type Place, placeWithStudy } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { DVIRT, succeed } from "./built-program.ts";
import { filesIn } from "./written.ts";

const SHAPE = { levels: 1, boots: 4, runs: 1 };
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);

type Stream = "stdout" | "stderr";

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs dvirt with one of its outputs on a full disk, or with a reader who goes away after the first words. */
async function without(
  stream: Stream,
  how: "disk full" | "reader gone",
  place: Place,
  ...argv: readonly string[]
): Promise<Said> {
  const full = await open("/dev/full", "w");
  const target = (name: Stream) => (name === stream && how === "disk full" ? full.fd : "pipe");
  const [program = "", ...words] = [...DVIRT, ...argv];
  const child = spawn(program, words, {
    cwd: place.folder,
    env: { ...process.env, DVIRT_STORE: place.store, NO_COLOR: "1", DVIRT_SIMULATED_SECONDS: "0.02" },
    stdio: ["ignore", target("stdout"), target("stderr")],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      if (name === stream) child[name]?.destroy();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  await full.close();
  return { code, ...said };
}

describe("a run whose output nobody can read any more", () => {
  test.each([
    ["stderr", "reader gone"],
    ["stderr", "disk full"],
    ["stdout", "reader gone"],
    ["stdout", "disk full"],
  ] as const)(
    "%s with its %s is measured to its end, writes its results and exits with 0",
    async (stream, how) => {
      const place = await placeWithStudy(studyText(SHAPE));
      const ended = await without(stream, how, place, "run", "sim.yaml");
      expect(ended.code, ended.stderr).toBe(0);
      const { runs, observations, outcomes } = await readRawStore(place.store);
      expect(observations.map(([id]) => id).sort()).toEqual(PLAN);
      expect([...outcomes].sort()).toEqual(PLAN);
      expect(await filesIn(place, `dvirt-results/${runs[0]}`)).toEqual(
        expect.arrayContaining(["report.md", "report.json", "trials.csv", "study.yaml"]),
      );
      const lost = stream === "stdout" && how === "disk full";
      expect(ended.stderr.includes("error[disk-full] standard output: "), ended.stderr).toBe(lost);
    },
  );

  test.each(["stderr", "stdout"] as const)("keeps the exit code of what was found (%s)", async (stream) => {
    const place = await placeWithStudy(studyText(SHAPE));
    const ended = await without(stream, "disk full", place, "audit", "fitzgerald-2014");
    expect(ended.code, "discrepancies").toBe(1);
  });
});

test("a command that does nothing but print exits with 69 where that cannot be written, and says so", async () => {
  const place = await placeWithStudy(studyText(SHAPE));
  await succeed(place, "run sim.yaml");
  const ended = await without("stdout", "disk full", place, "list");
  expect(ended).toMatchObject({ code: 69 });
  expect(ended.stderr).toMatch(/^error\[disk-full\] standard output: .*ENOSPC/);
});

test("a reader who has read enough is no failure", async () => {
  const place = await placeWithStudy(studyText(SHAPE));
  await succeed(place, "run sim.yaml");
  expect(await without("stdout", "reader gone", place, "show", "--full")).toMatchObject({
    code: 0,
    stderr: "",
  });
});
