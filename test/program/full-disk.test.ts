import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { completeLines, dvirt, HOME, startProgram } from "./built-program.ts";
import { type Place, placeForTest } from "./place.ts";
import { type RawStore, readRawStore } from "./raw-store.ts";
import { plannedIds, studyText } from "./simulated-study.ts";

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
  const place = await placeForTest();
  await place.write("sim.yaml", studyText(SHAPE));
  const folder = join(place.folder, "disk");
  await mkdir(folder);
  // The mount lives as long as this shell, so all that is to be seen of it is copied out.
  const script = `
    disk=$1 size=$2 dvirt=$3 first=$4 second=$5
    mount -t tmpfs -o "size=$size" none "$disk" || exit 99
    node --no-warnings "$dvirt" $first >first.out 2>first.err
    echo $? >first.code
    mkdir first second
    cp "$disk"/store.sqlite* first/
    mount -o remount,size=100m "$disk" || exit 99
    node --no-warnings "$dvirt" $second >second.out 2>second.err
    echo $? >second.code
    cp "$disk"/store.sqlite* second/
    exit 0`;
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
      const argv = [folder, size, join(HOME, "dist", "main.js"), first.join(" "), second.join(" ")];
      const whole = await startProgram(
        place,
        ["unshare", ...(ownMounts ?? []), "sh", "-c", script, "sh", ...argv],
        {
          DVIRT_SIMULATED_SECONDS: "0",
        },
      ).ended;
      expect(whole, "the disk could not be made or enlarged").toMatchObject({ code: 0 });
      return [await ended("first"), await ended("second")];
    },
    stored: (after) => readRawStore(join(place.folder, after, "store.sqlite")),
  };
}
