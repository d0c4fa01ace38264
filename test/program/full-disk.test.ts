import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Place, placeWithStudy } from "../lab/place.ts";
import { type RawStore, readRawStore } from "../lab/raw-store.ts";
import { plannedIds, studyText } from "../lab/simulated-study.ts";
import { completeLines, DVIRT, reportedIds, startProgram, TRIAL_ENDED } from "./built-program.ts";
import { asTold, filesIn, toldWritten } from "./written.ts";

const SHAPE = { levels: 2, boots: 6, runs: 1 };
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);
const HINT = "  try: free some space and go on with dvirt resume: what was stored is safe\n";

/** How to get mounts of one's own here: as root, or as root of a user namespace; undefined where neither goes. */
const ownMounts = [["-m"], ["-Urm"]].find((options) => {
  try {
    execFileSync("unshare", [...options, "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Disk {
  readonly place: Place;
  /** The disk's folder; seen from here it is empty, because it is mounted for the program alone. */
  readonly folder: string;
  /** A first command on the small disk, and a second one after the disk was enlarged. */
  smallThenLarge(size: string, first: readonly string[], second: readonly string[]): Promise<[Ended, Ended]>;
  /** What the store on the disk held after the first and after the second command. */
  stored(after: "first" | "second"): Promise<RawStore>;
}

async function diskForTest(): Promise<Disk> {
  const place = await placeWithStudy(studyText(SHAPE));
  const folder = join(place.folder, "disk");
  await mkdir(folder);
  // The mount lives as long as this shell, so all that is to be seen of it is copied out.
  const script = `
    disk=$1 size=$2 first=$3 second=$4; shift 4
    mount -t tmpfs -o "size=$size" none "$disk" || exit 99
    "$@" $first >first.out 2>first.err
    echo $? >first.code
    mkdir first second
    cp "$disk"/store.sqlite* first/
    mount -o remount,size=100m "$disk" || exit 99
    "$@" $second >second.out 2>second.err
    echo $? >second.code
    cp -r "$disk"/* second/`;
  const read = (name: string) => readFile(join(place.folder, name), "utf8");
  const ended = async (name: string): Promise<Ended> => ({
    code: Number(await read(`${name}.code`)),
    stdout: await read(`${name}.out`),
    stderr: await read(`${name}.err`),
  });
  return {
    place,
    folder,
    smallThenLarge: async (size, first, second) => {
      const shell = ["unshare", ...(ownMounts ?? []), "sh", "-c", script, "sh"];
      const whole = await startProgram(
        place,
        [...shell, folder, size, first.join(" "), second.join(" "), ...DVIRT],
        { DVIRT_SIMULATED_SECONDS: "0" },
      ).ended;
      expect(whole, "the disk could not be made or enlarged").toMatchObject({ code: 0 });
      return [await ended("first"), await ended("second")];
    },
    stored: (after) => readRawStore(join(place.folder, after, "store.sqlite")),
  };
}

const FULL = /error\[disk-full\][^\n]*: [^\n]*\n(?<hint>.*\n)$/;

if (ownMounts === undefined) {
  console.error(
    "full disks cannot be tried here: unshare gives no mounts of one's own, not even in a user namespace",
  );
}

describe.skipIf(ownMounts === undefined)("a disk that is full", () => {
  // By size, the disk is full at another moment: in storing a machine, a trial or its outcome.
  test.each(["224k", "240k", "380k", "400k"])(
    "under the store (%s) ends the run with 69 and what to do, and doing it loses and doubles nothing",
    async (size) => {
      const disk = await diskForTest();
      const options = ["--store", join(disk.folder, "store.sqlite"), "--out", disk.place.out];
      const [first, second] = await disk.smallThenLarge(
        size,
        ["run", "sim.yaml", ...options],
        ["resume", ...options],
      );
      expect(first.code, first.stderr).toBe(69);
      expect(first.stdout).toBe("");
      expect(FULL.exec(first.stderr)?.groups?.["hint"], first.stderr).toBe(HINT);
      expect(first.stderr.match(/error\[/g), "it is told once").toHaveLength(1);

      const before = await disk.stored("first");
      expect(before.integrity).toBe("ok");
      expect(before.runs).toHaveLength(1);
      const kept = before.observations.map(([id]) => id);
      expect(kept.length).toBeLessThan(PLAN.length);
      expect(
        reportedIds(first.stderr).filter((id) => !kept.includes(id)),
        "reported as ended and not in the store",
      ).toEqual([]);

      expect(second.code, second.stderr).toBe(0);
      const after = await disk.stored("second");
      expect(after.integrity).toBe("ok");
      expect(after.runs).toEqual(before.runs);
      expect(after.observations.map(([id]) => id).sort(), "exactly the plan, each trial once").toEqual(PLAN);
      expect([...after.outcomes].sort(), "exactly one outcome for each").toEqual(PLAN);
      expect(after.observations.slice(0, kept.length), "what was stored is as it was").toEqual(
        before.observations,
      );
      expect(second.stderr).toContain(
        `${PLAN.length} trials${kept.length > 0 ? `, ${kept.length} of them in the store already` : ""};`,
      );
    },
  );

  test.each(["16k", "60k", "80k", "104k"])(
    "before a run is in the store (%s) is told with what to do, and the same command goes when it is done",
    async (size) => {
      const disk = await diskForTest();
      const options = ["--store", join(disk.folder, "store.sqlite"), "--out", disk.place.out];
      const command = ["run", "sim.yaml", ...options];
      const [first, second] = await disk.smallThenLarge(size, command, command);
      expect(first.code, first.stderr).toBe(69);
      expect(first.stdout).toBe("");
      expect(first.stderr).toMatch(
        /^error\[(store-unusable|disk-full)\][^\n]+\n {2}try: .*free .*space.*\n$/,
      );
      expect(second.code, second.stderr).toBe(0);
      const after = await disk.stored("second");
      expect(after.runs).toHaveLength(1);
      expect(after.observations.map(([id]) => id).sort()).toEqual(PLAN);
    },
  );

  test("under the results ends with 69 and what to do, and resume writes them without measuring again", async () => {
    const disk = await diskForTest();
    const options = ["--store", disk.place.store, "--out", disk.folder];
    const [first, second] = await disk.smallThenLarge(
      "16k",
      ["run", "sim.yaml", ...options],
      ["resume", ...options],
    );
    expect(first.code, first.stderr).toBe(69);
    expect(FULL.exec(first.stderr)?.groups?.["hint"], first.stderr).toBe(HINT);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout, "the tables are those that were printed").toBe(first.stdout);
    expect(completeLines(second.stderr).filter((line) => TRIAL_ENDED.test(line))).toEqual([]);
    const { runs, observations } = await readRawStore(disk.place.store);
    expect(observations.map(([id]) => id).sort()).toEqual(PLAN);
    const written = await filesIn(disk.place, `second/${runs[0]}`);
    expect(asTold(written)).toEqual(toldWritten(second.stderr).names);
    expect(written).toEqual(expect.arrayContaining(["report.md", "report.json", "trials.csv", "study.yaml"]));
  });
});
