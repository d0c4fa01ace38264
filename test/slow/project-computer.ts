import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { sessionKeys } from "../../src/adapters/machine/ssh.ts";
import { ensureImage, type GuestImage } from "../../src/images/build.ts";
import { ensureDataSet } from "../../src/images/data-set.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import type { Machine } from "../../src/lab/ports.ts";
import { emulatedComputerStep } from "../../src/platforms/qemu/qemu-steps.ts";
import { holdLab } from "../live/held-lab.ts";
import { studyOf } from "../live/live-stack.ts";

/** What runs dvirt on a machine where the disk is mounted at /mnt/extra. */
export const DVIRT_INSIDE =
  "cd /mnt/extra/project && XDG_CACHE_HOME=/mnt/extra/cache HOME=/mnt/extra /mnt/extra/node dist/main.js";

/** An emulated computer with the project on its second disk. */
export interface ProjectComputer {
  readonly machine: Machine;
  remove(): Promise<void>;
}

/** Two CPUs and 4 GiB; holds the lab until it is removed. */
export async function projectComputer(signal: AbortSignal): Promise<ProjectComputer> {
  const giveBack = await holdLab();
  const work = mkdtempSync(join(tmpdir(), "dvirt-project-"));
  const { image, path } = await projectDisk(work, signal);
  const keys = sessionKeys();
  const started = await emulatedComputerStep(
    {
      level: 0,
      size: { cpus: 2, memoryBytes: 4 * 2 ** 30 },
      files: {
        kernel: image.kernel,
        initrd: image.initrd,
        rootDisk: image.rootDisk,
        scratchDisk: path,
        consoleLog: join(work, "console"),
      },
      scratchCache: "writeback",
      publicKey: keys.publicKey,
    },
    keys.privateKey,
    { measured: { cpus: 2, memoryBytes: 4 * 2 ** 30 }, pace: 1 },
  ).start(localMachine(), signal);
  if (!started.ok) throw new Error(JSON.stringify(started.problems));
  const machine = started.value;
  return {
    machine,
    remove: async () => {
      await machine.dispose();
      await giveBack();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/**
 * A disk with Node, the built program, the quick study's data set and the image's small files, for machines whose
 * /dev/vda is the image itself.
 */
async function projectDisk(
  work: string,
  signal: AbortSignal,
): Promise<{ readonly image: GuestImage; readonly path: string }> {
  const recipe = await guestRecipe();
  const making = { cache: cacheFolder(process.env), say: console.error, signal };
  const image = await ensureImage(recipe, making);
  if (!image.ok) throw new Error(JSON.stringify(image.problems));
  const disk = join(work, "disk");
  mkdirSync(join(disk, "project", "src", "images"), { recursive: true });
  cpSync(realpathSync(process.execPath), join(disk, "node"));
  execFileSync("npx", ["tsc", "-p", "."]);
  for (const name of ["dist", "studies", "package.json", "src/images/guest"])
    cpSync(name, join(disk, "project", name), { recursive: true });
  for (const name of execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .slice(1)) {
    const relative = name.slice(name.indexOf("node_modules"));
    cpSync(name, join(disk, "project", relative), { recursive: true });
  }
  const cached = join(disk, "cache", "dvirt", "images", recipe.hash);
  mkdirSync(cached, { recursive: true });
  for (const name of readdirSync(image.value.folder).filter((one) => one !== basename(image.value.rootDisk)))
    cpSync(join(image.value.folder, name), join(cached, name));
  const quick = studyOf(await readText("studies/quick.yaml"), "studies/quick.yaml");
  const oltp = quick.workloads.find((one) => one.name === "oltp");
  if (oltp === undefined) throw new Error("the quick study has no oltp");
  const dataSet = await ensureDataSet(oltp, image.value, making);
  if (!dataSet.ok) throw new Error(JSON.stringify(dataSet.problems));
  cpSync(dataSet.value, join(disk, "cache", "dvirt", "data-sets", basename(dataSet.value)));
  symlinkSync("/dev/vda", join(cached, "root.img"));
  const path = join(work, "disk.img");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", disk, path, "1500M"], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  });
  rmSync(disk, { recursive: true });
  return { image: image.value, path };
}
